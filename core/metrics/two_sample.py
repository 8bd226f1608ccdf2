"""Can a simple classifier tell field from reference? (adversarial validation)"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.metrics.clip_shuffle import ClipShuffle
from core.metrics.intervals import effective_count, wilson_interval

Floats = NDArray[np.float64]

COMPONENTS = 50
"""methods 8: principal components the classifier sees."""

SHRINKAGE = 0.1
"""Ours: share of the pooled variance added to each component, for few clips in many dimensions."""


@dataclass(frozen=True, slots=True)
class TwoSample:
    """How well the two sides are told apart on clips the classifier was not taught on."""

    auc: float  # chance that a field frame looks more like the field than a reference frame, 0..1
    balanced: float  # share told right, both sides counting half
    low: float  # 95 % limits of that, on effective counts
    high: float
    p: float  # of the auc, by clip permutation


def told_apart(
    embeddings: ArrayLike, shuffle: ClipShuffle, *, folds: int = 5, seed: int = 0
) -> TwoSample:
    """
    A linear classifier between reference and field, judged on clips it was not taught on.

    Principal components of all frames, then the shrunk linear discriminant, in folds of whole
    clips. Folds are dealt without a look at the sides, the same for every draw, so that the draws
    are made as the observed value was. Given the folds, the discriminant is linear in who is on
    which side: all draws are one matrix product, where as many logistic regressions would take
    minutes. Its AUC is that of a logistic regression to a few hundredths (tests/references).

    The discriminant's threshold lies half-way between the sides' centres, so both count half
    whatever their sizes ("50/50").

    Args:
        embeddings: shape (n, n_features), finite.
        folds: at most so many; fewer with fewer clips.

    Raises:
        ValueError: shapes do not fit, a value is not finite, or a side has fewer than 2 clips.

    Source:
        Lopez-Paz and Oquab 2017 (classifier two-sample test); methods 8 for folds and permutation
        by clip. Fisher 1936 in place of the logistic regression.
    """
    rows = np.asarray(embeddings, dtype=np.float64)
    if rows.ndim != 2 or len(rows) != len(shuffle.clip) or not np.isfinite(rows).all():
        raise ValueError(f"expected {len(shuffle.clip)} finite rows, found {rows.shape}")
    if min(shuffle.field_clips, shuffle.reference_clips) < 2:
        raise ValueError("each side needs 2 clips or more")
    seen = _components(rows)
    part = _folds(shuffle, folds, np.random.default_rng(seed))
    is_field = shuffle.sides.T[shuffle.clip]
    scores = np.zeros(is_field.shape)
    for fold in np.unique(part):
        held = part == fold
        scores[held] = _held_out(seen[~held], is_field[~held], seen[held])
    areas = _areas(scores, is_field)
    right = (scores[:, 0] > 0) == is_field[:, 0]
    balanced, low, high = _balanced(right, is_field[:, 0], shuffle)
    return TwoSample(float(areas[0]), balanced, low, high, shuffle.p_value(areas))


def _components(rows: Floats) -> Floats:
    """The first principal components, each with variance 1; those without variance are left out."""
    from scipy.linalg import eigh

    centred = rows - rows.mean(axis=0)
    is_wide = centred.shape[1] > len(centred)
    square = (centred @ centred.T if is_wide else centred.T @ centred) / len(centred)
    size = len(square)
    values, vectors = eigh(square, subset_by_index=[max(0, size - COMPONENTS), size - 1])
    kept = values > max(values[-1], 0.0) * 1e-10
    if not kept.any():
        return np.zeros((len(rows), 1))
    if is_wide:
        return np.asarray(vectors[:, kept] * np.sqrt(len(rows)))
    return np.asarray(centred @ vectors[:, kept] / np.sqrt(values[kept]))


def _folds(shuffle: ClipShuffle, folds: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """The fold of each row: clips in random order, dealt in turn."""
    of_clip = np.empty(shuffle.n_clips, dtype=np.intp)
    of_clip[rng.permutation(shuffle.n_clips)] = np.arange(shuffle.n_clips) % folds
    return of_clip[shuffle.clip]


def _held_out(taught: Floats, is_field: NDArray[np.bool_], held: Floats) -> Floats:
    """
    Scores of held-out rows, shape (n_held, n_draws).

    -1 at the reference's centre, 1 at the field's; 0 throughout where the taught rows of a draw
    lie all on one side.
    """
    side = is_field.astype(np.float64)
    ours = side.sum(axis=0)
    theirs = len(side) - ours
    summed = taught.T @ side
    centre_f = summed / np.maximum(ours, 1.0)
    centre_r = (taught.sum(axis=0)[:, None] - summed) / np.maximum(theirs, 1.0)
    gap, middle = centre_f - centre_r, (centre_f + centre_r) / 2
    spread = np.cov(taught, rowvar=False, bias=True).reshape(taught.shape[1], -1)
    direction = np.linalg.solve(spread + SHRINKAGE * np.eye(len(spread)), gap)
    half = (direction * gap).sum(axis=0) / 2
    raw = held @ direction - (direction * middle).sum(axis=0)
    is_taught = (ours > 0) & (theirs > 0) & (half > 0)
    return np.asarray(np.where(is_taught, raw / np.where(is_taught, half, 1.0), 0.0))


def _areas(scores: Floats, is_field: NDArray[np.bool_]) -> Floats:
    """Area under the curve of every draw, ties counted half (Mann-Whitney)."""
    from scipy.stats import rankdata

    ranks = rankdata(scores, axis=0)
    ours = is_field.sum(axis=0)
    theirs = len(scores) - ours
    above = (ranks * is_field).sum(axis=0) - ours * (ours + 1) / 2
    return np.asarray(above / (ours * theirs))


def _balanced(
    right: NDArray[np.bool_], field: NDArray[np.bool_], shuffle: ClipShuffle
) -> tuple[float, float, float]:
    shares = [float(right[side].mean()) for side in (field, ~field)]
    worth = [effective_count(right[side], shuffle.clip[side]) for side in (field, ~field)]
    balanced = sum(shares) / 2
    effective = 4 / sum(1 / count for count in worth)  # variance of a mean of two shares
    return balanced, *wilson_interval(balanced * effective, effective)
