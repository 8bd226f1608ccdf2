"""
How unlike the reference a picture is: from the probabilities alone, and from the embedding.

Larger is more unlike throughout. No score tells an unknown object from a known one in bad light
(methods 7), so whatever is made of them may say "unusual", never "unknown object".
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

CHUNK = 1024
"""Rows compared at once: 1,024 x 10,000 float32 similarities are 40 MB."""


def generalised_entropy(probabilities: ArrayLike, *, power: float = 0.1, most: int = 100) -> Floats:
    """
    GEN: sum over the likeliest classes of p^g (1 - p)^g; 0 (one class has all) and up.

    Args:
        probabilities: shape (n, n_classes), each 0..1.
        power: g.
        most: how many of the likeliest classes count.

    Returns:
        Shape (n,), the negative of the published score.

    Source:
        Liu, Lochman and Zach, CVPR 2023, equation 5; g 0.1 and 100 classes are theirs.
    """
    p = np.asarray(probabilities, dtype=np.float64)
    if p.shape[-1] > most:
        p = -np.partition(-p, most - 1, axis=-1)[..., :most]
    return np.asarray((p**power * (1 - p) ** power).sum(axis=-1))


def free_energy(logits: ArrayLike, *, temperature: float = 1.0) -> Floats:
    """
    Energy, -T logsumexp(z / T), shape (n,).

    Source:
        Liu et al. 2020, equation 4. Not comparable between models; shown, never judged by.
    """
    from scipy.special import logsumexp

    z = np.asarray(logits, dtype=np.float64)
    return np.asarray(-temperature * logsumexp(z / temperature, axis=-1))


def top_two_margin(probabilities: ArrayLike) -> Floats:
    """
    How far the likeliest class is ahead of the second, 0..1, shape (n,); 1 with a single class.

    Args:
        probabilities: shape (n, n_classes).
    """
    p = np.asarray(probabilities, dtype=np.float64)
    if p.shape[-1] < 2:
        return np.ones(p.shape[:-1])
    top = np.partition(p, -2, axis=-1)[..., -2:]
    return np.asarray(top[..., 1] - top[..., 0])


def unit_rows(vectors: ArrayLike) -> NDArray[np.float32]:
    """The rows at length 1, float32; a row of zeros, or with a value not finite, becomes zeros."""
    rows = np.asarray(vectors, dtype=np.float32)
    rows = np.where(np.isfinite(rows).all(axis=1, keepdims=True), rows, np.float32(0))
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(np.divide(rows, length, out=np.zeros_like(rows), where=length > 0))


def neighbour_distance(
    queries: NDArray[np.float32],
    bank: NDArray[np.float32],
    *,
    k: int = 10,
    query_group: ArrayLike | None = None,
    bank_group: ArrayLike | None = None,
) -> Floats:
    """
    Distance to the k-th nearest row of the bank on the unit sphere, 0..2, shape (n,).

    Args:
        queries: shape (n, n_features), rows of length 1 (`unit_rows`).
        bank: shape (m, n_features), likewise.
        query_group: shape (n,), int; with `bank_group`, a row of the same group is no neighbour,
            so that a picture does not find itself or its own clip.
        bank_group: shape (m,), int.

    Returns:
        With fewer than k rows left, the distance to the farthest of them; 2, the largest there is,
        with none.

    Source:
        Sun et al., ICML 2022, equation 3.
    """
    if not len(bank):
        return np.full(len(queries), 2.0)
    nearest = min(k, len(bank))
    found = np.empty(len(queries))
    ours = None if query_group is None else np.asarray(query_group)
    theirs = None if bank_group is None else np.asarray(bank_group)
    for start in range(0, len(queries), CHUNK):
        alike = queries[start : start + CHUNK] @ bank.T
        if ours is not None and theirs is not None:
            alike[ours[start : start + CHUNK, None] == theirs[None, :]] = -np.inf
        found[start : start + CHUNK] = _farthest_of_nearest(alike, nearest)
    return found


def _farthest_of_nearest(alike: NDArray[np.float32], k: int) -> Floats:
    top = np.partition(alike, alike.shape[1] - k, axis=1)[:, -k:].astype(np.float64)
    top = np.where(np.isfinite(top), top, np.inf)  # barred rows are no neighbours
    kth = top.min(axis=1)
    kth[np.isinf(kth)] = -1.0
    return np.asarray(np.sqrt(np.maximum(2 - 2 * kth, 0.0)))


def mahalanobis(queries: ArrayLike, mean: ArrayLike, covariance: ArrayLike) -> Floats:
    """
    Squared distance from a mean in units of the spread, shape (n,).

    Source:
        Lee et al. 2018, equation 2, for one class; the covariance as given, not estimated here.
    """
    off = np.asarray(queries, dtype=np.float64) - np.asarray(mean, dtype=np.float64)
    solved = np.linalg.solve(np.asarray(covariance, dtype=np.float64), off.T).T
    return np.asarray((off * solved).sum(axis=1))


def share_below(reference: ArrayLike, values: ArrayLike) -> Floats:
    """
    Which share of the reference is less than each value, ties counted half; 0..1, shape (n,).

    Args:
        reference: shape (m,), m > 0.
        values: shape (n,).
    """
    known, asked = np.sort(np.asarray(reference, np.float64)), np.asarray(values, np.float64)
    low = np.searchsorted(known, asked, side="left")
    high = np.searchsorted(known, asked, side="right")
    return np.asarray((low + high) / 2 / len(known))


def keeping_threshold(reference: ArrayLike, *, keeps: float = 0.95) -> float:
    """
    The smallest of the reference's own scores that keeps at least that share of new frames like it.

    Infinite where the reference is too small to promise that (under 19 frames at 0.95).

    Args:
        reference: shape (m,), scores of frames that were held out from whatever made the scores.

    Source:
        Split conformal quantile, the ceil((m + 1) keeps)-th smallest (Vovk et al. 2005).
    """
    known = np.sort(np.asarray(reference, dtype=np.float64))
    place = math.ceil((len(known) + 1) * keeps - 1e-9)
    return float(known[place - 1]) if 1 <= place <= len(known) else math.inf


def area_under_curve(usual: ArrayLike, unusual: ArrayLike) -> float:
    """
    P(a usual frame scores higher) + half the ties, of scores that are high for usual frames.

    Source:
        Mann-Whitney U / (n m); Hanley and McNeil 1982.
    """
    a, b = np.asarray(usual, np.float64), np.asarray(unusual, np.float64)
    return float(share_below(b, a).mean())


def area_standard_error(area: float, n_usual: int, n_unusual: int) -> float:
    """
    Standard error of an area under the curve from so many independent frames.

    Source:
        Hanley and McNeil 1982, equation 2.
    """
    q1, q2 = area / (2 - area), 2 * area**2 / (1 + area)
    square = area * (1 - area) + (n_usual - 1) * (q1 - area**2) + (n_unusual - 1) * (q2 - area**2)
    return math.sqrt(square / (n_usual * n_unusual))


def passed_at_keep(usual: ArrayLike, unusual: ArrayLike, *, keeps: float = 0.95) -> float:
    """
    Share of unusual frames let through at the threshold that keeps `keeps` of the usual ones.

    Scores are high for usual frames. This is the classic "FPR at 95 % TPR"; OpenOOD's code gives
    the two sets the other roles.
    """
    a, b = np.sort(np.asarray(usual, np.float64))[::-1], np.asarray(unusual, np.float64)
    threshold = a[math.ceil(keeps * len(a) - 1e-9) - 1]
    return float((b >= threshold).mean())
