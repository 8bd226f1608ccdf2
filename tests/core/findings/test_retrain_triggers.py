from __future__ import annotations

import numpy as np
import pytest

from core.findings.drift_words import slip_statement, unsure_statement
from core.findings.retrain_triggers import slip_trigger, unsure_trigger
from core.metrics.intervals import wilson_interval
from core.records import Accuracy, State


def counted(right: int, of: int, *, clips: int = 100, worth: float = 1.0) -> Accuracy:
    effective = of * worth
    low, high = wilson_interval(right * worth, effective)
    return Accuracy(right=right, of=of, effective=effective, clips=clips, low=low, high=high)


@pytest.mark.parametrize(
    ("before", "now", "looks", "state", "said"),
    [
        (counted(1800, 2000), counted(1720, 2000), 1, State.CONFIRMED, "about 4 points"),
        (counted(450, 500), counted(435, 500), 1, State.SUSPECTED, "500 pictures cannot settle"),
        (counted(1800, 2000), counted(1740, 2000), 52, State.SUSPECTED, "may have slipped"),
        (counted(1800, 2000), counted(1790, 2000), 12, State.NONE_FOUND, "No slip of 3 points"),
        (counted(18000, 20000), counted(17600, 20000), 1, State.NONE_FOUND, "less than 3 points"),
        (counted(450, 500), counted(10, 25), 12, State.NOT_ENOUGH, "too few"),
        (counted(450, 500), counted(400, 500, clips=9), 1, State.NOT_ENOUGH, "too few"),
    ],
)
def test_a_slip_in_words(before, now, looks, state, said):
    trigger = slip_trigger(before, now, looks=looks)
    statement = slip_statement(trigger)

    assert trigger.state is statement.state is state
    assert said in statement.headline
    assert statement.next_step


def test_correlated_frames_ask_for_more_labels():
    alone = slip_trigger(counted(450, 500), counted(435, 500), looks=1)
    alike = slip_trigger(counted(450, 500), counted(435, 500, worth=0.5), looks=1)

    assert alone.more_labels == pytest.approx(1770 - 500, abs=10)
    assert alike.more_labels > 2 * alone.more_labels
    assert "Label 1,270 more" in slip_statement(alone).next_step


def test_the_labels_asked_for_settle_a_slip_of_that_size_eight_times_in_ten():
    rng = np.random.default_rng(0)
    n = 500 + slip_trigger(counted(450, 500), counted(435, 500), looks=1).more_labels
    lows = [
        slip_trigger(counted(a, n), counted(b, n), looks=1).low
        for a, b in zip(rng.binomial(n, 0.9, 400), rng.binomial(n, 0.87, 400), strict=True)
    ]

    assert np.mean(np.array(lows) > 0) == pytest.approx(0.8, abs=0.06)


def test_no_looks_are_refused():
    with pytest.raises(ValueError, match="1 or more"):
        slip_trigger(counted(9, 10), counted(9, 10), looks=0)


def test_no_labels_at_all_are_answered():
    nothing = Accuracy(right=0, of=0, effective=0, clips=0, low=0, high=1)

    assert slip_trigger(nothing, nothing).state is State.NOT_ENOUGH


@pytest.mark.parametrize(
    ("medians", "state", "said"),
    [
        (np.linspace(0.3, 0.5, 20), State.CONFIRMED, "It is unsure of pear"),
        (np.linspace(0.3, 0.85, 20), State.SUSPECTED, "may be unsure"),
        (np.linspace(0.7, 0.9, 20), State.NONE_FOUND, "sure enough"),
        (np.linspace(0.3, 0.5, 9), State.NOT_ENOUGH, "too few"),
    ],
)
def test_an_unsure_class_in_words(medians, state, said):
    confidence = np.repeat(medians, 3)
    trigger = unsure_trigger(confidence, np.repeat(np.arange(len(medians)), 3))
    statement = unsure_statement("pear", trigger)

    assert trigger.state is statement.state is state
    assert said in statement.headline
    assert trigger.frames == 3 * trigger.clips


def test_the_clips_asked_for_settle_it_if_they_go_on_alike():
    medians = np.linspace(0.3, 0.85, 20)
    more = unsure_trigger(medians, np.arange(20)).more_clips
    assert more is not None
    under = int(0.55 * (20 + more))  # 11 of the 20 lie under 0.6
    grown = np.repeat([0.5, 0.7], [under, 20 + more - under])

    assert more > 0
    assert unsure_trigger(grown, np.arange(20 + more)).state is State.CONFIRMED


def test_ten_points_under_the_reference_is_told_apart_from_unsure():
    trigger = unsure_trigger(np.full(20, 0.75), np.arange(20), reference_median=0.95)

    assert trigger.state is State.NONE_FOUND
    assert trigger.fell
    assert "less sure of pear than on the reference" in unsure_statement("pear", trigger).headline
