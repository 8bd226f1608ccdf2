"""
Reference and field with their clips dealt out again at random: what chance alone would do.

Frames of a clip repeat each other, so tests that shuffle frames ring on undrifted video 85 to 100
times in 100 (methods 1.2 and 8). Here whole clips change sides, which is exact for any statistic
as long as the clips of both sides are of one kind; `alike_clips` sees to their size.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]

EXACT_UP_TO = 3_000
"""With no more ways than this to deal the clips, all are tried and the p-value is exact."""

SLACK = 1e-9
"""Two statistics this near are equal: sums in another order differ in the last digits."""


@dataclass(frozen=True, eq=False)
class ClipShuffle:
    """The clips of two sets, as they are and dealt out anew."""

    clip: Rows  # shape (n,), the clip of each row, 0..n_clips-1
    sides: NDArray[np.bool_]  # shape (1 + draws, n_clips), True: field; row 0 is what was observed
    is_exact: bool  # the draws are all ways there are

    @property
    def n_clips(self) -> int:
        """Clips of both sides together."""
        return int(self.sides.shape[1])

    @property
    def field_clips(self) -> int:
        """Clips on the field's side, the same in every draw."""
        return int(self.sides[0].sum())

    @property
    def reference_clips(self) -> int:
        """Clips on the reference's side, the same in every draw."""
        return self.n_clips - self.field_clips

    @property
    def weights(self) -> Floats:
        """Shape (n,): one over the frames of the clip, so that no long clip outvotes the rest."""
        return 1.0 / np.bincount(self.clip, minlength=self.n_clips)[self.clip]

    def p_value(self, statistics: ArrayLike) -> float:
        """
        Chance of a statistic at least as large as the observed one, had nothing changed.

        Args:
            statistics: shape (1 + draws,), in the order of `sides`; larger means more drift.

        Source:
            Phipson and Smyth 2010: (1 + hits) / (1 + draws), which is never 0; the plain share
            where all ways are tried.
        """
        values = np.asarray(statistics, dtype=np.float64)
        hits = int((values[1:] >= values[0] - SLACK * max(1.0, abs(values[0]))).sum())
        draws = len(values) - 1
        return hits / draws if self.is_exact else (1 + hits) / (1 + draws)


def clip_shuffle(
    clip: ArrayLike, is_field: ArrayLike, *, permutations: int = 499, seed: int = 0
) -> ClipShuffle:
    """
    The clips of reference and field, dealt out anew many times.

    The draws depend on the names of the clips and the seed, never on the order of the rows. The
    same name on both sides is two clips.

    Args:
        clip: shape (n,), one name per frame.
        is_field: shape (n,), bool.
        permutations: draws, unless there are at most EXACT_UP_TO ways and all of them are tried.

    Raises:
        ValueError: the shapes differ, a clip has no name, or a side is empty.
    """
    names, field = pd.Series(clip, dtype="object"), np.asarray(is_field, dtype=bool)
    if names.shape != field.shape:
        raise ValueError(f"clip has shape {names.shape}, is_field has shape {field.shape}")
    if names.isna().any():
        raise ValueError(f"{int(names.isna().sum())} frames have no clip")
    if field.all() or not field.any():
        raise ValueError("both sides need frames, found one side only")
    found, codes = np.unique(
        np.where(field, "1", "0").astype(object) + names.astype(str).to_numpy(object),
        return_inverse=True,
    )
    observed = np.array([name[0] == "1" for name in found])
    sides, is_exact = _dealt(observed, permutations, np.random.default_rng(seed))
    return ClipShuffle(codes.astype(np.intp), np.vstack([observed[None, :], sides]), is_exact)


def _dealt(
    observed: NDArray[np.bool_], permutations: int, rng: np.random.Generator
) -> tuple[NDArray[np.bool_], bool]:
    clips, field = len(observed), int(observed.sum())
    ways = math.comb(clips, field)
    if ways <= EXACT_UP_TO:
        rows = np.array(list(combinations(range(clips), field)))
    else:
        rows = rng.random((permutations, clips)).argsort(axis=1)[:, :field]
    sides = np.zeros((len(rows), clips), dtype=bool)
    np.put_along_axis(sides, rows, True, axis=1)
    return sides, ways <= EXACT_UP_TO


def alike_clips(clip: ArrayLike, is_field: ArrayLike) -> NDArray[np.bool_]:
    """
    Which frames to keep so that the clips of both sides are about equally long.

    Long clips vary less than short ones. Where one side's are longer, dealing them out anew shows
    less chance than there is: 20 single field pictures against a reference of video clips ring far
    too often. No clip keeps more frames than the typical (median) clip of the side with the
    shorter ones; what it keeps is spread evenly over its rows in the order given, best by time.

    Args:
        clip: shape (n,), one name per frame.
        is_field: shape (n,), bool.

    Returns:
        Shape (n,), bool; at least one frame of every clip.
    """
    field = np.asarray(is_field, dtype=bool)
    table = pd.DataFrame({"clip": pd.Series(clip, dtype="object").astype(str), "field": field})
    grouped = table.groupby(["field", "clip"], sort=False)
    place = grouped.cumcount().to_numpy()
    size = grouped["clip"].transform("size").to_numpy()
    typical = grouped.size().groupby(level="field").median()
    cap = max(1, int(typical.min())) if len(typical) else 1
    keeps = (place + 1) * cap // size > place * cap // size
    return np.asarray((size <= cap) | keeps)


def clip_means(values: ArrayLike, shuffle: ClipShuffle) -> Floats:
    """
    Mean of the values over each clip: shape (n_clips, n_columns) from (n, n_columns).

    With each clip counting once, the mean of a side is the mean of these rows.
    """
    rows = np.asarray(values, dtype=np.float64) * shuffle.weights[:, None]
    order = np.argsort(shuffle.clip, kind="stable")
    starts = np.searchsorted(shuffle.clip[order], np.arange(shuffle.n_clips))
    return np.asarray(np.add.reduceat(rows[order], starts, axis=0))
