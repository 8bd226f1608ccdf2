from __future__ import annotations

import numpy as np
import pytest

from core.metrics.intervals import newcombe_interval
from core.metrics.paired import mcnemar_p, paired_drop, paired_newcombe_interval


def test_mcnemar_is_the_golden_value_of_the_methods():
    assert 2 * mcnemar_p(25, 10) == pytest.approx(0.01667, abs=5e-6)
    assert mcnemar_p(0, 0) == 1.0
    assert mcnemar_p(0, 5) == 1.0


@pytest.mark.parametrize(("lost", "gained"), [(25, 10), (7, 0), (3, 3), (1, 9)])
def test_mcnemar_equals_statsmodels(lost: int, gained: int):
    from statsmodels.stats.contingency_tables import mcnemar

    two_sided = mcnemar([[5, lost], [gained, 5]], exact=True).pvalue

    if lost > gained:
        assert 2 * mcnemar_p(lost, gained) == pytest.approx(two_sided)
    assert mcnemar_p(lost, gained) + mcnemar_p(gained, lost) > 1 - 1e-9


def test_without_correlation_it_is_the_interval_of_two_separate_sets():
    # 20 * 5 = 10 * 10: right in one says nothing about right in the other.
    assert paired_newcombe_interval(20, 10, 10, 5) == pytest.approx(
        newcombe_interval(30, 45, 30, 45)
    )


def test_frames_that_agree_narrow_the_interval():
    together = paired_newcombe_interval(60, 20, 0, 20)
    apart = newcombe_interval(80, 100, 60, 100)

    assert together[1] - together[0] < apart[1] - apart[0]
    assert 0 < together[0] < 0.2 < together[1]


def test_edges_stay_in_range_and_never_collapse():
    assert paired_newcombe_interval(0, 0, 0, 0) == (-1.0, 1.0)
    low, high = paired_newcombe_interval(10, 0, 0, 0)
    assert low < 0 < high
    low, high = paired_newcombe_interval(0, 10, 0, 0)
    assert 0 < low < 1
    assert high == pytest.approx(1.0)


def test_it_covers_the_true_drop_about_as_often_as_it_says():
    rng = np.random.default_rng(5)
    shares = np.array([0.6, 0.25, 0.05, 0.1])  # a true drop of 0.2
    hits = sum(
        low <= 0.2 <= high
        for low, high in (
            paired_newcombe_interval(*rng.multinomial(60, shares)) for _ in range(1000)
        )
    )

    # 95 % of 1,000 within four standard deviations
    assert 922 <= hits <= 990


def test_a_paired_drop_counts_both_looks_and_scales_by_clips():
    was, is_now = [True] * 40, [True] * 25 + [False] * 15
    alone = paired_drop(was, is_now, range(40))
    in_clips = paired_drop(was, is_now, [n // 5 for n in range(40)])

    assert (alone.before.right, alone.after.right, alone.after.of) == (40, 25, 40)
    assert alone.drop == in_clips.drop == 15 / 40
    assert (alone.low, alone.high) == paired_newcombe_interval(25, 15, 0, 0)
    assert alone.p == mcnemar_p(15, 0)
    assert in_clips.high - in_clips.low > alone.high - alone.low
    assert in_clips.p > alone.p
    with pytest.raises(ValueError, match="shape"):
        paired_drop(was, is_now, range(39))
