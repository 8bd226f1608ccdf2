from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from core.findings.budget import (
    budget_at,
    budget_by,
    budget_statement,
    expected_words,
    minutes,
    passing,
)
from core.metrics.intervals import clopper_pearson, zero_events_upper
from core.records import State


def frames(n: int = 200, wrong: int = 3, **columns) -> pd.DataFrame:
    """`n` frames, each a clip of its own, 95 % sure, the first few wrong."""
    return pd.DataFrame(
        {
            "confidence": 0.95,
            "is_unusual": False,
            "is_right": pd.Series(np.arange(n) >= wrong, dtype=object),
            "clip": [str(number) for number in range(n)],
            "camera": [f"cam{number % 2}" for number in range(n)],
        }
        | columns
    )


def test_wrong_ones_are_counted_on_labelled_frames_and_expected_of_all_that_pass():
    table = frames()
    table.loc[100:, "is_right"] = None
    found = budget_at(table, 0.9)
    low, high = clopper_pearson(3, 100)

    assert (found.passed, found.frames, found.kept, found.of, found.wrong) == (
        200,
        200,
        100,
        100,
        3,
    )
    assert (found.low, found.high) == pytest.approx((low, high))
    assert found.expected == pytest.approx((6, 200 * low, 200 * high))


def test_frames_under_the_mark_and_unusual_ones_stay_for_people():
    table = frames(n=4, wrong=0)
    table["confidence"] = [0.9, 0.8999, 0.99, 1.0]
    table["is_unusual"] = [False, False, True, False]

    assert passing(table, 0.9).tolist() == [True, False, False, True]
    assert budget_at(table, 0.9).passed == 2


def test_none_wrong_leaves_the_rule_of_three_open():
    found = budget_at(frames(n=300, wrong=0), 0.9)

    assert found.high == pytest.approx(zero_events_upper(300))
    assert expected_words(found) == "expect none wrong (3 at most)"


def test_frames_of_few_clips_are_worth_less():
    alone = budget_at(frames(), 0.9)
    together = budget_at(frames(clip=[str(number // 20) for number in range(200)]), 0.9)

    assert together.effective < alone.effective
    assert together.high > alone.high


def test_the_sentence_has_counts_limits_and_the_time_saved():
    found = budget_statement(budget_at(frames(), 0.9), seconds=6)

    assert found.headline == (
        "At 90 % sure you would wave through 200 of 200 frames unseen; expect 3 wrong (1 to 9)."
    )
    assert found.next_step == (
        "That leaves 0 frames to look at and saves about 20 minutes of review."
    )
    assert found.state is State.CONFIRMED


@pytest.mark.parametrize(
    ("table", "threshold", "says"),
    [
        (frames(), 0.99, "wave through none of 200 frames"),
        (frames(is_right=None), 0.9, "how many of them are wrong nobody can say"),
        (frames(clip="one"), 0.9, "expect 3 wrong"),
    ],
)
def test_too_little_to_go_by_is_said(table, threshold, says):
    found = budget_statement(budget_at(table, threshold), seconds=4)

    assert says in found.headline
    assert found.state is State.NOT_ENOUGH


def test_groups_add_up_and_the_worst_comes_first():
    table = frames()
    table.loc[:2, "camera"] = "cam9"
    found = budget_by(table, 0.9, column="camera")

    assert next(iter(found)) == "cam9"
    assert sum(part.passed for part in found.values()) == 200
    assert [part.wrong for part in found.values()] == [3, 0, 0]


def test_times_are_rounded_to_what_a_person_plans_by():
    assert [minutes(s) for s in (0.2, 80, 1200, 9000)] == [
        "about 1 seconds", "about 80 seconds", "about 20 minutes", "about 2.5 hours",
    ]  # fmt: skip
