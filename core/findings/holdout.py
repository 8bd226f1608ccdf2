"""Which frames a hold-out takes: whole clips, by seed, the labels in proportion."""

from __future__ import annotations

from collections import deque
from hashlib import blake2b

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Counts = NDArray[np.float64]


def draw(key: str, seed: int, purpose: str) -> int:
    """A number 0..2**64 - 1 for a key: the same on every machine and in every version."""
    digest = blake2b(f"{key}:{seed}:{purpose}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big")


def held_out_frames(frames: pd.DataFrame, *, share: float, seed: int) -> pd.DataFrame:
    """
    The frames of the clips a seed picks, about the asked share of each label and of all.

    Labels take turns, the one furthest below its share first; of its clips the next in the order
    the seed gives is taken if that brings the counts nearer to the share, and never a part of one.
    Everything is decided by content hash, label and seed, so neither the order of the rows nor
    the machine plays a part.

    Args:
        frames: content_hash (each once), label (none missing) and clip.
        share: 0..1 of the frames.

    Returns:
        Rows of `frames`, sorted by content hash; none if no clip is small enough.
    """
    table = frames.sort_values("content_hash", ignore_index=True)
    if table.empty:
        return table
    clips = table.groupby("clip")["content_hash"].min()  # a clip is known by its least hash
    order = sorted(clips.index, key=lambda clip: draw(clips[clip], seed, "clip"))
    counts = pd.crosstab(table["clip"], table["label"]).loc[order].sort_index(axis=1)
    rank = [draw(str(label), seed, "label") for label in counts.columns]
    picked = _picked(counts.to_numpy(dtype=np.float64), share, rank)
    return table[table["clip"].isin([order[row] for row in picked])].reset_index(drop=True)


def _picked(counts: Counts, share: float, rank: list[int]) -> list[int]:
    """Rows of `counts` (clips in their order x labels) to take; `rank` breaks ties of labels."""
    wanted = share * counts.sum(axis=0)
    got = np.zeros_like(wanted)
    waiting: dict[int, deque[int]] = {}
    for row, label in enumerate(counts.argmax(axis=1).tolist()):
        waiting.setdefault(label, deque()).append(row)
    picked: list[int] = []
    while waiting:
        missing = wanted - got
        label = max(waiting, key=lambda one: (missing[one], rank[one]))
        row = waiting[label].popleft()
        if not waiting[label]:
            del waiting[label]
        if _off(got + counts[row], wanted) < _off(got, wanted):
            picked.append(row)
            got += counts[row]
    return picked


def _off(got: Counts, wanted: Counts) -> float:
    """How far counts are from the wanted ones: squared, over each label and over all frames."""
    return float(((got - wanted) ** 2).sum() + (got.sum() - wanted.sum()) ** 2)
