"""Nearly static: hardly anything changes from frame to frame. A hint only, never a stuck camera."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.findings.camera_episodes import FEWEST, Episode, Seen, episode, runs
from core.records import State

STILL = 0.001  # of full scale; ffmpeg freezedetect's noise tolerance, methods 9.4
LEAST_TIME = pd.Timedelta(seconds=2)
_PARTS = 4  # a side; the median over 4 × 4 parts does not mind a clock


def frame_differences(samples: NDArray[np.uint8]) -> NDArray[np.float64]:
    """
    Mean absolute difference from each frame to the next, 0..1: median over 4 × 4 parts.

    Args:
        samples: (n, side, side), luma of single pixels; averaged ones would hide the noise.

    Returns:
        Shape (n - 1,).

    Source:
        methods 9.4: sensor noise of 1 grey level gives 0.0044, of 0.5 gives 0.0021.
    """
    step = samples.shape[1] // _PARTS
    change = np.abs(np.diff(samples.astype(np.int16), axis=0))
    parts = change.reshape(len(change), _PARTS, step, _PARTS, step).mean(axis=(2, 4))
    return np.asarray(np.median(parts.reshape(len(change), -1), axis=1) / 255)


def still_episodes(
    frames: pd.DataFrame, seen: Seen, *, is_left_out: NDArray[np.bool_]
) -> list[Episode]:
    """
    Stretches of at least three frames over at least two seconds that hardly change; suspected.

    Args:
        frames, seen: as `repeats.stuck_episodes`.
        is_left_out: (n,), frames with nothing to see, and those of stuck stretches.
    """
    rows = np.flatnonzero(seen.is_known & ~is_left_out)
    if len(rows) < FEWEST:
        return []
    is_still = frame_differences(seen.samples[rows]) < STILL
    is_still &= np.diff(rows) == 1  # what was left out lies between
    found = []
    for start, stop in runs(is_still, least=FEWEST - 1):
        one = episode(frames, rows[start : stop + 1], "still", State.SUSPECTED)
        if one.since is None or one.until is None or one.until - one.since >= LEAST_TIME:
            found.append(one)
    return found
