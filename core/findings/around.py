"""What lies around one frame: which rows are its neighbours in time, which its look-alikes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray


def unit_rows(embeddings: NDArray[np.float32]) -> NDArray[np.float32]:
    """Each row at length 1, so that a product of two is their cosine; rows of zeros stay zeros."""
    lengths = np.linalg.norm(embeddings, axis=1, keepdims=True)
    return np.asarray(embeddings / np.where(lengths > 0, lengths, 1.0), dtype=np.float32)


def window(of: int, here: int, *, most: int) -> slice:
    """At most `most` of `of` places in a row, with `here` as near to the middle as the ends let."""
    start = min(max(here - most // 2, 0), max(of - most, 0))
    return slice(start, min(start + most, of))


def most_alike(
    alike: NDArray[np.float32], clips: NDArray[np.intp], allowed: ArrayLike, *, most: int
) -> NDArray[np.intp]:
    """
    Rows most alike, the most alike first; only allowed ones, one a clip.

    Args:
        alike: shape (n,), higher is more alike.
        clips: shape (n,), numbers; frames of one clip would be the same evidence twice.
        allowed: shape (n,), bool.
    """
    rows = np.flatnonzero(np.asarray(allowed, dtype=bool))
    # Few of many are wanted: order the best only, more of them while they share too few clips.
    taken = min(len(rows), 16 * most)
    while True:
        best = rows[np.argpartition(-alike[rows], taken - 1)[:taken]] if taken else rows[:0]
        best = best[np.lexsort((best, -alike[best]))]
        _, first = np.unique(clips[best], return_index=True)
        if len(first) >= most or taken == len(rows):
            return np.asarray(best[np.sort(first)[:most]], dtype=np.intp)
        taken = min(len(rows), 4 * taken)


def majority(labels: Sequence[str]) -> str | None:
    """The label more than half of them have; None if none has."""
    if not labels:
        return None
    label, count = Counter(labels).most_common(1)[0]
    return label if 2 * count > len(labels) else None


def majorities(
    units: NDArray[np.float32],
    clips: NDArray[np.intp],
    labels: Sequence[str],
    tried: NDArray[np.intp],
    *,
    most: int,
) -> list[str | None]:
    """
    What the look-alikes of each tried row would have said of it, without its own clip.

    Args:
        units: shape (n, n_features), rows of length 1.
        clips: shape (n,).
        labels: shape (n,).
        tried: row numbers.
    """
    alike = units[tried] @ units.T
    found = []
    for row, likeness in zip(tried, alike, strict=True):
        nearest = most_alike(likeness, clips, clips != clips[row], most=most)
        found.append(majority([labels[at] for at in nearest]))
    return found
