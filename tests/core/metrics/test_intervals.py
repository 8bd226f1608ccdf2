"""Goldens are methods.md sections 1.1 to 1.5."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from core.metrics.intervals import (
    accuracy,
    benjamini_hochberg,
    clip_correlation,
    clip_counts,
    clopper_pearson,
    effective_count,
    holm,
    newcombe_interval,
    wilson_interval,
    zero_events_upper,
)


def frames_of(rates: list[float], size: int) -> tuple[np.ndarray, np.ndarray]:
    """Clips of one size, right in the given shares."""
    is_right = np.concatenate([np.arange(size) < round(rate * size) for rate in rates])
    return is_right, np.repeat(np.arange(len(rates)), size)


@pytest.mark.parametrize(
    ("right", "of", "low", "high"),
    [
        (45, 50, 0.7864, 0.9565),
        (9, 10, 0.5958, 0.9821),
        (10, 10, 0.7225, 1.0),
        (0, 10, 0.0, 0.2775),
        (180, 200, 0.8506, 0.9343),
        (30, 50, 0.4618144, 0.7239161),
    ],
)
def test_wilson_interval_equals_the_golden(right, of, low, high):
    assert wilson_interval(right, of) == pytest.approx((low, high), abs=5e-5)


def test_wilson_interval_ends_exactly_at_none_and_all():
    assert wilson_interval(0, 7.3)[0] == 0
    assert wilson_interval(7.3, 7.3)[1] == 1


def test_wilson_interval_of_nothing_says_nothing():
    assert wilson_interval(0, 0) == (0.0, 1.0)


def test_wilson_interval_takes_counts_that_are_not_whole():
    low, high = wilson_interval(0.9 * 50.625, 50.625)

    assert (low, high) == pytest.approx((0.7872693, 0.9563076), abs=1e-6)


@pytest.mark.parametrize(("right", "of"), [(-1, 5), (6, 5), (float("nan"), 5), (1, float("nan"))])
def test_impossible_counts_are_refused(right, of):
    with pytest.raises(ValueError, match="expected 0 <= right <= of"):
        wilson_interval(right, of)


@pytest.mark.parametrize(
    ("inside", "rest", "drop", "low", "high"),
    [
        ((30, 50), (450, 500), 0.30, 0.1726, 0.4401),
        ((12, 20), (450, 500), 0.30, 0.1164, 0.5147),
        ((7, 10), (450, 500), 0.20, 0.0056, 0.5041),
        ((70, 100), (450, 500), 0.20, 0.1138, 0.2986),
        ((5, 10), (9, 10), 0.40, -0.0024, 0.6759),
        ((435, 500), (450, 500), 0.03, -0.0097, 0.0699),
        ((1740, 2000), (1800, 2000), 0.03, 0.0102, 0.0498),
    ],
)
def test_newcombe_interval_equals_the_golden(inside, rest, drop, low, high):
    found = newcombe_interval(*rest, *inside)

    assert found == pytest.approx((low, high), abs=5e-5)
    assert found[0] < drop < found[1]


def test_newcombe_interval_turns_its_sign_with_the_sides():
    low, high = newcombe_interval(30, 50, 450, 500)

    assert newcombe_interval(450, 500, 30, 50) == pytest.approx((-high, -low))


def test_newcombe_interval_with_an_empty_side_says_nothing():
    assert newcombe_interval(0, 0, 9, 10) == (-1.0, 1.0)


def test_clopper_pearson_equals_the_golden():
    assert clopper_pearson(3, 200) == pytest.approx((0.0031, 0.04321), abs=5e-5)
    assert clopper_pearson(0, 0) == (0.0, 1.0)
    assert clopper_pearson(5, 5)[1] == 1


@pytest.mark.parametrize(
    ("of", "upper"), [(50, 0.0582), (100, 0.0295), (300, 0.00994), (1000, 0.00299), (0, 1.0)]
)
def test_zero_events_leave_about_three_in_n_open(of, upper):
    assert zero_events_upper(of) == pytest.approx(upper, abs=5e-5)


def test_benjamini_hochberg_equals_the_golden():
    q = benjamini_hochberg([0.001, 0.008, 0.012, 0.03, 0.04, 0.2, 0.5, 0.9])

    assert q == pytest.approx([0.008, 0.032, 0.032, 0.06, 0.064, 0.2667, 0.5714, 0.9], abs=5e-5)


def test_benjamini_hochberg_keeps_the_order_and_leaves_out_tests_not_made():
    q = benjamini_hochberg([0.9, np.nan, 0.001])

    assert q == pytest.approx([0.9, np.nan, 0.002], nan_ok=True)
    assert benjamini_hochberg([]).shape == (0,)


def test_benjamini_hochberg_refuses_what_is_no_p_value():
    with pytest.raises(ValueError, match=r"0\.\.1"):
        benjamini_hochberg([0.2, 1.2])


def test_holm_is_worked_out_by_hand():
    # smallest times 3, middle times 2, and never below the one before it
    assert holm([0.03, 0.01, 0.02]) == pytest.approx([0.04, 0.03, 0.04])
    assert holm([0.9, np.nan, 0.001]) == pytest.approx([0.9, np.nan, 0.002], nan_ok=True)
    assert holm([0.6, 0.7]).max() == 1.0
    assert holm([]).shape == (0,)
    with pytest.raises(ValueError, match=r"0\.\.1"):
        holm([-0.1])


def test_ten_clips_of_twenty_frames_are_worth_the_golden_50_6_frames():
    is_right, clip = frames_of([1, 1, 0.9, 0.8, 1, 0.6, 1, 0.9, 1, 0.8], 20)

    found = accuracy(is_right, clip)

    assert found.effective == pytest.approx(50.625)
    assert (found.right, found.of, found.clips) == (180, 200, 10)
    assert (found.low, found.high) == pytest.approx((0.7872693, 0.9563076), abs=1e-6)


def test_frames_that_are_their_own_clips_all_count():
    is_right = np.arange(30) > 3

    assert effective_count(is_right, np.arange(30)) == 30


def test_a_single_clip_counts_as_one_frame_however_long():
    assert effective_count([True] * 50, ["a"] * 50) == 1
    assert effective_count([True, False] * 25, ["a"] * 50) == 1


@pytest.mark.parametrize("answer", [True, False])
def test_clips_all_right_or_all_wrong_count_as_clips(answer):
    is_right, clip = np.full(150, answer), np.repeat([1, 2, 3], 50)

    assert effective_count(is_right, clip) == 3


def test_a_known_correlation_stands_in_where_all_is_right():
    is_right, clip = np.full(1000, True), np.repeat(np.arange(20), 50)

    some = effective_count(is_right, clip, correlation_if_unseen=0.3)
    none = effective_count(is_right, clip, correlation_if_unseen=0)

    assert some == pytest.approx(63.7, abs=0.05)  # the golden of methods.md 1.2
    assert none == 1000


def test_clips_of_copies_count_no_more_than_clips():
    is_right, clip = frames_of([1, 1, 1, 0, 1, 1, 1, 0, 1, 1, 1, 1], 30)

    assert effective_count(is_right, clip) == pytest.approx(11)


def test_one_long_stuck_clip_does_not_outvote_the_rest():
    is_right = np.array([False] * 300 + [True] * 9)
    clip = np.array([0] * 300 + list(range(1, 10)))

    assert effective_count(is_right, clip) < 2


def test_frames_less_alike_than_chance_count_as_frames():
    is_right, clip = frames_of([0.9] * 12, 10)

    assert effective_count(is_right, clip) == 120


def test_the_order_of_frames_and_the_names_of_clips_change_nothing():
    rng = np.random.default_rng(0)
    clip = rng.integers(0, 15, 200)
    is_right = rng.random(200) < 0.8
    order = rng.permutation(200)

    plain = accuracy(is_right, clip)

    assert accuracy(is_right[order], [f"clip {name}" for name in clip[order]]) == plain


def test_nothing_counted_says_nothing():
    found = accuracy([], [])

    assert (found.right, found.of, found.effective, found.clips) == (0, 0, 0, 0)
    assert (found.low, found.high) == (0, 1)
    assert np.isnan(found.rate)


def test_frames_without_a_clip_name_are_one_clip():
    right, frames = clip_counts([True, False, True], [None, None, "a"])

    assert sorted(zip(right, frames, strict=True)) == [(1, 1), (1, 2)]


def test_shapes_that_differ_are_refused():
    with pytest.raises(ValueError, match="shape"):
        effective_count([True, False], ["a"])


def test_clip_correlation_runs_from_independent_to_copies():
    rng = np.random.default_rng(0)
    independent = clip_counts(rng.random(4000) < 0.7, np.repeat(np.arange(400), 10))
    copies = clip_counts(np.repeat(rng.random(400) < 0.7, 10), np.repeat(np.arange(400), 10))

    assert clip_correlation(*independent) == pytest.approx(0, abs=0.03)
    assert clip_correlation(*copies) == pytest.approx(1)
    assert np.isnan(clip_correlation([5, 5], [5, 5]))


def coverage(sizes: np.ndarray, *, rho: float, seed: int, draws: int = 400) -> dict[str, float]:
    """
    Share of draws whose interval holds the true 0.9, counting clips and counting frames.

    Neighbouring frames of a clip correlate by rho, as in the coverage table of methods.md 1.2.
    """
    rng = np.random.default_rng(seed)
    clip, place = np.repeat(np.arange(len(sizes)), sizes), np.concatenate([*map(np.arange, sizes)])
    held = {"clips": 0, "frames": 0}
    for _ in range(draws):
        latent = rng.standard_normal((sizes.max(), len(sizes)))
        for step in range(1, len(latent)):
            latent[step] = rho * latent[step - 1] + np.sqrt(1 - rho**2) * latent[step]
        is_right = latent[place, clip] < norm.ppf(0.9)
        low, high = wilson_interval(is_right.sum(), len(clip))
        held["frames"] += low <= 0.9 <= high
        found = accuracy(is_right, clip)
        held["clips"] += found.low <= 0.9 <= found.high
    return {name: count / draws for name, count in held.items()}


def test_the_interval_on_clips_holds_the_truth_where_frames_do_not():
    held = coverage(np.full(20, 50), rho=0.8, seed=0)

    assert held["clips"] > 0.88
    assert held["frames"] < 0.75


def test_the_interval_holds_the_truth_for_clips_of_very_different_lengths():
    sizes = np.ceil(np.random.default_rng(1).lognormal(2, 1.2, 40)).astype(int)

    held = coverage(sizes, rho=0.95, seed=2)

    assert held["clips"] > 0.88
    assert held["frames"] < 0.60
