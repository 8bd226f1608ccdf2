from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from core.findings import stress, stress_words
from core.records import State

TITLES = {"fog": "Patchy fog", "blur": "Soft picture", "rain": "Rain"}


def answers(
    corruption: str, severity: float, *, right: int, of: int = 100, per_clip: int = 1,
    confidence: float = 0.9, first: int = 0,
) -> pd.DataFrame:  # fmt: skip
    """`of` frames that were all right untouched, `right` of them still."""
    return pd.DataFrame({
        "content_hash": [f"{first + n:03}" for n in range(of)],
        "clip": [f"clip{n // per_clip}" for n in range(of)],
        "corruption": corruption,
        "severity": float(severity),
        "answer": ["a"] * right + ["b"] * (of - right),
        "confidence": confidence,
        "clean_answer": "a",
        "clean_confidence": 0.95,
        "wanted": "a",
    })  # fmt: skip


def table_of(*parts: pd.DataFrame) -> pd.DataFrame:
    return stress.stress_table(pd.concat(parts, ignore_index=True))


def test_a_row_counts_the_damaged_frames_against_the_same_frames_untouched():
    row = table_of(answers("fog", 3, right=60)).iloc[0]

    assert (row["right"], row["of"], row["clean_right"]) == (60, 100, 100)
    assert row["drop"] == pytest.approx(0.4)
    assert row["drop_low"] < 0.4 < row["drop_high"]
    assert row["state"] == State.CONFIRMED


def test_clips_widen_the_interval_and_too_few_are_said_to_be():
    alone = table_of(answers("fog", 3, right=60)).iloc[0]
    in_clips = table_of(answers("fog", 3, right=60, per_clip=20)).iloc[0]

    assert in_clips["high"] - in_clips["low"] > alone["high"] - alone["low"]
    assert in_clips["drop_high"] - in_clips["drop_low"] > alone["drop_high"] - alone["drop_low"]
    assert in_clips["state"] == State.NOT_ENOUGH


def test_a_small_fall_does_not_break_it_and_a_fall_by_chance_is_only_suspected():
    assert table_of(answers("fog", 1, right=85)).iloc[0]["state"] == State.NONE_FOUND
    # 13 of 33 lost, among 60 conditions where nothing was: too weak for so many looks
    weak = answers("fog", 1, right=79)
    weak.loc[weak.index[85:], "clean_answer"] = "b"  # wrong before as well: 85 clean
    gained = weak.index[79:85]
    assert len(gained) == 6
    assert table_of(weak).iloc[0]["state"] == State.NONE_FOUND


def test_confidence_that_does_not_follow_the_fall_is_marked():
    unaware = table_of(answers("fog", 3, right=60, confidence=0.94)).iloc[0]
    aware = table_of(answers("fog", 3, right=60, confidence=0.55)).iloc[0]

    assert unaware["stays_sure"]
    assert not aware["stays_sure"]


def test_very_sure_and_wrong_is_counted():
    assert table_of(answers("fog", 3, right=60, confidence=0.995)).iloc[0]["silent"] == 40
    assert table_of(answers("fog", 3, right=60, confidence=0.98)).iloc[0]["silent"] == 0


def test_what_breaks_at_the_mildest_severity_comes_first():
    table = table_of(
        answers("fog", 1, right=95), answers("fog", 3, right=50), answers("fog", 5, right=10),
        answers("blur", 1, right=70), answers("blur", 3, right=60),
        answers("rain", 1, right=99), answers("rain", 5, right=90),
    )  # fmt: skip

    rows = stress.breaking_rows(table)

    assert list(rows["corruption"]) == ["blur", "fog", "rain"]
    assert list(rows["severity"]) == [1, 3, 5]
    assert list(rows["breaks"]) == [True, True, False]


def test_a_frame_breaks_where_its_clean_answer_flips_first():
    parts = [answers("fog", 1, right=3, of=3), answers("fog", 3, right=2, of=3)]

    points = stress.breaking_points(pd.concat(parts))

    assert list(points["severity"].fillna(-1)) == [-1, -1, 3]


def test_frames_that_flip_most_often_come_first():
    parts = [answers("fog", 1, right=2, of=3), answers("fog", 3, right=1, of=3)]

    weakest = stress.weakest_frames(pd.concat(parts))

    assert list(weakest["content_hash"]) == ["002", "001"]
    assert list(weakest["flipped"]) == [2, 1]


def test_the_mean_corruption_error_weighs_corruptions_alike():
    table = table_of(
        answers("fog", 1, right=100), answers("fog", 3, right=50),
        answers("blur", 1, right=90),
    )  # fmt: skip

    assert stress.mean_corruption_error(table, ["fog", "blur"]) == pytest.approx(0.175)
    assert np.isnan(stress.mean_corruption_error(table, ["rain"]))


def test_nothing_swept_is_an_empty_table():
    nothing = stress.stress_table(answers("fog", 1, right=0, of=0))

    assert nothing.empty
    assert stress.breaking_rows(nothing).empty


def test_the_headline_names_the_three_that_break_it_first():
    names = {**TITLES, "dark": "Dusk and night"}
    table = table_of(
        answers("fog", 3, right=50), answers("blur", 1, right=60), answers("rain", 5, right=30),
        answers("dark", 5, right=40),
    )  # fmt: skip
    rows = stress.breaking_rows(table).to_dict("records")

    said = stress_words.first_to_break(rows, names, asked=4)

    assert said.headline == (
        "The 3 conditions that break this model first: Soft picture from mild (1 of 5) on; "
        "Patchy fog from moderate (3 of 5) on; Rain from severe (5 of 5) on."
    )
    assert said.state is State.CONFIRMED


def test_a_model_that_bears_everything_is_told_so():
    rows = stress.breaking_rows(table_of(answers("fog", 3, right=97))).to_dict("records")

    said = stress_words.first_to_break(rows, TITLES, asked=1)

    assert said.headline == (
        "None of the 1 condition tried breaks it: the worst, patchy fog, takes 3 points."
    )
    assert said.state is State.NONE_FOUND


def test_a_condition_is_said_with_count_interval_and_next_step():
    row = stress.breaking_rows(table_of(answers("fog", 3, right=60))).to_dict("records")[0]

    said = stress_words.condition_statement("Patchy fog", row, by_label=True)

    assert said.headline.startswith(
        "Patchy fog, moderate (3 of 5): right in 60 of 100 frames (60 %, between 50 and 69 %), "
        "40 points fewer than untouched (between "
    )
    assert "Collect and label frames" in said.next_step
    unlabelled = stress_words.condition_sentence("Patchy fog", row, by_label=False)
    assert "the same answer in 60 of 100 frames" in unlabelled
