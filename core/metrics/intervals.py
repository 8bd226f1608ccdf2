"""How sure a counted share is: intervals, the evidence in correlated frames, many tests at once."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from core.records import Accuracy

Z_95 = 1.959963984540054
"""Two-sided 95 % point of the normal distribution."""


def wilson_interval(right: float, of: float, *, z: float = Z_95) -> tuple[float, float]:
    """
    95 % interval of a share; (0, 1) when nothing was counted.

    Args:
        right: 0..of; need not be whole, so that effective counts fit.
        of: 0 or more.
        z: normal quantile, for another level than 95 %.

    Raises:
        ValueError: a count is negative, not a number, or `right` exceeds `of`.

    Source:
        Wilson 1927; recommended for small counts by Brown, Cai and DasGupta 2001.
    """
    _check_counts(right, of)
    if of == 0:
        return 0.0, 1.0
    z2 = z * z
    centre = (right + z2 / 2) / (of + z2)
    half = z / (of + z2) * math.sqrt(right * (of - right) / of + z2 / 4)
    low = 0.0 if right == 0 else max(0.0, centre - half)
    high = 1.0 if right == of else min(1.0, centre + half)
    return low, high


def newcombe_interval(
    right_a: float, of_a: float, right_b: float, of_b: float, *, z: float = Z_95
) -> tuple[float, float]:
    """
    95 % interval of share a minus share b, for two separate sets of frames.

    Takes whole or effective counts, each as in `wilson_interval`; (-1, 1) when a side is empty.
    `z` is the normal quantile, for another level than 95 %.

    Raises:
        ValueError: as `wilson_interval`.

    Source:
        Newcombe 1998, method 10 (hybrid score): the Wilson limits of both sides, combined.
    """
    low_a, high_a = wilson_interval(right_a, of_a, z=z)
    low_b, high_b = wilson_interval(right_b, of_b, z=z)
    if of_a == 0 or of_b == 0:
        return -1.0, 1.0
    rate_a, rate_b = right_a / of_a, right_b / of_b
    difference = rate_a - rate_b
    down = math.hypot(rate_a - low_a, high_b - rate_b)
    up = math.hypot(high_a - rate_a, rate_b - low_b)
    return difference - down, difference + up


def clopper_pearson(events: float, of: float) -> tuple[float, float]:
    """
    95 % interval of a rare share, never too narrow; (0, 1) when nothing was counted.

    Takes whole or effective counts, as `wilson_interval`.

    Raises:
        ValueError: as `wilson_interval`.

    Source:
        Clopper and Pearson 1934; beta quantiles, which extend to counts that are not whole.
    """
    _check_counts(events, of)
    from scipy import special  # 0.2 s, too much for the app's start

    low = 0.0 if events == 0 else float(special.betaincinv(events, of - events + 1, 0.025))
    high = 1.0 if events == of else float(special.betaincinv(events + 1, of - events, 0.975))
    return low, high


def zero_events_upper(of: float) -> float:
    """
    Largest share that 0 events in `of` frames leaves open, one-sided 95 %; 1 when `of` is 0.

    Source:
        The exact form, 1 - 0.05^(1/n), of the rule of three (3/n).
    """
    _check_counts(0, of)
    return -math.expm1(math.log(0.05) / of) if of > 0 else 1.0


def clip_counts(
    is_right: ArrayLike, clip: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """
    Right frames and all frames of each clip.

    Args:
        is_right: shape (n,), bool.
        clip: shape (n,), one name per frame.

    Returns:
        two arrays of shape (n_clips,).

    Raises:
        ValueError: the shapes differ.
    """
    right = np.asarray(is_right, dtype=bool)
    names = pd.Series(clip, dtype="object")
    if right.shape != names.shape:
        raise ValueError(f"is_right has shape {right.shape}, clip has shape {names.shape}")
    codes, found = pd.factorize(names, use_na_sentinel=False)
    counted = np.bincount(codes[right], minlength=len(found))
    frames = np.bincount(codes, minlength=len(found))
    return counted.astype(np.float64), frames.astype(np.float64)


def clip_correlation(right: ArrayLike, frames: ArrayLike) -> float:
    """
    How alike the frames of one clip are, 0 (independent) .. 1 (copies of each other).

    Args:
        right, frames: shape (n_clips,), as `clip_counts` gives them.

    Returns:
        The intra-class correlation of right and wrong, or nan where it cannot be seen: all right,
        all wrong, a single clip, or no clip of more than one frame.

    Source:
        One-way analysis of variance estimator (Fisher 1925; Donner and Klar 2000, section 1.2).
    """
    k, n = np.asarray(right, dtype=np.float64), np.asarray(frames, dtype=np.float64)
    total, clips = n.sum(), len(n)
    if clips < 2 or total == clips or k.sum() in (0, total):
        return float("nan")
    rates = k / n
    between = float(n @ (rates - k.sum() / total) ** 2) / (clips - 1)
    within = float(n @ (rates * (1 - rates))) / (total - clips)
    typical = (total - float(n @ n) / total) / (clips - 1)
    estimate = (between - within) / (between + (typical - 1) * within)
    return float(np.clip(estimate, 0.0, 1.0))


def effective_of_clips(
    right: ArrayLike, frames: ArrayLike, *, correlation_if_unseen: float = 1.0
) -> float:
    """
    `effective_count`, from clips already counted.

    Args:
        right, frames: shape (n_clips,), as `clip_counts` gives them; clips of 0 frames are ignored.
        correlation_if_unseen: as `effective_count`.
    """
    k, n = np.asarray(right, dtype=np.float64), np.asarray(frames, dtype=np.float64)
    k, n = k[n > 0], n[n > 0]
    total, clips = float(n.sum()), len(n)
    if clips <= 1:
        return float(clips)
    rate = k.sum() / total
    correlation = clip_correlation(k, n)
    if np.isnan(correlation):
        correlation, deff = correlation_if_unseen, 1.0
    else:
        variance = clips / (clips - 1) * float(((k - rate * n) ** 2).sum()) / total**2
        deff = variance / (rate * (1 - rate) / total)
    alike = 1 + (float(n @ n) / total - 1) * correlation
    return float(total / max(deff, alike))


def effective_count(
    is_right: ArrayLike, clip: ArrayLike, *, correlation_if_unseen: float = 1.0
) -> float:
    """
    How many independent frames these correlated ones are worth, 0..n.

    n divided by the design effect: what the variance between clips is, over what it would be were
    all frames independent. Two estimates are made and the more cautious one is taken. The ratio
    estimator equals methods.md 1.2 for clips of one size. Where sizes differ much it misses that
    one long clip outvotes the rest (60 clips of 3 frames and one of 300: 95 % intervals that
    cover 60 to 75 %), and the clips' correlation does not. A design effect below 1 is chance and
    counts as 1.

    A single clip counts as 1 frame: nothing in it says how the next clip would do. Clips of one
    frame each count fully. Where all frames are right, or all wrong, the variance is 0 and tells
    nothing; `correlation_if_unseen` then stands in for it.

    Args:
        is_right: shape (n,), bool.
        clip: shape (n,), one name per frame.
        correlation_if_unseen: 0..1, how alike the frames of a clip are where these frames cannot
            tell. 1, the cautious end, counts clips only (fewer when their sizes differ); a caller
            who knows the `clip_correlation` of a larger set may give that.

    Raises:
        ValueError: the shapes differ.

    Source:
        Kish 1965 (design effect; ratio estimator); Donner and Klar 2000 for 1 + (m - 1) rho with
        m the frame-weighted mean clip size. Taking the larger of both is ours.
    """
    right, frames = clip_counts(is_right, clip)
    return effective_of_clips(right, frames, correlation_if_unseen=correlation_if_unseen)


def accuracy(
    is_right: ArrayLike, clip: ArrayLike, *, correlation_if_unseen: float = 1.0
) -> Accuracy:
    """
    Frames right, with the Wilson interval on the effective count.

    Args, Raises:
        as `effective_count`. No frames at all give 0 of 0 between 0 and 1.
    """
    right, frames = clip_counts(is_right, clip)
    return accuracy_of_clips(right, frames, correlation_if_unseen=correlation_if_unseen)


def accuracy_of_clips(
    right: ArrayLike, frames: ArrayLike, *, correlation_if_unseen: float = 1.0
) -> Accuracy:
    """`accuracy`, from clips already counted; clips of 0 frames are ignored."""
    k, n = np.asarray(right, dtype=np.float64), np.asarray(frames, dtype=np.float64)
    effective = effective_of_clips(k, n, correlation_if_unseen=correlation_if_unseen)
    n_right, of = round(k.sum()), round(n.sum())
    low, high = wilson_interval(n_right / of * effective if of else 0.0, effective)
    return Accuracy(
        right=n_right,
        of=of,
        effective=effective,
        clips=int((n > 0).sum()),
        low=low,
        high=high,
    )


def benjamini_hochberg(p: ArrayLike) -> NDArray[np.float64]:
    """
    q-values: the smallest false discovery rate at which each test would still count.

    Args:
        p: shape (n,), 0..1 for every test made, not just those shown; nan marks a test that could
            not be made, stays nan and is not counted.

    Raises:
        ValueError: a p-value is outside 0..1.

    Source:
        Benjamini and Hochberg 1995; valid for overlapping slices (Benjamini and Yekutieli 2001).
    """
    values = np.asarray(p, dtype=np.float64)
    made = ~np.isnan(values)
    if np.any((values[made] < 0) | (values[made] > 1)):
        raise ValueError("p-values must lie in 0..1")
    order = np.argsort(values[made])
    ranks = np.arange(1, made.sum() + 1)
    stepped = values[made][order] * made.sum() / ranks
    lowest = np.minimum.accumulate(stepped[::-1])[::-1]
    adjusted = np.empty(len(order))
    adjusted[order] = np.minimum(lowest, 1.0)
    q = np.full(values.shape, np.nan)
    q[made] = adjusted
    return q


def holm(p: ArrayLike) -> NDArray[np.float64]:
    """
    p-values held to one claim: the chance that any of the tests made at this level is a false one.

    Stricter than `benjamini_hochberg`, for where a single false finding does harm.

    Args, Raises:
        as `benjamini_hochberg`.

    Source:
        Holm 1979, step-down; valid however the tests depend on each other.
    """
    values = np.asarray(p, dtype=np.float64)
    made = ~np.isnan(values)
    if np.any((values[made] < 0) | (values[made] > 1)):
        raise ValueError("p-values must lie in 0..1")
    order = np.argsort(values[made])
    stepped = values[made][order] * np.arange(made.sum(), 0, -1)
    adjusted = np.empty(len(order))
    adjusted[order] = np.minimum(np.maximum.accumulate(stepped), 1.0)
    found = np.full(values.shape, np.nan)
    found[made] = adjusted
    return found


def _check_counts(right: float, of: float) -> None:
    if not (0 <= right <= of < math.inf):
        raise ValueError(f"expected 0 <= right <= of, found {right} of {of}")
