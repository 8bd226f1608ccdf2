from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from core import tables
from core.findings.slices import slice_table


def frames(**slices: tuple[int, int]) -> pd.DataFrame:
    """Frames of their own clips: `night=(30, 50)` is 30 right of 50."""
    parts = [
        pd.DataFrame({"place": name, "is_right": np.arange(of) < right})
        for name, (right, of) in slices.items()
    ]
    table = pd.concat(parts, ignore_index=True)
    return table.assign(clip=[f"clip {index}" for index in table.index])


def row(table: pd.DataFrame, value: str) -> pd.Series:
    return table.set_index("value").loc[value]


@pytest.mark.parametrize(
    ("inside", "rest", "drop", "interval", "p"),
    [
        ((30, 50), (450, 500), 0.30, (0.1726, 0.4401), 2.275e-07),
        ((12, 20), (450, 500), 0.30, (0.1164, 0.5147), 6.446e-04),
        ((7, 10), (450, 500), 0.20, (0.0056, 0.5041), 0.07519),
        ((70, 100), (450, 500), 0.20, (0.1138, 0.2986), 8.969e-07),
        ((5, 10), (9, 10), 0.40, (-0.0024, 0.6759), 0.07043),
    ],
)
def test_the_drop_against_the_rest_equals_the_golden(inside, rest, drop, interval, p):
    found = row(slice_table(frames(slice=inside, rest=rest), column="place"), "slice")

    assert found["drop"] == pytest.approx(drop)
    assert (found["drop_low"], found["drop_high"]) == pytest.approx(interval, abs=5e-5)
    assert found["q"] == pytest.approx(2 * p, rel=1e-3)  # the smaller of two tests


def test_the_table_has_its_columns_and_the_worst_slice_first():
    table = slice_table(frames(day=(95, 100), night=(30, 50), dusk=(40, 50)), column="place")

    assert list(table.columns) == list(tables.SLICES)
    assert table["value"].tolist() == ["night", "dusk", "day"]
    assert table["column"].unique().tolist() == ["place"]
    assert row(table, "night")[["right", "of", "effective", "clips"]].tolist() == [30, 50, 50, 50]
    assert row(table, "night")["low"] == pytest.approx(0.4618144)
    assert row(table, "night")["high"] == pytest.approx(0.7239161)


def test_of_equally_bad_slices_the_one_with_more_evidence_comes_first():
    table = slice_table(frames(few=(2, 4), many=(20, 40), rest=(90, 100)), column="place")

    assert table["value"].tolist() == ["many", "few", "rest"]


def test_a_proven_drop_of_twenty_points_is_confirmed():
    table = slice_table(frames(night=(30, 50), day=(450, 500)), column="place")

    assert row(table, "night")["state"] == "confirmed"
    assert row(table, "day")["state"] == "none_found"


def test_a_drop_of_exactly_twenty_points_counts():
    # 0.95 - 0.75 is 0.19999999999999996
    table = slice_table(frames(night=(75, 100), day=(475, 500)), column="place")

    assert row(table, "night")["state"] == "confirmed"


def test_a_smaller_drop_is_none_found_however_sure():
    table = slice_table(frames(night=(720, 1000), day=(900, 1000)), column="place")

    assert row(table, "night")["state"] == "none_found"
    assert row(table, "night")["drop_low"] > 0


def test_a_drop_that_may_be_chance_among_many_slices_is_suspected():
    alone = slice_table(frames(odd=(21, 30), rest=(182, 200)), column="place")
    many = {f"place {index}": (182, 200) for index in range(60)}

    among_many = slice_table(frames(odd=(21, 30), **many), column="place")

    assert row(alone, "odd")["state"] == "confirmed"
    assert row(among_many, "odd")["state"] == "suspected"
    assert row(among_many, "odd")["drop"] >= 0.20


def test_a_slice_of_fewer_than_thirty_frames_is_not_judged():
    table = frames(night=(5, 29), day=(450, 500))

    usual = slice_table(table, column="place")
    lenient = slice_table(table, column="place", min_effective=29)

    assert row(usual, "night")["state"] == "not_enough"
    assert row(lenient, "night")["state"] == "confirmed"


def test_many_frames_of_few_clips_are_not_judged():
    table = frames(night=(100, 200), day=(450, 500))
    table.loc[table["place"] == "night", "clip"] = np.repeat([f"n{i}" for i in range(20)], 10)

    few = slice_table(table, column="place")
    table.loc[table["place"] == "night", "clip"] = np.tile([f"n{i}" for i in range(9)], 23)[:200]
    nine = slice_table(table, column="place")

    assert row(few, "night")["effective"] < 30  # ten clips all right, ten all wrong
    assert row(few, "night")["state"] == "not_enough"
    assert row(nine, "night")["effective"] > 30
    assert row(nine, "night")["state"] == "not_enough"


def test_an_all_right_slice_borrows_the_correlation_of_the_whole_set():
    rng = np.random.default_rng(0)
    table = frames(good=(100, 100), other=(0, 400))
    table["clip"] = np.arange(500) // 4
    table.loc[table["place"] == "other", "is_right"] = rng.random(400) < 0.6

    found = row(slice_table(table, column="place"), "good")

    assert found["clips"] == 25
    assert 50 < found["effective"] <= 100
    assert found["state"] == "none_found"


def test_frames_without_a_value_form_their_own_slice():
    table = frames(day=(40, 50), night=(30, 50))
    table["place"] = table["place"].astype("object")
    table.loc[[0, 1, 2], "place"] = [None, float("nan"), "  "]

    found = slice_table(table, column="place")

    assert row(found, "(none)")["of"] == 3
    assert found["of"].sum() == 100


def test_whole_numbers_read_as_numbers_beside_missing_ones():
    table = frames(day=(40, 50)).assign(camera=[float("nan"), *[3.0] * 20, *[2.5] * 29])

    assert set(slice_table(table, column="camera")["value"]) == {"(none)", "3", "2.5"}


def test_a_column_of_one_value_has_no_rest_to_fall_behind():
    found = slice_table(frames(day=(40, 50)), column="place").iloc[0]

    assert found[["drop", "drop_low", "drop_high", "q"]].isna().all()
    assert found["state"] == "none_found"
    assert (found["right"], found["of"]) == (40, 50)


@pytest.mark.parametrize("dtype", ["object", "str", "category"])
def test_any_kind_of_column_will_do(dtype):
    table = frames(day=(40, 50), night=(30, 50))
    table["place"] = table["place"].astype(dtype)

    assert slice_table(table, column="place")["value"].tolist() == ["night", "day"]


def test_no_frames_give_no_rows():
    table = slice_table(frames(day=(1, 1)).iloc[:0], column="place")

    assert table.empty
    assert list(table.columns) == list(tables.SLICES)


def test_a_missing_column_is_named():
    with pytest.raises(ValueError, match="lack the columns \\['camera'\\]"):
        slice_table(frames(day=(1, 1)), column="camera")


def test_chance_alone_confirms_almost_nothing():
    rng = np.random.default_rng(0)
    confirmed = 0
    for _ in range(30):
        table = pd.DataFrame(
            {"place": rng.integers(0, 50, 2000), "is_right": rng.random(2000) < 0.85}
        )
        found = slice_table(table.assign(clip=np.arange(2000)), column="place")
        confirmed += (found["state"] == "confirmed").sum()

    assert confirmed <= 1
