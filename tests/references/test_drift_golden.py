"""Methods 1, 8, 9 and 12: golden values, and the trusted libraries where clips are frames."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from core.findings.retrain_triggers import frames_per_side, slip_trigger
from core.metrics.clip_shuffle import clip_shuffle
from core.metrics.clip_values import (
    effective_of_values,
    median_interval,
    median_ranks,
    sign_test,
)
from core.metrics.drift_tests import column_shift, count_shift
from core.metrics.embedding_shift import centre_shift, kernel_shift
from core.metrics.intervals import wilson_interval
from core.metrics.two_sample import told_apart
from core.records import Accuracy, State

REFERENCE = [(0, 0), (2, 0), (0, 2), (2, 2)]
FIELD = [(3, 1), (3, 1), (5, 1), (5, 1)]


def singles(reference: int, field: int, **options):
    """Every frame its own clip."""
    return clip_shuffle(
        np.arange(reference + field), np.repeat([False, True], [reference, field]), **options
    )


def counted(right: int, of: int) -> Accuracy:
    low, high = wilson_interval(right, of)
    return Accuracy(right=right, of=of, effective=of, clips=of, low=low, high=high)


def test_ks_golden():
    scores = np.array([0.1, 0.2, 0.3, 0.4, 0.5, 0.35, 0.45, 0.55, 0.65, 0.75])

    found = column_shift(scores[:, None], singles(5, 5))

    assert found.distance[0] == pytest.approx(0.6, abs=1e-12)
    assert found.joint == pytest.approx(0.35714285714285715, abs=1e-12)


def test_centre_golden():
    found = centre_shift(np.array(REFERENCE + FIELD), singles(4, 4))

    assert found.distance == pytest.approx(3.0, abs=1e-12)
    assert found.p == pytest.approx(2 / 70, abs=1e-12)


def test_kernel_golden():
    found = kernel_shift(np.array(REFERENCE + FIELD), singles(4, 4))

    assert found.squared == pytest.approx(0.5520520822557713, abs=1e-12)
    assert found.p == pytest.approx(2 / 70, abs=1e-12)


def test_sign_test_golden():
    assert sign_test(9, 10) == pytest.approx(0.0107421875, abs=1e-12)
    assert sign_test(10, 10) == pytest.approx(0.0009765625, abs=1e-12)


def test_median_ranks_golden():
    ranks = {10: (2, 9), 20: (6, 15), 30: (10, 21), 50: (18, 33), 100: (40, 61)}

    assert {n: median_ranks(n) for n in ranks} == ranks
    assert median_ranks(5) is None
    assert median_interval([1.0] * 5) == (-np.inf, np.inf)
    assert 1 - 2 * stats.binom.cdf(1, 10, 0.5) == pytest.approx(0.979, abs=5e-4)


def test_frames_per_side_golden():
    assert [round(frames_per_side(p, p - 0.03)) for p in (0.9, 0.95, 0.8)] == [1393, 824, 2316]


@pytest.mark.parametrize(
    ("before", "after", "low", "high", "state"),
    [
        ((450, 500), (435, 500), -0.0097, 0.0699, State.SUSPECTED),
        ((1800, 2000), (1740, 2000), 0.0102, 0.0498, State.CONFIRMED),
        ((900, 1000), (860, 1000), 0.0115, 0.0686, State.CONFIRMED),
    ],
)
def test_slip_golden(before, after, low, high, state):
    found = slip_trigger(counted(*before), counted(*after), looks=1)

    assert (found.low, found.high) == pytest.approx((low, high), abs=5.1e-5)
    assert found.state is state


@pytest.mark.parametrize(
    ("right", "of", "low", "high"),
    [(90, 100, 0.8256, 0.9448), (60, 100, 0.502, 0.691), (18, 20, 0.699, 0.972)],
)
def test_told_apart_intervals_golden(right, of, low, high):
    assert wilson_interval(right, of) == pytest.approx((low, high), abs=6e-4)


def test_effective_count_of_values_golden():
    # exchangeable clips of 50 with correlation 0.3: design effect 15.7, 1,000 frames are 63.7
    rng = np.random.default_rng(0)
    clips, length = 4000, 50
    own = rng.normal(size=clips).repeat(length) * np.sqrt(0.3)
    values = own + rng.normal(size=clips * length) * np.sqrt(0.7)

    worth = effective_of_values(values, np.arange(clips).repeat(length))

    assert clips * length / worth == pytest.approx(15.7, rel=0.03)


def test_distances_equal_scipy_where_every_frame_is_a_clip():
    rng = np.random.default_rng(1)
    scores = np.round(rng.random((150, 6)), 2)  # ties
    field = np.arange(150) >= 90

    found = column_shift(scores, singles(90, 60, permutations=9))
    wanted = [stats.ks_2samp(c[field], c[~field]).statistic for c in scores.T]

    assert found.distance == pytest.approx(wanted, abs=1e-12)


def test_chi_square_equals_scipy_where_every_frame_is_a_clip():
    rng = np.random.default_rng(2)
    answers = rng.integers(0, 5, 150)
    table = [np.bincount(answers[:90], minlength=5), np.bincount(answers[90:], minlength=5)]

    found = count_shift(answers, singles(90, 60, permutations=1999), n_classes=7)
    wanted = stats.chi2_contingency(table, correction=False)

    assert found.chi_square == pytest.approx(wanted.statistic, abs=1e-9)
    assert found.p == pytest.approx(wanted.pvalue, abs=0.04)
    assert found.moved == pytest.approx(abs(table[0] / 90 - table[1] / 60).sum() / 2, abs=1e-12)


@pytest.mark.parametrize("gap", [0.0, 0.4, 1.0])
def test_the_auc_is_near_that_of_a_logistic_regression_in_whole_clips(gap):
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import GroupKFold, cross_val_predict

    rng = np.random.default_rng(3)
    clip = np.arange(80).repeat(10)
    field = clip >= 40
    rows = rng.normal(size=(800, 20)) + 0.5 * rng.normal(size=(80, 20))[clip]
    rows[field, 0] += 2 * gap

    found = told_apart(rows, clip_shuffle(clip, field, permutations=99))
    scores = cross_val_predict(
        LogisticRegression(class_weight="balanced"), rows, field, groups=clip,
        cv=GroupKFold(5, shuffle=True, random_state=0), method="decision_function",
    )  # fmt: skip

    assert found.auc == pytest.approx(roc_auc_score(field, scores), abs=0.06)
