from __future__ import annotations

import numpy as np
import pytest

from core.metrics.intervals import (
    clip_correlation,
    effective_of_clips,
    newcombe_interval,
    wilson_interval,
)
from core.metrics.many_sets import (
    clip_correlations,
    clip_sums,
    effective_counts,
    newcombe_intervals,
    wilson_intervals,
)

SETS = [
    ([1, 0, 3], [1, 2, 3]),
    ([2, 2], [2, 2]),  # all right
    ([0, 0, 0], [4, 1, 2]),  # all wrong
    ([3], [7]),  # one clip
    ([1, 0, 1, 1], [1, 1, 1, 1]),  # clips of one frame
    ([60, 0, 1, 2, 3], [300, 3, 3, 3, 3]),  # one clip outvotes the rest
    ([20, 20, 18, 16, 20, 12, 20, 18, 20, 16], [20] * 10),  # methods 1.2
    ([], []),
]


def sums():
    right = np.concatenate([k for k, _ in SETS])
    frames = np.concatenate([n for _, n in SETS])
    sets = np.repeat(np.arange(len(SETS)), [len(k) for k, _ in SETS])
    return clip_sums(right, frames, sets, n_sets=len(SETS))


@pytest.mark.parametrize("unseen", [0.0, 0.4, 1.0])
def test_every_set_is_worth_what_it_is_worth_alone(unseen):
    expected = [effective_of_clips(k, n, correlation_if_unseen=unseen) for k, n in SETS]

    assert effective_counts(sums(), correlation_if_unseen=unseen) == pytest.approx(expected)


def test_the_golden_effective_count():
    assert effective_counts(sums())[6] == pytest.approx(50.625)


def test_correlations_are_those_of_each_set_alone():
    expected = [clip_correlation(k, n) for k, n in SETS]

    assert clip_correlations(sums()) == pytest.approx(expected, nan_ok=True)


def test_random_sets_equal_the_single_form():
    rng = np.random.default_rng(0)
    sets = np.sort(rng.integers(0, 40, 2000))
    frames = rng.integers(0, 9, 2000)  # rows of no frames among them
    right = rng.binomial(frames, rng.beta(3, 1, 2000))

    found = effective_counts(clip_sums(right, frames, sets, n_sets=40), correlation_if_unseen=0.3)

    for number in range(40):
        here = sets == number
        alone = effective_of_clips(right[here], frames[here], correlation_if_unseen=0.3)
        assert found[number] == pytest.approx(alone)


def test_sums_of_separate_clips_add_and_subtract():
    one, two = sums(), sums()

    assert effective_counts(one + two - two) == pytest.approx(effective_counts(one))


def test_intervals_equal_the_single_forms():
    rng = np.random.default_rng(0)
    of_a, of_b = rng.integers(0, 300, (2, 50)).astype(float)
    of_a[0] = of_b[1] = 0
    a, b = rng.integers(0, of_a + 1), rng.integers(0, of_b + 1)
    low, high = wilson_intervals(a, of_a)
    with np.errstate(invalid="ignore"):
        down, up = newcombe_intervals(a / of_a, of_a, b / of_b, of_b)

    for n in range(50):
        assert (low[n], high[n]) == pytest.approx(wilson_interval(a[n], of_a[n]))
        assert (down[n], up[n]) == pytest.approx(newcombe_interval(a[n], of_a[n], b[n], of_b[n]))
