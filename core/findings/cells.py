"""Frames counted by slice and clip: what every figure about slices is made from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.metrics.many_sets import ClipSums, clip_correlations, clip_sums, effective_counts

MISSING = "(none)"
"""The value given to frames that have none."""

Codes = NDArray[np.intp]


@dataclass(frozen=True)
class Counted:
    """Sets of frames beside everything else, each shape (n_sets,)."""

    inside: ClipSums
    rest: ClipSums
    effective: NDArray[np.float64]
    rest_effective: NDArray[np.float64]


def value_text(value: object) -> str:
    """A value as slices are named by it: "(none)" if missing or blank, whole numbers as such."""
    if pd.isna(cast("str", value)) or not str(value).strip():
        return MISSING
    if isinstance(value, float) and value.is_integer():
        return str(int(value))  # whole numbers become floats where a neighbour is missing
    return str(value)


def values_of(column: pd.Series) -> tuple[Codes, list[str]]:
    """The value of each frame as a number, shape (n,), and the values' texts."""
    codes, found = pd.factorize(column.astype("object"), use_na_sentinel=False)
    texts = [value_text(value) for value in found]
    distinct = sorted(set(texts))
    place = {text: number for number, text in enumerate(distinct)}
    again = np.array([place[text] for text in texts], dtype=np.intp)
    return (again[codes] if len(again) else codes.astype(np.intp)), distinct


def paired_codes(one: Codes, other: Codes) -> tuple[Codes, list[tuple[int, int]]]:
    """Which pair of values each frame has, shape (n,), and the pairs that occur."""
    width = int(other.max()) + 1 if len(other) else 1
    found, codes = np.unique(one * width + other, return_inverse=True)
    return codes.astype(np.intp), [(int(v) // width, int(v) % width) for v in found]


def count_sets(
    cuts: Sequence[tuple[Codes, int]], *, is_right: NDArray[np.bool_], clips: Codes
) -> Counted:
    """
    Every set of every cut beside the rest of the frames, the cuts' sets one after another.

    Args:
        cuts: for each cut the set of every frame, shape (n,), and the number of its sets.
        is_right: shape (n,).
        clips: shape (n,), a number from 0 for each clip.

    Source:
        Effective counts as in metrics.intervals. A set that is all right, or all wrong, cannot
        show how alike its clips' frames are: the whole set's correlation is used.
    """
    n_clips = int(clips.max()) + 1 if len(clips) else 0
    n_sets = sum(size for _, size in cuts)
    all_k = np.bincount(clips, weights=is_right, minlength=n_clips)
    all_n = np.bincount(clips, minlength=n_clips).astype(np.float64)
    whole = clip_sums(all_k, all_n, np.zeros(n_clips, dtype=np.intp), n_sets=1)
    cells, start = [], 0
    for codes, size in cuts:
        cells.append((*_cells(codes, clips, is_right, n_clips), start))
        start += size
    sets = np.concatenate([of + start for of, _, _, _, start in cells])
    clip, k, n = (np.concatenate([cell[part] for cell in cells]) for part in (1, 2, 3))
    inside = clip_sums(k, n, sets, n_sets=n_sets)
    touched = clip_sums(all_k[clip], all_n[clip], sets, n_sets=n_sets)
    left = clip_sums(all_k[clip] - k, all_n[clip] - n, sets, n_sets=n_sets)
    rest = ClipSums(*(np.full(n_sets, column[0]) for column in vars(whole).values()))
    rest = rest - touched + left
    seen = float(clip_correlations(whole)[0])
    unseen = 1.0 if np.isnan(seen) else seen
    return Counted(
        inside,
        rest,
        effective_counts(inside, correlation_if_unseen=unseen),
        effective_counts(rest, correlation_if_unseen=unseen),
    )


def _cells(
    codes: Codes, clips: Codes, is_right: NDArray[np.bool_], n_clips: int
) -> tuple[Codes, Codes, NDArray[np.float64], NDArray[np.float64]]:
    """Set, clip, right frames and frames of every set and clip that meet."""
    found, place = np.unique(codes * max(n_clips, 1) + clips, return_inverse=True)
    k = np.bincount(place, weights=is_right, minlength=len(found)).astype(np.float64)
    n = np.bincount(place, minlength=len(found)).astype(np.float64)
    return found // max(n_clips, 1), found % max(n_clips, 1), k, n
