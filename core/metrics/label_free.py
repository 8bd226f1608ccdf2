"""How often it is right where nobody has labelled: two estimates from how sure it says it is."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def threshold_of_errors(score: ArrayLike, is_correct: ArrayLike) -> float:
    """
    The score under which as many reference frames lie as are wrong there (ATC's threshold).

    Half-way between the two neighbouring scores: at either of them the count would be off by one,
    as it is in the published code. Ties can make an exact count impossible; the nearest cut that
    keeps ties together is taken, the higher of two equally near ones.

    Args:
        score: shape (n,), higher = surer.
        is_correct: shape (n,), bool.

    Returns:
        -inf where nothing is wrong, inf where everything is.

    Raises:
        ValueError: shapes differ, or n is 0.

    Source:
        Garg et al., ICLR 2022, equation 3.
    """
    values, right = np.asarray(score, np.float64), np.asarray(is_correct, dtype=bool)
    if values.shape != right.shape or values.ndim != 1 or not len(values):
        raise ValueError(f"score has shape {values.shape}, is_correct {right.shape}")
    ordered = np.sort(values)
    wrong = int((~right).sum())
    # cuts[i] frames lie below the i-th cut, which stands between two different scores
    inner = np.flatnonzero(np.diff(ordered) > 0) + 1
    cuts = np.concatenate([[0], inner, [len(ordered)]])
    best = int(cuts[np.lexsort((-cuts, np.abs(cuts - wrong)))[0]])
    if best == 0:
        return -math.inf
    if best == len(ordered):
        return math.inf
    return float((ordered[best - 1] + ordered[best]) / 2)


def accuracy_by_threshold(field_score: ArrayLike, threshold: float) -> float:
    """Average thresholded confidence: the share of field frames at or above the threshold."""
    return float((np.asarray(field_score, np.float64) >= threshold).mean())


def accuracy_by_difference(
    reference_score: ArrayLike, is_correct: ArrayLike, field_score: ArrayLike
) -> float:
    """
    Accuracy on the reference less the fall in mean confidence from there to the field, 0..1.

    Source:
        Guillory et al., ICCV 2021, difference of confidences.
    """
    fall = np.mean(np.asarray(reference_score, np.float64)) - np.mean(
        np.asarray(field_score, np.float64)
    )
    return float(np.clip(np.mean(np.asarray(is_correct, dtype=bool)) - fall, 0.0, 1.0))


def stratified_share(
    right: ArrayLike, labelled: ArrayLike, frames: ArrayLike
) -> tuple[float, float]:
    """
    Share right in a whole that was sampled part by part, and its standard error.

    Each part speaks for all its frames, however many of them were drawn, which keeps the estimate
    unbiased. Parts without a draw must have been left out by the caller.

    Args:
        right, labelled, frames: shape (parts,): right of those drawn, drawn, and in all; whole or
            effective counts.

    Source:
        Cochran 1977, section 5.4, without the finite population correction; the share of a part is
        taken as (right + 1/2) / (labelled + 1) in its variance, so that a part all right is not
        counted as known.
    """
    k, n, size = (np.asarray(part, np.float64) for part in (right, labelled, frames))
    weight = size / size.sum()
    share = float(weight @ (k / n))
    smooth = (k + 0.5) / (n + 1)
    error = math.sqrt(float(weight**2 @ (smooth * (1 - smooth) / n)))
    return share, error


def best_allocation(frames: ArrayLike, spread: ArrayLike, *, draws: int) -> NDArray[np.intp]:
    """
    How many frames to draw from each part so that the interval shrinks fastest.

    Every part with frames left gets two, as far as the draws go, then in proportion to its size
    times its spread; never more than it has.

    Args:
        frames: shape (parts,), frames left to draw in each.
        spread: shape (parts,), standard deviation of right and wrong expected there, 0..0.5.
        draws: in all, 0 or more.

    Returns:
        Shape (parts,), int; sums to `draws`, or to all frames where those are fewer.

    Source:
        Neyman 1934 (optimal allocation), handed out one by one to the part whose variance term
        falls most.
    """
    left = np.asarray(frames, dtype=np.intp)
    weight = left * np.maximum(np.asarray(spread, np.float64), 1e-6)
    given = np.zeros(len(left), dtype=np.intp)
    for _ in range(min(draws, int(left.sum()))):
        gain = np.where(given < 2, np.inf, weight**2 / (np.maximum(given, 1) * (given + 1.0)))
        # the emptiest first among parts still without two
        gain = np.where(given < 2, 1e18 * (2 - given) + weight, gain)
        gain = np.where(given < left, gain, -np.inf)
        given[int(np.argmax(gain))] += 1
    return given
