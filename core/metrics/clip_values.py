"""Numbers measured on frames, such as confidence, with the clip as the unit of evidence."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def clip_medians(values: ArrayLike, clip: ArrayLike) -> Floats:
    """The median of each clip, shape (n_clips,), in the order the clips come."""
    series = pd.Series(np.asarray(values, dtype=np.float64))
    names = pd.Series(clip, dtype="object").to_numpy()
    return np.asarray(series.groupby(names, sort=False).median(), dtype=np.float64)


def effective_of_values(values: ArrayLike, clip: ArrayLike) -> float:
    """
    How many independent frames these measured ones are worth, 0..n: n / (1 + (m - 1) rho).

    m is the frame-weighted mean clip size and rho the correlation within clips. Where it cannot be
    seen (one clip, no variance) clips alone count; where no clip has two frames, frames do.

    Args:
        values: shape (n,), finite.
        clip: shape (n,), one name per frame.

    Source:
        Kish 1965; one-way analysis of variance estimator (Donner and Klar 2000), as
        `intervals.clip_correlation` for right and wrong.
    """
    x = np.asarray(values, dtype=np.float64)
    codes, names = pd.factorize(pd.Series(clip, dtype="object"), use_na_sentinel=False)
    n, clips = len(x), len(names)
    if clips == n:
        return float(n)
    if clips < 2:
        return float(clips)
    size = np.bincount(codes)
    mean = np.bincount(codes, weights=x) / size
    between = float(size @ (mean - x.mean()) ** 2) / (clips - 1)
    within = float(((x - mean[codes]) ** 2).sum()) / (n - clips)
    typical = (n - float(size @ size) / n) / (clips - 1)
    below = between + (typical - 1) * within
    rho = float(np.clip((between - within) / below, 0.0, 1.0)) if below > 0 else 1.0
    return n / (1 + (float(size @ size) / n - 1) * rho)


def median_ranks(n: int, *, level: float = 0.95) -> tuple[int, int] | None:
    """
    Which of n values in order (1 is the least) hold the median between them; None if none do.

    At 95 % fewer than 6 values promise nothing.

    Source:
        Order-statistic interval by the binomial (Conover 1999, section 3.2); distribution-free.
    """
    from scipy.stats import binom

    low = int(binom.ppf((1 - level) / 2, n, 0.5))
    if binom.cdf(low, n, 0.5) <= (1 - level) / 2:
        low += 1
    return (low, n + 1 - low) if n and low >= 1 else None


def median_interval(values: ArrayLike, *, level: float = 0.95) -> tuple[float, float]:
    """
    Limits of the median of independent values, one a clip; infinite where they are too few.

    Args:
        values: shape (n,), finite.
    """
    ordered = np.sort(np.asarray(values, dtype=np.float64))
    ranks = median_ranks(len(ordered), level=level)
    if ranks is None:
        return -math.inf, math.inf
    return float(ordered[ranks[0] - 1]), float(ordered[ranks[1] - 1])


def sign_test(fallen: int, of: int) -> float:
    """
    Chance that at least so many of the classes fall, were falling and rising equally likely.

    Args:
        fallen: 0..of.
        of: 0 gives 1.
    """
    from scipy.stats import binom

    return float(binom.sf(fallen - 1, of, 0.5)) if of else 1.0


def quiet_levels(reference: ArrayLike) -> Floats:
    """
    What each unit of an embedding must exceed, in size, to be called active; shape (n_features,).

    A tenth of what the unit's loudest twentieth of reference frames reaches; ours. An absolute
    bound fits no two models: pooled ReLU units are never below 0, those of others are.

    Args:
        reference: shape (n, n_features), n > 0, embeddings as they come (not scaled to length 1).
    """
    return np.asarray(0.1 * np.quantile(np.abs(np.asarray(reference, np.float64)), 0.95, axis=0))


def active_share(embeddings: ArrayLike, levels: ArrayLike) -> Floats:
    """
    Share of units that are active in each frame, 0..1, shape (n,).

    Args:
        embeddings: shape (n, n_features).
        levels: shape (n_features,), of `quiet_levels`.
    """
    loud = np.abs(np.asarray(embeddings, np.float64)) > np.asarray(levels, np.float64)
    return np.asarray(loud.mean(axis=1))
