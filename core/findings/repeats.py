"""Stuck cameras: the same decoded pixels again and again; beside a clock that may run on."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.findings.camera_episodes import FEWEST, Episode, Seen, episode, runs
from core.records import State

CLOCK_AREA = 0.15  # ours; of the picture, the box round all that changes
CLOCK_EDGE = 0.25  # ours; an overlay lies in the outer quarter above or below
CLOCK_FEWEST = 5  # ours; frames, because one corner of a live picture may be all that moves twice
PACKED = 30  # JPEG quality; below it packing itself wipes out a sensor's noise

# (first, one past the last, tile rows and columns of what changes)
_Stretch = tuple[int, int, tuple[int, int, int, int]]


def stuck_episodes(
    frames: pd.DataFrame, seen: Seen, *, is_plain: NDArray[np.bool_]
) -> list[Episode]:
    """
    Stretches of at least three frames that repeat earlier pixels of their camera exactly.

    A sensor's noise makes that as good as impossible for a live picture, however still the scene:
    such a stretch is confirmed. It is suspected where the pictures have nothing to see (a black
    picture clips its noise away), where the frames have no times (they may be copies), and beside
    a region that runs on but lies where no clock does.

    Args:
        frames: one camera's, in order, see `episode`; jpeg_quality of tables.QUALITY.
        seen: of the same rows.
        is_plain: (n,), nothing to see in the picture.

    Source:
        methods 9.4. Exact repeats decide; similarity never does. A loop of several pictures counts
        as one of one picture does.
    """
    is_copy = _same_moment_again(frames, seen)
    rows = np.flatnonzero(seen.is_known & ~is_copy)
    if len(rows) < FEWEST:
        return []
    part, known = frames.iloc[rows], seen.at(rows)
    clocks = _beside_a_clock(known, part)
    taken = np.zeros(len(rows), dtype=bool)
    found = []
    for start, stop, box in clocks:
        taken[start:stop] = True
        state = _clock_state(part.iloc[start:stop], is_plain[rows][start:stop], box, known)
        found.append(
            episode(frames, rows[start:stop], "stuck", state, pictures=1, beside="a small region")
        )
    for start, stop in _repeating(known.pixels):
        if taken[start:stop].any():
            continue
        is_sure = not is_plain[rows][start:stop].any() and bool(part["taken_at"].notna().all())
        found.append(
            episode(
                frames,
                rows[start:stop],
                "stuck",
                State.CONFIRMED if is_sure else State.SUSPECTED,
                pictures=len(set(known.pixels[start:stop])),
            )
        )
    return sorted(found, key=lambda one: one.rows[0])


def _same_moment_again(frames: pd.DataFrame, seen: Seen) -> NDArray[np.bool_]:
    """(n,), the same pixels at the same moment once more: one picture stored twice."""
    both = pd.DataFrame({"at": frames["taken_at"].to_numpy(), "pixels": seen.pixels})
    return np.asarray(both.duplicated() & both["at"].notna(), dtype=bool)


def _repeating(pixels: NDArray[np.object_]) -> list[tuple[int, int]]:
    """Stretches whose pictures were all there before, with the first of each if it lies before."""
    codes, _ = pd.factorize(pixels)
    is_again = pd.Series(codes).duplicated().to_numpy()
    found: list[tuple[int, int]] = []
    for start, stop in runs(is_again):
        held = set(codes[start:stop])
        first = start
        while first > 0 and codes[first - 1] in held and not is_again[first - 1]:
            first -= 1
        if stop - first >= FEWEST:
            found.append((first, stop))
    return found


def _beside_a_clock(seen: Seen, frames: pd.DataFrame) -> list[_Stretch]:
    """Stretches in which one small region alone changes from frame to frame."""
    if len(seen.pixels) < CLOCK_FEWEST:
        return []
    side = seen.tiles.shape[1]
    is_other = seen.tiles[1:] != seen.tiles[:-1]
    sizes = frames[["width", "height"]].to_numpy()
    is_comparable = (sizes[1:] == sizes[:-1]).all(axis=1)
    is_small = is_comparable & (is_other.sum(axis=(1, 2)) <= CLOCK_AREA * side * side)
    found = []
    for start, stop in runs(is_small, least=CLOCK_FEWEST - 1):
        changes = is_other[start:stop].any(axis=0)
        box = _box(changes)
        if box is not None and _area(box) <= CLOCK_AREA * side * side:
            found.append((start, stop + 1, box))
    return found


def _box(is_on: NDArray[np.bool_]) -> tuple[int, int, int, int] | None:
    """First and one past last row, first and one past last column; None where nothing is on."""
    down, across = np.flatnonzero(is_on.any(axis=1)), np.flatnonzero(is_on.any(axis=0))
    if not len(down):
        return None
    return int(down[0]), int(down[-1]) + 1, int(across[0]), int(across[-1]) + 1


def _area(box: tuple[int, int, int, int]) -> int:
    return (box[1] - box[0]) * (box[3] - box[2])


def _clock_state(
    frames: pd.DataFrame, is_plain: NDArray[np.bool_], box: tuple[int, int, int, int], seen: Seen
) -> State:
    edge = CLOCK_EDGE * seen.tiles.shape[1]
    is_at_edge = box[1] <= edge or box[0] >= seen.tiles.shape[1] - edge
    is_packed = bool((frames["jpeg_quality"] < PACKED).any())
    is_sure = (
        is_at_edge and not is_packed and not is_plain.any() and frames["taken_at"].notna().all()
    )
    return State.CONFIRMED if is_sure else State.SUSPECTED
