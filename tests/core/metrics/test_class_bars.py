from __future__ import annotations

import numpy as np
import pytest

from core.metrics import class_bars
from core.metrics.class_bars import answers_under, bars_by_rarity, fit_bars, logit_adjusted


def macro_f1(labels, said, weights, n_classes) -> float:
    """Sum of F1, counted the slow way."""
    total = 0.0
    for name in range(n_classes):
        hits = weights[(labels == name) & (said == name)].sum()
        both = weights[labels == name].sum() + weights[said == name].sum()
        total += 2 * hits / both if both else 0.0
    return total


def draw(n=300, n_classes=4, seed=0):
    rng = np.random.default_rng(seed)
    labels = rng.choice(n_classes, n, p=[0.6, 0.25, 0.1, 0.05])
    logits = rng.normal(size=(n, n_classes)) + np.log([0.6, 0.25, 0.1, 0.05])
    logits[np.arange(n), labels] += 1.5
    return logits, labels, rng.uniform(0.2, 2, n)


def test_the_golden_vector_flips_to_the_rarest():
    adjusted = logit_adjusted([2, 1, 0], [0.9, 0.09, 0.01])

    assert adjusted == pytest.approx([2.105361, 3.407946, 4.605170], abs=1e-6)
    assert np.argmax([2, 1, 0]) == 0
    assert answers_under([[2, 1, 0]], [0.9, 0.09, 0.01]) == [2]


def test_a_share_of_nothing_is_refused():
    with pytest.raises(ValueError, match="above 0"):
        logit_adjusted([1, 2], [1, 0])


def test_bars_by_rarity_are_logit_adjustment_and_1_for_equal_classes():
    logits, _, _ = draw()
    counts = [600, 250, 100, 50]

    bars = bars_by_rarity(counts)
    assert (
        answers_under(logits, bars) == logit_adjusted(logits, np.array(counts) / 1000).argmax(1)
    ).all()
    assert bars_by_rarity([30, 30, 30]).tolist() == [1, 1, 1]
    assert np.isfinite(np.log(bars_by_rarity([30, 0]))).all()


@pytest.mark.parametrize("seed", range(4))
def test_one_class_gets_the_best_bar_there_is(seed):
    logits, labels, weights = draw(n=80, seed=seed)
    tuned = fit_bars(
        logits, labels, start=np.ones(4), may_change=[False, False, False, True], weights=weights
    )

    best = max(
        macro_f1(labels, answers_under(logits, [1, 1, 1, bar]), weights, 4)
        for bar in np.exp(np.linspace(-6, 6, 4001))
    )
    got = macro_f1(labels, answers_under(logits, tuned), weights, 4)
    assert got >= best - 1e-9
    assert tuned[:3].tolist() == [1, 1, 1]


@pytest.mark.parametrize("seed", range(3))
def test_tuning_never_loses_on_what_it_is_tuned_on(seed):
    logits, labels, weights = draw(seed=seed)
    tuned = fit_bars(logits, labels, start=np.ones(4), may_change=np.ones(4), weights=weights)

    usual = macro_f1(labels, logits.argmax(1), weights, 4)
    assert macro_f1(labels, answers_under(logits, tuned), weights, 4) > usual


def test_the_leaders_are_kept_as_bars_move():
    rng = np.random.default_rng(0)
    leaders = class_bars._Leaders(rng.normal(size=(200, 6)), np.zeros(6))

    for _ in range(40):
        leaders.move(int(rng.integers(6)), float(rng.normal()))
        order = np.argsort(-(leaders.z - leaders.log_bars), axis=1)
        assert (leaders.first == order[:, 0]).all()
        assert (leaders.second == order[:, 1]).all()


def test_a_recall_is_reached_and_no_more():
    logits, labels, _ = draw(n=1000)
    tuned = fit_bars(
        logits, labels, start=np.ones(4), may_change=[False, False, False, True], recall=0.8
    )

    is_it = labels == 3
    found = (answers_under(logits, tuned)[is_it] == 3).sum()
    assert found == np.ceil(0.8 * is_it.sum())


def test_bars_that_all_chase_a_share_out_of_reach_leave_the_usual_answers():
    logits = np.repeat(np.eye(2) * 20, 10, axis=0)
    labels = np.repeat([0, 1, 0, 1], 5)  # half of each class is surely wrong
    tuned = fit_bars(logits, labels, start=np.ones(2), may_change=np.ones(2), recall=0.9)

    assert tuned.tolist() == [1, 1]


def test_a_recall_already_reached_changes_nothing():
    logits, labels, _ = draw()

    tuned = fit_bars(logits, labels, start=np.ones(4), may_change=np.ones(4), recall=0.01)
    assert tuned.tolist() == [1, 1, 1, 1]


@pytest.mark.parametrize("labels", [[0, 0, 0], [0, 1, 2], [2, 2, 2]])
def test_all_right_one_class_and_all_wrong_change_nothing_that_helps_nobody(labels):
    logits = np.eye(3)[[0, 1, 2]] * 5.0

    tuned = fit_bars(logits, labels, start=np.ones(3), may_change=np.ones(3))
    assert np.isfinite(tuned).all()
    if labels == [0, 1, 2]:
        assert tuned.tolist() == [1, 1, 1]


def test_no_frames_leave_the_bars():
    assert fit_bars(np.zeros((0, 2)), [], start=[1, 2], may_change=[True, True]).tolist() == [1, 2]
    with pytest.raises(ValueError, match="expected logits"):
        fit_bars(np.zeros((3, 2)), [0], start=[1, 1], may_change=[True, True])
