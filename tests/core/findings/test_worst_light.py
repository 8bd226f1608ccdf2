"""The worst-light hundred: both ends of the light, across clips, over cameras."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from core.findings.worst_light import badness, light_words, worst_light
from core.findings.worst_light_words import worst_light_statement
from core.metrics.intervals import accuracy
from core.records import State


def frames(n: int, *, clips: int | None = None, cameras: int = 1, **columns) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    table = pd.DataFrame(
        {
            "content_hash": [f"{value:08x}" for value in rng.permutation(n)],
            "clip": [f"clip{i % (clips or n)}" for i in range(n)],
            "camera": [f"cam{i % cameras}" for i in range(n)],
            "brightness": 0.5, "contrast": 0.25, "dark_share": 0.0, "bright_share": 0.0,
        }
    )  # fmt: skip
    return table.assign(**columns)


def test_black_and_white_are_worst_and_an_even_picture_best():
    table = frames(
        4,
        brightness=[0.0, 1.0, 0.5, 0.5],
        contrast=[0.0, 0.0, 0.25, 0.02],
        dark_share=[1.0, 0.0, 0.0, 0.0],
        bright_share=[0.0, 1.0, 0.0, 0.0],
    )

    found = badness(table)

    assert found == pytest.approx([1.0, 1.0, 0.0, (1 - 0.02 / 0.25) / 3])
    assert [light_words(row) for _, row in table.iterrows()] == [
        "too dark", "burnt out", "fair light", "flat light",
    ]  # fmt: skip


def test_one_frame_a_clip_though_one_clip_is_darkest_throughout():
    rng = np.random.default_rng(1)
    brightness = rng.uniform(0.2, 0.5, 400)
    table = frames(400, clips=200, brightness=brightness)
    table.loc[table["clip"].isin(["clip0", "clip1"]), "brightness"] = 0.01

    chosen = table.set_index("content_hash").loc[worst_light(table)]

    assert len(chosen) == 100
    assert chosen["clip"].is_unique
    assert {"clip0", "clip1"} <= set(chosen["clip"])


def test_few_clips_give_more_than_one_each_but_evenly():
    table = frames(300, clips=40, brightness=np.linspace(0, 0.5, 300))

    counts = table.set_index("content_hash").loc[worst_light(table)]["clip"].value_counts()

    assert counts.sum() == 100 and set(counts) == {2, 3}


def test_one_dark_camera_does_not_fill_the_set():
    table = frames(1000, cameras=5)
    table["brightness"] = np.where(table["camera"] == "cam0", 0.01, 0.3)

    counts = table.set_index("content_hash").loc[worst_light(table)]["camera"].value_counts()

    assert counts["cam0"] == 40 and counts.sum() == 100


def test_unmeasured_frames_are_left_out_and_few_are_all():
    table = frames(5, brightness=[0.1, np.nan, 0.3, 0.4, 0.5])

    assert len(worst_light(table)) == 4


def right(n: int, of: int):
    return accuracy([i < n for i in range(of)], [str(i) for i in range(of)])


def test_the_gap_is_told_with_counts_interval_and_next_step():
    said = worst_light_statement(
        right(196, 200), right(71, 100), right(80, 90), of=100, decided=100, unclear=0
    )

    assert said.headline == (
        "Reference 98 % (196 of 200); worst light 71 % (71 of 100, between 61 and 79 %): that "
        "gap is your work."
    )
    assert said.state is State.CONFIRMED
    assert "All of the worst-light hundred are looked at" in said.next_step


def test_too_few_decided_and_no_labels_ask_for_more():
    said = worst_light_statement(
        right(196, 200), right(5, 8), right(0, 0), of=100, decided=8, unclear=0
    )

    assert said.state is State.NOT_ENOUGH
    assert "right in 5 of 8 frames looked at, too few" in said.headline
    assert "Label 25 more of the worst-light hundred" in said.next_step


def test_until_enough_are_decided_the_labels_as_they_came_stand_in_and_are_called_so():
    said = worst_light_statement(
        right(196, 200), right(5, 8), right(76, 97), of=100, decided=11, unclear=0
    )

    assert "worst light 78 % (76 of 97 by the labels as they came, between" in said.headline
    assert "Label 89 more of the worst-light hundred (11 done)" in said.next_step


@pytest.mark.parametrize(("here", "state"), [(96, State.SUSPECTED), (100, State.NONE_FOUND)])
def test_no_gap_is_no_gap(here, state):
    said = worst_light_statement(
        right(197, 200), right(here, 100), right(0, 0), of=100, decided=100, unclear=0
    )

    assert said.state is state and "your work" not in said.headline
