from __future__ import annotations

import math

import numpy as np
import pytest

from core.metrics.label_free import (
    accuracy_by_threshold,
    best_allocation,
    stratified_share,
    threshold_of_errors,
)


def test_on_the_reference_itself_the_estimate_is_its_accuracy():
    rng = np.random.default_rng(0)
    score = rng.random(500)
    right = rng.random(500) < score

    found = accuracy_by_threshold(score, threshold_of_errors(score, right))

    assert found == pytest.approx(right.mean())


def test_nothing_wrong_and_everything_wrong_have_their_own_thresholds():
    assert threshold_of_errors([0.5, 0.9], [True, True]) == -math.inf
    assert threshold_of_errors([0.5, 0.9], [False, False]) == math.inf
    with pytest.raises(ValueError, match="shape"):
        threshold_of_errors([], [])


def test_ties_stay_together():
    # One of four is wrong, but the lowest two scores are equal: no cut or both, both as near.
    threshold = threshold_of_errors([0.5, 0.5, 0.8, 0.9], [False, True, True, True])

    assert threshold == pytest.approx(0.65)


def test_each_part_speaks_for_all_its_frames():
    share, error = stratified_share([9, 1], [10, 10], [900, 100])

    assert share == pytest.approx(0.9 * 0.9 + 0.1 * 0.1)
    assert 0 < error < 0.12


def test_the_stratified_estimate_is_unbiased_where_a_plain_share_is_not():
    rng = np.random.default_rng(0)
    rates, sizes, draws = np.array([0.95, 0.5]), [9000, 1000], np.array([10, 40])
    truth = 0.9 * 0.95 + 0.1 * 0.5
    found = np.array(
        [stratified_share(rng.binomial(draws, rates), draws, sizes) for _ in range(2000)]
    )
    covered = np.abs(found[:, 0] - truth) < 1.96 * found[:, 1]
    print("mean", found[:, 0].mean(), "truth", truth, "covered", covered.mean())

    assert found[:, 0].mean() == pytest.approx(truth, abs=0.005)
    assert covered.mean() > 0.93


def test_draws_go_where_they_tell_most_and_never_beyond_what_is_there():
    given = best_allocation([1000, 1000, 5], [0.5, 0.05, 0.5], draws=60)

    assert given.sum() == 60
    assert given[0] > 4 * given[1]
    assert given.min() >= 2 and given[2] <= 5
    assert best_allocation([3, 2], [0.5, 0.5], draws=99).tolist() == [3, 2]
    assert best_allocation([3, 2], [0.5, 0.5], draws=0).tolist() == [0, 0]
