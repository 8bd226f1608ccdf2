"""What a camera's times say: silences, a clock that jumps back, a clock ahead of today."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.findings.camera_episodes import Episode, episode
from core.records import State

LEAST_GAP = pd.Timedelta(hours=1)
TIMES_USUAL = 2.0  # ours; of the gap that 95 of 100 gaps stay under
LEAST_GAPS = 10
BACK = pd.Timedelta(seconds=60)  # ours; less is a clock being set right
IN_ORDER = 0.95  # ours; of neighbours by name, before names are believed to tell the order
LEAST_NAMED = 10
AHEAD = pd.Timedelta(days=1)  # ours; time zones


def is_ahead(taken_at: pd.Series[pd.Timestamp], *, now: pd.Timestamp) -> NDArray[np.bool_]:
    """Which frames carry a time more than a day after `now` (local, without zone)."""
    return np.asarray(taken_at > now + AHEAD, dtype=bool)


def same_moment(taken_at: pd.Series[pd.Timestamp]) -> bool:
    """Whether at least ten frames carry one and the same time, so that it is none."""
    known = taken_at.dropna()
    return len(known) >= LEAST_NAMED and known.nunique() == 1


def gap_episodes(
    frames: pd.DataFrame, others: Sequence[pd.Timestamp], *, last: pd.Timestamp
) -> list[Episode]:
    """
    Silences of over an hour and over twice what 95 of 100 of the camera's other gaps stay under.

    Args:
        frames: one camera's, in order of time.
        others: times of every other camera's frames, ascending.
        last: newest time of the whole field; the camera may have fallen silent before it.

    Returns:
        Episodes whose rows are the frames before and after; `others` counts the other cameras'
        frames meanwhile. Confirmed where ten other gaps say what is usual and others went on.
    """
    times = frames["taken_at"].reset_index(drop=True)
    clips = frames["clip"].to_numpy()
    breaks = [int(row) for row in np.flatnonzero(clips[1:] != clips[:-1])]
    gaps = [(times[row], times[row + 1], [row, row + 1]) for row in breaks]
    if len(times) and last > times.iloc[-1]:
        gaps.append((times.iloc[-1], last, [len(times) - 1]))
    seconds = np.array([(stop - start).total_seconds() for start, stop, _ in gaps])
    moments = np.array(others, dtype="datetime64[us]")
    found = []
    for place, (start, stop, rows) in enumerate(gaps):
        usual = np.delete(seconds, place)
        if len(usual) < 2 or not _is_long(seconds[place], usual):
            continue
        after = int(np.searchsorted(moments, start.to_datetime64(), side="right"))
        meanwhile = int(np.searchsorted(moments, stop.to_datetime64())) - after
        is_last = len(rows) == 1
        if is_last and not meanwhile:
            continue
        state = State.CONFIRMED if len(usual) >= LEAST_GAPS and meanwhile else State.SUSPECTED
        one = episode(
            frames, rows, "gap", state, hours=float(seconds[place] / 3600),
            usual_hours=float(np.quantile(usual, 0.95) / 3600), others=meanwhile,
        )  # fmt: skip
        found.append(replace(one, is_open=is_last))
    return found


def _is_long(seconds: float, usual: NDArray[np.float64]) -> bool:
    least = max(LEAST_GAP.total_seconds(), TIMES_USUAL * float(np.quantile(usual, 0.95)))
    return seconds > least


def backward_episodes(frames: pd.DataFrame) -> list[Episode]:
    """
    Where the time falls back by a minute or more though the names go on: the clock was set back.

    Only where names tell an order: at least 95 of 100 neighbours by name are in order of time.
    Names made of the time itself can never disagree with it.

    Args:
        frames: one camera's with times, in any order; path besides what `episode` needs.
    """
    named = frames.iloc[sorted(range(len(frames)), key=lambda row: name_order(frames, row))]
    times = named["taken_at"].to_numpy()
    if len(times) < LEAST_NAMED:
        return []
    steps = np.diff(times)
    if (steps >= np.timedelta64(0)).mean() < IN_ORDER:
        return []
    return [
        episode(
            named, [row, row + 1], "clock_back", State.CONFIRMED,
            seconds=float(-steps[row] / np.timedelta64(1, "s")),
        )
        for row in map(int, np.flatnonzero(steps <= -BACK.to_timedelta64()))
    ]  # fmt: skip


def name_order(frames: pd.DataFrame, row: int) -> list[tuple[int, int | str]]:
    """Sorts paths as people count: 2 before 10."""
    parts = re.split(r"(\d+)", str(frames["path"].iloc[row]))
    return [(0, int(part)) if part.isdecimal() else (1, part.casefold()) for part in parts]
