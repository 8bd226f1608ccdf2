"""What else looks like a picture: copies and look-alikes in one order, and how much in words."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.settings import SETTINGS

EXACT, NEAR, ALIKE = "exact_copy", "near_copy", "looks_alike"
KINDS: dict[str, str] = {
    "exact_copy": "Exact copy",
    "near_copy": "Near copy",
    "looks_alike": "Looks alike",
}
"""What a neighbour is to the picture asked about, in the order they are listed."""

AGREES = 0.9
"""
Likeness from which the model bears a picture hash out. Scenes of one layout with another object in
them can have hashes within `near_copy_bits`, and must not head the list as copies. On the sample,
pairs that near come to 0.92 and more within clips (nine in ten), and to 0.2 to 0.6 between clips.
imagededup, too, calls pictures duplicates from 0.9.
"""

SAME = 1 - 1e-5
"""Likeness from which the model cannot tell two pictures apart."""

DEGREES = (
    (0.999, "very alike", "closer than 999 in 1,000 random pairs"),
    (0.99, "alike", "closer than 99 in 100 random pairs"),
    (0.9, "somewhat alike", "closer than 9 in 10 random pairs"),
    (0.0, "hardly alike", "no closer than random pairs often are"),
)  # fmt: skip
"""Share of random pairs that are less alike, and the words for it; ours."""


def share_less_alike(alike: NDArray[np.float64], usual: NDArray[np.float64]) -> NDArray[np.float64]:
    """
    Share of random pairs that are less alike, 0..1, shape (n,); nan where nothing is known.

    Args:
        alike: shape (n,), cosine; nan where unknown.
        usual: likeness of random pairs, ascending; may be empty.
    """
    if not len(usual):
        return np.full(len(alike), np.nan)
    share = np.searchsorted(usual, alike, side="left") / len(usual)
    return np.where(np.isnan(alike), np.nan, share)


def is_near_copy(bits: NDArray[np.uint8], alike: NDArray[np.float64]) -> NDArray[np.bool_]:
    """
    Which pictures are near copies: by their hash, unless the model sees another thing in them.

    Args:
        bits: shape (n,), in which the hash differs, 0..64; 64 for blank pictures.
        alike: shape (n,), cosine; nan where the model has not said, and the hash alone decides.
    """
    is_denied = alike < AGREES
    return np.asarray((bits <= SETTINGS.near_copy_bits) & ~is_denied)


def one_order(table: pd.DataFrame) -> pd.DataFrame:
    """
    Neighbours in their order: exact copies, near copies, then the rest, the most alike first.

    Near copies go by their bits and then by likeness; equal ones by content hash.

    Args:
        table: kind, bits, likeness and content_hash.
    """
    rank = table["kind"].map({kind: at for at, kind in enumerate(KINDS)})
    bits = table["bits"].where(table["kind"] == NEAR, 0)
    order = table.assign(rank=rank, close=bits, far=-table["likeness"]).sort_values(
        ["rank", "close", "far", "content_hash"], kind="stable", na_position="last"
    )
    return table.loc[order.index]


def how_alike(kind: str, bits: int, likeness: float, share: float, *, files: str = "") -> str:
    """
    What a card says of a neighbour: "Near copy, hardly a difference".

    Args:
        files: of an exact copy, where else the same file lies.
    """
    if kind == EXACT:
        return f"Exact copy{f': {files}' if files else ''}"
    if kind == NEAR:
        difference = "no difference to be seen" if not bits else "hardly a difference"
        return f"Near copy, {difference if bits <= 3 else 'small differences'}"
    degree = degree_of(likeness, share)
    return degree[0].upper() + degree[1:]


def degree_of(likeness: float, share: float) -> str:
    """How alike two pictures are to the model: "very alike", against random pairs of frames."""
    if np.isnan(likeness):
        return "likeness not known"
    if likeness >= SAME:
        return "the same to the model"
    if np.isnan(share):
        return "looks alike"  # too few frames to say what is usual
    return next(word for least, word, _ in DEGREES if share >= least)


def drawn_rows(clips: NDArray[np.int64], keys: NDArray[np.int64], *, most: int) -> NDArray[np.intp]:
    """
    At most `most` frames to draw: one of every clip first, then a second of each, and so on.

    Args:
        clips: shape (n,), the clip of each frame.
        keys: shape (n,), what decides within and between clips; from the content, so that every
            laptop draws the same.

    Returns:
        Row numbers in ascending order.
    """
    order = np.lexsort((keys, clips))
    first = np.r_[True, clips[order][1:] != clips[order][:-1]] if len(clips) else np.empty(0, bool)
    starts = np.maximum.accumulate(np.where(first, np.arange(len(order)), 0))
    turn = np.empty(len(clips), dtype=np.int64)
    turn[order] = np.arange(len(order)) - starts  # its place within its clip
    return np.sort(np.lexsort((keys, turn))[:most])


def inside(polygon: NDArray[np.float64], points: NDArray[np.float64]) -> NDArray[np.bool_]:
    """
    Which points lie within a closed line, shape (n,).

    Args:
        polygon: shape (k, 2), its corners in order.
        points: shape (n, 2).

    Source:
        Even-odd rule: a ray to the right crosses the line an odd number of times.
    """
    x, y = points[:, 0], points[:, 1]
    odd = np.zeros(len(points), dtype=bool)
    for (x1, y1), (x2, y2) in zip(polygon, np.roll(polygon, -1, axis=0), strict=True):
        crosses = (y1 > y) != (y2 > y)
        with np.errstate(divide="ignore", invalid="ignore"):
            odd ^= crosses & (x < (x2 - x1) * (y - y1) / (y2 - y1) + x1)
    return odd
