from __future__ import annotations

import time

import numpy as np
import pytest

from core.metrics.clip_shuffle import clip_shuffle
from core.metrics.drift_tests import column_shift, count_shift
from core.metrics.embedding_shift import centre_shift, kernel_shift, neighbour_shift
from core.metrics.two_sample import told_apart

CLIP = np.arange(60).repeat(5)
FIELD = CLIP >= 40


def scores(gap: float, *, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(300, 6)) + rng.normal(size=(60, 6))[CLIP] * 0.5
    rows[FIELD, 2] += gap
    return rows


def test_the_order_of_rows_changes_nothing():
    order = np.random.default_rng(1).permutation(300)
    rows, answers = scores(0.5), np.arange(300) % 4
    one = clip_shuffle(CLIP, FIELD)
    other = clip_shuffle(CLIP[order], FIELD[order])

    assert column_shift(rows, one).joint == column_shift(rows[order], other).joint
    assert count_shift(answers, one, n_classes=4).p == (
        count_shift(answers[order], other, n_classes=4).p
    )
    assert told_apart(rows, one).p == told_apart(rows[order], other).p
    assert centre_shift(rows, one).z == pytest.approx(centre_shift(rows[order], other).z)
    assert neighbour_shift(rows, CLIP, FIELD).joint == (
        neighbour_shift(rows[order], CLIP[order], FIELD[order]).joint
    )


def test_a_larger_gap_is_farther_and_less_likely_chance():
    shuffle = clip_shuffle(CLIP, FIELD)
    found = [column_shift(scores(gap), shuffle) for gap in (0.0, 0.7, 1.5, 3.0)]
    areas = [told_apart(scores(gap), shuffle) for gap in (0.0, 0.7, 1.5, 3.0)]
    centres = [centre_shift(scores(gap), shuffle).z for gap in (0.7, 1.5, 3.0)]

    assert (np.diff([f.distance[2] for f in found]) > 0).all()
    assert (np.diff([f.joint for f in found]) <= 0).all()
    assert (np.diff([a.auc for a in areas]) > 0).all()
    assert (np.diff(centres) > 0).all()
    assert found[-1].widest == 2
    assert found[-1].joint == pytest.approx(1 / 500)
    assert areas[-1].p == pytest.approx(1 / 500)


def test_bonferroni_cannot_fall_below_what_its_draws_allow_and_the_joint_can():
    found = column_shift(scores(3.0), clip_shuffle(CLIP, FIELD, permutations=99))

    assert found.p_bonferroni[2] == pytest.approx(6 / 100)
    assert found.joint == pytest.approx(1 / 100)


def test_a_change_of_spread_is_the_kernels_to_see():
    rows = scores(0.0)
    rows[FIELD] = 2.5 * (rows[FIELD] - rows[FIELD].mean(axis=0)) + rows[~FIELD].mean(axis=0)
    shuffle = clip_shuffle(CLIP, FIELD)

    assert centre_shift(rows, shuffle).p > 0.05
    assert kernel_shift(rows, shuffle).p <= 0.01


def test_a_long_clip_does_not_outvote_the_rest():
    rng = np.random.default_rng(2)
    clip = np.concatenate([np.arange(40), np.full(400, 40)])
    field = clip >= 20
    answers = rng.integers(0, 2, len(clip))
    answers[clip == 40] = 1

    found = count_shift(answers, clip_shuffle(clip, field), n_classes=2)

    assert found.field_share[1] < 0.8
    assert found.p > 0.05


def test_frames_of_one_distribution_are_not_told_apart_by_their_clips():
    # methods 8: frame-level folds reach an AUC of 1 on two sets of 8 clips of one distribution
    rng = np.random.default_rng(3)
    clip = np.arange(16).repeat(40)
    rows = rng.normal(size=(640, 12)) * 0.1 + rng.normal(size=(16, 12))[clip]

    found = told_apart(rows, clip_shuffle(clip, clip >= 8, permutations=199))

    assert found.p > 0.05
    assert found.auc < 0.8


def test_balanced_counts_both_sides_half():
    # everything called reference would be right in 9 of 10
    rng = np.random.default_rng(4)
    clip = np.arange(200)
    found = told_apart(rng.normal(size=(200, 4)), clip_shuffle(clip, clip >= 180, permutations=9))

    assert found.balanced == pytest.approx(0.5, abs=0.2)
    assert found.low <= found.balanced <= found.high


def test_constant_embeddings_and_wide_ones_are_answered():
    shuffle = clip_shuffle(CLIP, FIELD, permutations=19)
    flat = told_apart(np.ones((300, 4)), shuffle)
    wide = told_apart(np.random.default_rng(5).normal(size=(300, 700)), shuffle)

    assert (flat.auc, flat.p) == (0.5, 1.0)
    assert 0.2 < wide.auc < 0.8
    assert centre_shift(np.ones((300, 4)), shuffle).z == 0


def test_what_cannot_be_tested_is_said():
    shuffle = clip_shuffle(CLIP, FIELD, permutations=9)

    with pytest.raises(ValueError, match="finite"):
        column_shift(np.full((300, 2), np.nan), shuffle)
    with pytest.raises(ValueError, match="300 rows"):
        column_shift(np.zeros((4, 2)), shuffle)
    with pytest.raises(ValueError, match=r"0\.\.2"):
        count_shift(np.full(300, 3), shuffle, n_classes=3)
    with pytest.raises(ValueError, match="4 reference clips"):
        centre_shift(np.zeros((4, 2)), clip_shuffle(range(4), [0, 0, 0, 1]))


def test_two_thousand_frames_of_twenty_classes_take_under_a_second():
    rng = np.random.default_rng(0)
    clip = np.arange(100).repeat(20)
    shuffle = clip_shuffle(clip, clip >= 50, permutations=300)
    rows = rng.random((2000, 20))
    took = []
    for _ in range(3):
        started = time.perf_counter()
        column_shift(rows, shuffle)
        took.append(time.perf_counter() - started)

    assert min(took) < 1.0
