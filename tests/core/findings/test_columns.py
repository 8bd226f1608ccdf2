from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from core.findings.columns import DERIVED, with_derived_columns
from core.tables import QUALITY


def frames_of(n=1, **given):
    """n field frames with nothing known but what is given."""
    blank = {name: [np.nan] * n for name in QUALITY if name != "content_hash"}
    table = {
        "folder": ["field"] * n, "taken_at": [None] * n, "width": [640] * n, "height": [480] * n,
        **blank, **given,
    }  # fmt: skip
    table["taken_at"] = pd.to_datetime(pd.Series(table["taken_at"])).astype("datetime64[us]")
    return pd.DataFrame(table)


def derived(column, n=1, *, clock=None, **given):
    found = with_derived_columns(frames_of(n, **given), **(clock or {}))[column]
    return [None if pd.isna(value) else value for value in found]


def at(*texts):
    return {"n": len(texts), "taken_at": list(texts)}


def test_every_column_is_there_and_unknown_is_missing():
    found = with_derived_columns(frames_of(3))

    assert set(DERIVED) <= set(found.columns)
    unknown = [name for name in DERIVED if name != "resolution_third"]
    assert found[unknown].isna().all().all()


def test_no_frames_give_no_rows():
    assert len(with_derived_columns(frames_of(0))) == 0


@pytest.mark.parametrize(
    ("hour", "block"),
    [
        (0, "night (22–6)"), (5, "night (22–6)"), (6, "morning (6–10)"), (10, "midday (10–14)"),
        (14, "afternoon (14–18)"), (18, "evening (18–22)"), (22, "night (22–6)"),
    ],
)  # fmt: skip
def test_the_time_of_day_begins_at_the_hour_it_names(hour, block):
    assert derived("hour_block", **at(f"2026-03-02 {hour:02}:00:00")) == [block]


def test_day_and_night_by_the_clock_and_its_setting():
    times = at("2026-03-02 06:59", "2026-03-02 07:00", "2026-03-02 18:59", "2026-03-02 19:00")

    assert derived("day_night", **times) == [
        "night (19–7)", "day (7–19)", "day (7–19)", "night (19–7)",
    ]  # fmt: skip
    over_midnight = {"day_hours": (20, 6)}
    assert derived("day_night", clock=over_midnight, **at("2026-03-02 23:00")) == ["day (20–6)"]
    assert derived("day_night", clock=over_midnight, **at("2026-03-02 12:00")) == ["night (6–20)"]


def test_month_weekday_and_season_of_both_halves_of_the_earth():
    times = at("2026-02-28 12:00", "2026-03-01 12:00", "2026-12-01 12:00")

    assert derived("month", **times) == ["February 2026", "March 2026", "December 2026"]
    assert derived("weekday", **times) == ["Saturday", "Sunday", "Tuesday"]
    assert derived("season", **times) == ["winter", "spring", "winter"]
    assert derived("season", clock={"is_southern": True}, **times) == [
        "summer", "autumn", "summer",
    ]  # fmt: skip


def test_thirds_are_of_equal_size_and_in_order():
    found = derived("brightness_third", 9, brightness=[0.9, 0.1, 0.5, 0.2, 0.6, 0.8, 0.3, 0.4, 0.7])

    assert found == [
        "brightest third", "darkest third", "middle third", "darkest third", "middle third",
        "brightest third", "darkest third", "middle third", "brightest third",
    ]  # fmt: skip


def test_equal_values_share_a_third():
    found = derived("noise_third", 9, noise=[1, 1, 1, 1, 2, 2, 3, 3, 3])

    assert found == ["smoothest third"] * 4 + ["middle third"] * 2 + ["noisiest third"] * 3


def test_ties_that_leave_no_fair_thirds_give_two_parts():
    found = derived("contrast_third", 10, contrast=[0.1] * 8 + [0.2, 0.3])

    assert found == ["flatter part"] * 8 + ["starker part"] * 2
    thin = derived("contrast_third", 10, contrast=[0.1] * 5 + [0.2] + [0.3] * 4)
    assert thin == ["flatter part"] * 5 + ["starker part"] * 5  # a middle of one is no third


def test_a_measure_that_does_not_differ_gives_nothing_to_cut_by():
    assert derived("brightness_third", 4, brightness=[0.5] * 4) == [None] * 4
    assert derived("jpeg_third", 2, jpeg_quality=[90, 90], brightness=[0.5] * 2) == [
        "quality 90", "quality 90",
    ]  # fmt: skip


def test_what_was_not_measured_stays_missing():
    found = derived("sharpness_third", 4, sharpness=[1.0, 1.5, 2.0, np.nan])

    assert found == ["least sharp third", "middle third", "sharpest third", None]


def test_the_fields_thirds_are_those_of_the_reference_too():
    folder = ["field"] * 3 + ["reference"] * 4
    light = [0.1, 0.2, 0.3, 0.05, 0.2, 0.9, 1.0]
    found = derived("brightness_third", 7, folder=folder, brightness=light)

    assert found[:3] == ["darkest third", "middle third", "brightest third"]
    assert found[3:] == ["darkest third", "middle third", *["brightest third"] * 2]


def test_without_a_field_the_references_own_thirds_count():
    found = derived("brightness_third", 3, folder=["reference"] * 3, brightness=[0.1, 0.2, 0.3])

    assert found == ["darkest third", "middle third", "brightest third"]


def test_few_sizes_and_packings_are_named_as_they_are():
    sizes = derived("resolution_third", 3, width=[640, 480, 1280], height=[480, 640, 720])
    packed = derived("jpeg_third", 3, jpeg_quality=[30, 90, np.nan], brightness=[0.5] * 3)

    assert sizes == ["640 × 480", "640 × 480", "1280 × 720"]
    assert packed == ["quality 30", "quality 90", "not a JPEG"]


def test_many_sizes_and_packings_are_cut_in_thirds():
    sizes = derived("resolution_third", 6, width=[100, 200, 300, 400, 500, 600])
    packed = derived("jpeg_third", 6, jpeg_quality=[10, 20, 30, 40, 50, 60], brightness=[0.5] * 6)

    assert sizes == ["smallest third"] * 2 + ["middle third"] * 2 + ["largest third"] * 2
    assert packed == ["lowest third"] * 2 + ["middle third"] * 2 + ["highest third"] * 2


def test_a_dark_picture_is_dark_by_its_own_light():
    assert derived("picture_light", 3, brightness=[0.24, 0.25, np.nan]) == [
        "dark picture", "light picture", None,
    ]  # fmt: skip


def test_the_given_table_is_left_alone():
    frames = frames_of(3, brightness=[0.1, 0.2, 0.3])
    before = frames.copy()
    with_derived_columns(frames)

    pd.testing.assert_frame_equal(frames, before)
