"""Clips: frames so close to each other that together they are one piece of evidence."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.settings import SETTINGS

BLANK_HASHES = frozenset({0, 1 << 63})  # an even picture has no pattern to be near to
_BLOCK = 512  # hashes compared with all others at once

Pairs = tuple[NDArray[np.intp], NDArray[np.intp]]
"""Row numbers that belong together, two arrays of shape (n_pairs,)."""


def assign_clips(
    frames: pd.DataFrame, *, gap_seconds: float = SETTINGS.clip_gap_seconds
) -> pd.Series[str]:
    """
    The clip of each frame, on the table's index.

    Frames with a time share a clip while one camera's next frame comes in under gap_seconds; a
    missing camera counts as one camera of its folder. Frames without a time share one if their
    picture hashes differ in at most `near_copy_bits`, directly or through others of their folder;
    blank pictures do not. Files of equal content always share one, also over both folders.

    A clip is named by its first moment or its least content hash, so frames added elsewhere do not
    rename it.

    Args:
        frames: columns folder, path, content_hash, picture_hash, taken_at and camera of FRAMES.

    Source:
        product.md, "clip"; methods 1.2 and 10.
    """
    table = frames.reset_index(drop=True)
    table["camera"] = table["camera"].fillna("")
    timed = table[table["taken_at"].notna()].sort_values(
        ["folder", "camera", "taken_at", "path"], kind="stable"
    )
    untimed = table[table["taken_at"].isna()]

    pairs = [_same_content(table), _close_in_time(timed, gap_seconds)]
    for _, group in untimed.groupby("folder"):
        pairs.append(_near_copies(group))
    clips = _joined(len(table), pairs)

    names = _names(table, clips)
    return pd.Series([names[clip] for clip in clips], index=frames.index, dtype="str", name="clip")


def _names(table: pd.DataFrame, clips: NDArray[np.intp]) -> dict[int, str]:
    """Each clip's name by its first moment, else by its least content hash."""
    table = table.assign(clip=clips)
    timed = table[table["taken_at"].notna()].sort_values(["taken_at", "folder", "camera"])
    moments = [moment.isoformat() for moment in pd.DatetimeIndex(timed["taken_at"])]
    by_time = timed["folder"] + ":" + timed["camera"] + ":" + pd.Series(moments, timed.index, "str")
    by_content = table.sort_values(["content_hash", "folder"])
    by_content["name"] = by_content["folder"] + ":hash:" + by_content["content_hash"]

    named: dict[int, str] = {}
    for clip, name in zip(timed["clip"], by_time, strict=True):
        named.setdefault(clip, name)
    for clip, name in zip(by_content["clip"], by_content["name"], strict=True):
        named.setdefault(clip, name)
    return named


def _same_content(table: pd.DataFrame) -> Pairs:
    codes, _ = pd.factorize(table["content_hash"])
    order = np.argsort(codes, kind="stable")
    is_same = codes[order][1:] == codes[order][:-1]
    return order[:-1][is_same], order[1:][is_same]


def _close_in_time(timed: pd.DataFrame, gap_seconds: float) -> Pairs:
    """Neighbours of `timed`, which is sorted by folder, camera and time."""
    rows = timed.index.to_numpy(dtype=np.intp)
    gaps = timed["taken_at"].diff().dt.total_seconds().to_numpy()[1:]
    is_same_camera = np.ones(max(len(rows) - 1, 0), dtype=bool)
    for column in ("folder", "camera"):
        values = timed[column].to_numpy()
        is_same_camera &= values[1:] == values[:-1]
    is_close = is_same_camera & ((gaps < gap_seconds) | (gaps == 0))
    return rows[:-1][is_close], rows[1:][is_close]


def _near_copies(untimed: pd.DataFrame) -> Pairs:
    values = np.array([int(text, 16) for text in untimed["picture_hash"]], dtype=np.uint64)
    is_blank = np.isin(values, np.array(list(BLANK_HASHES), dtype=np.uint64))
    rows = untimed.index.to_numpy(dtype=np.intp)[~is_blank]
    hashes, which = np.unique(values[~is_blank], return_inverse=True)

    groups = np.arange(len(hashes))
    for start in range(0, len(hashes), _BLOCK):
        # Only the groups found so far are kept, never all pairs: they can be millions.
        block = hashes[start : start + _BLOCK, None] ^ hashes[None, start:]
        first, second = np.nonzero(np.bitwise_count(block) <= SETTINGS.near_copy_bits)
        groups = _joined(len(hashes), [(first + start, second + start), _stars(groups)])
    first, second = _stars(groups[which])
    return rows[first], rows[second]


def _stars(groups: NDArray[np.intp]) -> Pairs:
    """Each row beside the first row of its group."""
    _, first, which = np.unique(groups, return_index=True, return_inverse=True)
    return np.arange(len(groups)), first[which]


def _joined(n: int, pairs: Iterable[Pairs]) -> NDArray[np.intp]:
    """A group number for each of n rows; rows linked by pairs, directly or not, share it."""
    # Half a second to import, so not before the first index.
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    sides = zip(*pairs, strict=True)
    first, second = (np.concatenate(side) for side in sides)
    links = coo_array((np.ones(len(first), dtype=bool), (first, second)), shape=(n, n))
    _, groups = connected_components(links, directed=False)
    return np.asarray(groups, dtype=np.intp)
