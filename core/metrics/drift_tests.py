"""Have the answers changed? Every class's probabilities, and how often each class is answered."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.metrics.clip_shuffle import ClipShuffle, clip_means

Floats = NDArray[np.float64]

CELLS = 500_000
"""Frames x draws worked on at once: 4 MB, which stays in the processor's cache."""


@dataclass(frozen=True, eq=False)
class ColumnShift:
    """How far each column of scores lies apart on the two sides."""

    distance: Floats  # shape (n_columns,), largest gap of the cumulative shares, 0..1
    p: Floats  # shape (n_columns,), each column by itself
    p_bonferroni: Floats  # shape (n_columns,), times the number of columns, at most 1
    joint: float  # 0..1: the largest distance against the largest of each draw

    @property
    def widest(self) -> int:
        """The column that lies farthest apart."""
        return int(np.argmax(self.distance))


def column_shift(scores: ArrayLike, shuffle: ClipShuffle) -> ColumnShift:
    """
    Kolmogorov-Smirnov for every column, by clip permutation (BBSDs when the scores are softmax).

    `joint` is the p-value to judge by. All columns have the same frames, so the smallest textbook
    p-value belongs to the largest distance: comparing that with the largest of each draw is the
    Bonferroni rule of BBSDs without its loss, and unlike `p_bonferroni` (at least n_columns /
    (1 + draws)) it can become small. Each clip counts once; with clips of one frame the distance
    is scipy's `ks_2samp`.

    Args:
        scores: shape (n, n_columns), finite; probabilities, or any one number per frame.

    Raises:
        ValueError: shapes do not fit, or a score is not finite.

    Source:
        Lipton, Wang and Smola 2018; Rabanser, Günnemann and Lipton 2019 ("Failing Loudly"),
        BBSDs; Westfall and Young 1993 for the joint permutation of the largest.
    """
    columns = np.asarray(scores, dtype=np.float64)
    if columns.ndim != 2 or len(columns) != len(shuffle.clip) or not columns.shape[1]:
        raise ValueError(f"expected {len(shuffle.clip)} rows of scores, found {columns.shape}")
    if not np.isfinite(columns).all():
        raise ValueError("scores must be finite")
    every = np.empty((len(shuffle.sides), columns.shape[1]))
    step = max(1, CELLS // len(columns))
    orders = np.argsort(columns, axis=0, kind="stable")
    for start in range(0, len(every), step):
        on_field = shuffle.sides[start : start + step].T[shuffle.clip] * shuffle.weights[:, None]
        for number, order in enumerate(orders.T):
            every[start : start + step, number] = _distances(
                columns[order, number], on_field[order], shuffle.weights[order], shuffle
            )
    p = np.array([shuffle.p_value(column) for column in every.T])
    bonferroni = np.minimum(p * len(p), 1.0)
    return ColumnShift(every[0], p, bonferroni, shuffle.p_value(every.max(axis=1)))


def _distances(ordered: Floats, on_field: Floats, weights: Floats, shuffle: ClipShuffle) -> Floats:
    """Largest gap of the two cumulative shares, shape (n_draws,), rows in order of the score."""
    field, reference = shuffle.field_clips, shuffle.reference_clips
    is_last = np.append(np.diff(ordered) > 0, True)  # equal scores step together
    below = np.cumsum(on_field, axis=0)[is_last] * (1 / field + 1 / reference)
    below -= (np.cumsum(weights)[is_last] / reference)[:, None]
    return np.asarray(np.maximum(below.max(axis=0), -below.min(axis=0)))


@dataclass(frozen=True, eq=False)
class CountShift:
    """How the mix of answers differs between the two sides."""

    chi_square: float
    p: float
    reference_share: Floats  # shape (n_classes,), 0..1, each clip counting once
    field_share: Floats

    @property
    def moved(self) -> float:
        """Share of answers that would have to change to another class, 0..1 (total variation)."""
        return float(np.abs(self.field_share - self.reference_share).sum() / 2)


def count_shift(answers: ArrayLike, shuffle: ClipShuffle, *, n_classes: int) -> CountShift:
    """
    Pearson's chi-square on how often each class is answered, by clip permutation (BBSDh).

    Each clip counts once; with clips of one frame the statistic is scipy's `chi2_contingency`
    without correction. A class nobody answered does not count.

    Args:
        answers: shape (n,), int, 0..n_classes-1.

    Raises:
        ValueError: shapes do not fit or an answer is out of range.

    Source:
        Rabanser, Günnemann and Lipton 2019, BBSDh.
    """
    classes = np.asarray(answers)
    if classes.shape != shuffle.clip.shape:
        raise ValueError(f"expected {len(shuffle.clip)} answers, found shape {classes.shape}")
    if classes.min() < 0 or classes.max() >= n_classes:
        raise ValueError(f"answers must lie in 0..{n_classes - 1}")
    of_clip = clip_means(np.eye(n_classes)[classes.astype(np.intp)], shuffle)
    total, field = of_clip.sum(axis=0), shuffle.sides @ of_clip
    clips, ours, theirs = shuffle.n_clips, shuffle.field_clips, shuffle.reference_clips
    seen = total > 0
    off = field[:, seen] - total[seen] * ours / clips
    statistics = (off**2 / total[seen]).sum(axis=1) * clips**2 / (ours * theirs)
    return CountShift(
        float(statistics[0]),
        shuffle.p_value(statistics),
        (total - field[0]) / theirs,
        field[0] / ours,
    )
