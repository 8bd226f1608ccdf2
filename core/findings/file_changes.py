"""What the files themselves say: packed otherwise than before, or of another size."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.findings.camera_episodes import FEWEST, Episode, episode, runs
from core.records import State

T = TypeVar("T")

QUALITY_STEP = 15  # JPEG quality of 100, ours; less is a camera's own rate control
PAST = 200  # frames of the past that are compared with
LEARN = 10  # frames before anything is called usual


def packing_episodes(frames: pd.DataFrame) -> list[Episode]:
    """
    Stretches of at least three frames packed at least 15 of 100 apart from all of the past.

    The past is what came before the stretch, so a change for good stays one stretch, that is open.
    Confirmed: it stands in the files.

    Args:
        frames: one camera's, in order; jpeg_quality, nan for other formats: these are passed over.
    """
    rows = np.flatnonzero(frames["jpeg_quality"].notna())
    quality = frames["jpeg_quality"].to_numpy(dtype=float)[rows]

    def is_other(now: float, past: deque[float]) -> bool:
        return now < min(past) - QUALITY_STEP or now > max(past) + QUALITY_STEP

    found = []
    for start, stop in _unlike_the_past(list(quality), is_other):
        before = quality[:start][-PAST:]
        found.append(
            episode(
                frames, rows[start:stop], "packing", State.CONFIRMED,
                now=float(np.median(quality[start:stop])), before=float(np.median(before)),
            )
        )  # fmt: skip
    return found


def size_episodes(frames: pd.DataFrame) -> list[Episode]:
    """Stretches of at least three frames of a size the camera never had before; else as above."""
    sizes = [f"{w} × {h}" for w, h in frames[["width", "height"]].itertuples(index=False)]

    found = []
    for start, stop in _unlike_the_past(sizes, lambda now, past: now not in past):
        before = pd.Series(sizes[:start][-PAST:]).mode().iloc[0]
        found.append(
            episode(
                frames, range(start, stop), "size", State.CONFIRMED,
                now=sizes[start], before=str(before),
            )
        )  # fmt: skip
    return found


def _unlike_the_past(
    values: list[T], is_other: Callable[[T, deque[T]], bool]
) -> list[tuple[int, int]]:
    """Stretches of at least FEWEST values unlike those before them; shorter ones are let pass."""
    past: deque[T] = deque(maxlen=PAST)
    is_off: NDArray[np.bool_] = np.zeros(len(values), dtype=bool)
    for place, value in enumerate(values):
        if len(past) >= LEARN and is_other(value, past):
            is_off[place] = True
        else:
            past.append(value)
    return runs(is_off, least=FEWEST)
