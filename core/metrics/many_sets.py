"""Shares of many sets of frames at once: effective counts, intervals and drops, as columns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.metrics.intervals import Z_95

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class ClipSums:
    """
    What the effective count needs to know of the clips of a set; each shape (n_sets,).

    With k right of n frames in a clip, summed over the clips of the set.
    """

    clips: Floats
    k: Floats
    n: Floats
    kk: Floats
    kn: Floats
    nn: Floats
    kk_over_n: Floats

    def __add__(self, other: ClipSums) -> ClipSums:
        """The sums of two sets of different clips."""
        return ClipSums(*(a + b for a, b in zip(_parts(self), _parts(other), strict=True)))

    def __sub__(self, other: ClipSums) -> ClipSums:
        """The sums without those of some of the clips."""
        return ClipSums(*(a - b for a, b in zip(_parts(self), _parts(other), strict=True)))


def _parts(sums: ClipSums) -> tuple[Floats, ...]:
    return (sums.clips, sums.k, sums.n, sums.kk, sums.kn, sums.nn, sums.kk_over_n)


def clip_sums(right: ArrayLike, frames: ArrayLike, sets: ArrayLike, *, n_sets: int) -> ClipSums:
    """
    The sums of each set, from its clips.

    Args:
        right: shape (n,), right frames of one clip in one set.
        frames: shape (n,), its frames there; rows of 0 are no clip.
        sets: shape (n,), int, which set, 0..n_sets-1.
        n_sets: how many sets there are.
    """
    k, n = np.asarray(right, dtype=np.float64), np.asarray(frames, dtype=np.float64)
    of = np.asarray(sets, dtype=np.intp)
    share = np.divide(k * k, n, out=np.zeros_like(k), where=n > 0)
    columns = ((n > 0).astype(np.float64), k, n, k * k, k * n, n * n, share)
    summed = (np.bincount(of, weights=c, minlength=n_sets) for c in columns)
    return ClipSums(*(np.asarray(s, dtype=np.float64) for s in summed))


def clip_correlations(sums: ClipSums) -> Floats:
    """`intervals.clip_correlation` of every set; nan where it cannot be seen."""
    total, k, clips = sums.n, sums.k, sums.clips
    unseen = (clips < 2) | (total == clips) | (k == 0) | (k == total)
    with np.errstate(divide="ignore", invalid="ignore"):
        between = (sums.kk_over_n - k * k / total) / (clips - 1)
        within = (k - sums.kk_over_n) / (total - clips)
        typical = (total - sums.nn / total) / (clips - 1)
        estimate = (between - within) / (between + (typical - 1) * within)
    return np.where(unseen, np.nan, np.clip(estimate, 0.0, 1.0))


def effective_counts(sums: ClipSums, *, correlation_if_unseen: float = 1.0) -> Floats:
    """`intervals.effective_of_clips` of every set; 0 for a set of no frames."""
    total, clips = sums.n, sums.clips
    seen = clip_correlations(sums)
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = sums.k / total
        spread = np.maximum(sums.kk - 2 * rate * sums.kn + rate * rate * sums.nn, 0.0)
        deff = clips / (clips - 1) * spread / (total * rate * (1 - rate))
        deff = np.where(np.isnan(seen), 1.0, deff)
        correlation = np.where(np.isnan(seen), correlation_if_unseen, seen)
        alike = 1 + (sums.nn / total - 1) * correlation
        effective = total / np.maximum(deff, alike)
    return np.where(clips <= 1, clips, effective)


def wilson_intervals(right: ArrayLike, of: ArrayLike) -> tuple[Floats, Floats]:
    """`intervals.wilson_interval` of every pair of counts, each shape (n,)."""
    k, n = np.asarray(right, dtype=np.float64), np.asarray(of, dtype=np.float64)
    z2 = Z_95**2
    centre = (k + z2 / 2) / (n + z2)
    with np.errstate(divide="ignore", invalid="ignore"):
        half = Z_95 / (n + z2) * np.sqrt(np.maximum(k * (n - k) / n, 0.0) + z2 / 4)
    low = np.where(k <= 0, 0.0, np.maximum(0.0, centre - half))
    high = np.where(k >= n, 1.0, np.minimum(1.0, centre + half))
    return np.where(n > 0, low, 0.0), np.where(n > 0, high, 1.0)


def newcombe_intervals(
    rate_a: ArrayLike, of_a: ArrayLike, rate_b: ArrayLike, of_b: ArrayLike
) -> tuple[Floats, Floats]:
    """`intervals.newcombe_interval` of share a minus share b, for every row; shares, not counts."""
    a, n_a = np.asarray(rate_a, dtype=np.float64), np.asarray(of_a, dtype=np.float64)
    b, n_b = np.asarray(rate_b, dtype=np.float64), np.asarray(of_b, dtype=np.float64)
    low_a, high_a = wilson_intervals(np.nan_to_num(a) * n_a, n_a)
    low_b, high_b = wilson_intervals(np.nan_to_num(b) * n_b, n_b)
    is_empty = (n_a == 0) | (n_b == 0)
    low = a - b - np.hypot(a - low_a, high_b - b)
    high = a - b + np.hypot(high_a - a, b - low_b)
    return np.where(is_empty, -1.0, low), np.where(is_empty, 1.0, high)
