"""Episodes: stretches of one camera's frames in which something is wrong with the camera."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.records import State

FEWEST = 3  # frames in a row, methods 9.4; two may be one picture stored twice


class Seen(NamedTuple):
    """What was kept of one camera's frames, one row each, in the order of its frames."""

    is_known: NDArray[np.bool_]  # (n,), False where the picture could not be read for this
    pixels: NDArray[np.object_]  # (n,), fingerprint of all decoded pixels
    tiles: NDArray[np.uint32]  # (n, side, side), fingerprints of tiles of them
    samples: NDArray[np.uint8]  # (n, side, side), luma of single pixels
    view: NDArray[np.uint8]  # (n, side, side), luma averaged over areas
    tint: NDArray[np.float64]  # (n,), log2 of green over the mean of red and blue

    def at(self, rows: NDArray[np.intp] | NDArray[np.bool_]) -> Seen:
        """These rows only."""
        return Seen(
            self.is_known[rows], self.pixels[rows], self.tiles[rows], self.samples[rows],
            self.view[rows], self.tint[rows],
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Episode:
    """One thing wrong with one camera, from its first frame to its last."""

    kind: str  # a key of camera_words.KINDS
    camera: str  # "" where no camera is named
    state: State
    since: pd.Timestamp | None  # of the first frame; None without times
    until: pd.Timestamp | None  # of the last one
    is_open: bool  # it reaches the camera's last frame
    frames: int
    clips: int
    hashes: tuple[str, ...]  # content hashes, in order, each once
    rows: tuple[int, ...] = ()  # of the camera's frames in order
    facts: Mapping[str, float | int | str] = field(default_factory=dict)


def runs(is_on: NDArray[np.bool_] | Sequence[bool], *, least: int = 1) -> list[tuple[int, int]]:
    """(first, one past the last) of every stretch of at least so many True."""
    edges = np.diff(np.concatenate([[0], np.asarray(is_on, dtype=np.int8), [0]]))
    pairs = zip(np.flatnonzero(edges == 1), np.flatnonzero(edges == -1), strict=True)
    return [(int(start), int(stop)) for start, stop in pairs if stop - start >= least]


def episode(
    frames: pd.DataFrame,
    rows: Sequence[int] | NDArray[np.intp],
    kind: str,
    state: State,
    **facts: float | int | str,
) -> Episode:
    """
    An episode made of these rows.

    Args:
        frames: one camera's, in order: content_hash, taken_at, clip, camera.
        rows: ascending positions, at least one.
    """
    held = frames.iloc[list(rows)]
    has_times = bool(held["taken_at"].notna().all())
    camera = held["camera"].iloc[0]
    return Episode(
        kind=kind,
        camera=camera if isinstance(camera, str) else "",
        state=state,
        since=held["taken_at"].iloc[0] if has_times else None,
        until=held["taken_at"].iloc[-1] if has_times else None,
        is_open=int(rows[-1]) == len(frames) - 1,
        frames=len(held),
        clips=int(held["clip"].nunique()),
        hashes=tuple(dict.fromkeys(held["content_hash"])),
        rows=tuple(int(row) for row in rows),
        facts=facts,
    )
