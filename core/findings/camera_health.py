"""One camera's health: everything wrong with it, in order, and how it fared on each day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.findings.camera_episodes import Episode, Seen, episode
from core.findings.camera_times import (
    backward_episodes,
    gap_episodes,
    is_ahead,
    name_order,
    same_moment,
)
from core.findings.file_changes import packing_episodes, size_episodes
from core.findings.fixed_view import ViewChange, swapped, view_changes
from core.findings.own_past import LEAST_DAYS, days_known, past_episodes
from core.findings.repeats import stuck_episodes
from core.findings.still_scene import still_episodes
from core.findings.useless_runs import nothing_to_see, useless_episodes
from core.records import State

WORST_FIRST = (State.CONFIRMED, State.SUSPECTED, State.NOT_ENOUGH, State.NONE_FOUND)
DAY_COLUMNS = ("day", "frames", "clips", "kind", "state")


@dataclass(frozen=True, eq=False)
class CameraHealth:
    """What is known of one camera."""

    camera: str  # "" where no camera is named
    frames: int
    clips: int
    episodes: tuple[Episode, ...]  # oldest first
    days: pd.DataFrame  # DAY_COLUMNS: every day from the first frame to the last, empty ones too
    notes: Mapping[str, int] = field(default_factory=dict)  # key of camera_words.NOTES: count
    changes: tuple[ViewChange, ...] = ()

    @property
    def state(self) -> State:
        """The worst of its episodes'."""
        return worst(one.state for one in self.episodes)


def worst(states: Iterable[State]) -> State:
    """The state to be looked at first; none_found of nothing."""
    return min(states, key=WORST_FIRST.index, default=State.NONE_FOUND)


def camera_health(
    frames: pd.DataFrame,
    seen: Seen,
    *,
    now: pd.Timestamp,
    others: Sequence[pd.Timestamp] = (),
    last: pd.Timestamp | None = None,
    cameras: int = 1,
) -> CameraHealth:
    """
    Everything wrong with one camera, but for what only two cameras together show.

    Frames without a time, all of one time, or with a time to come are said so and cost only what
    needs times.

    Args:
        frames: one camera's, at least one, any order: tables.FRAMES and QUALITY of each.
        seen: of the same rows.
        now: local time without zone.
        others: times of the other cameras' frames, ascending.
        last: newest time of any camera's frame, none to come.
        cameras: looked at in all.
    """
    notes: dict[str, int] = {}
    frames = frames.reset_index(drop=True).assign(tint=seen.tint)
    has_times, used, ahead = _by_times(frames, now, notes)
    early: list[Episode] = []
    if len(ahead):
        order = frames.loc[ahead].sort_values(["taken_at", "path"])
        early.append(episode(order, range(len(order)), "clock_ahead", State.CONFIRMED))
    if has_times:
        early += [
            replace(one, is_open=False) for one in backward_episodes(frames.loc[np.sort(used)])
        ]
    rest, part = frames.iloc[used].reset_index(drop=True), seen.at(used)
    if unseen := int((~part.is_known).sum()):
        notes["unseen"] = unseen
    found, changes = _in_order(rest, part, has_times, cameras, notes) if len(rest) else ([], [])
    if has_times:
        found += gap_episodes(rest, others, last=last or rest["taken_at"].iloc[-1])
    every = tuple(sorted([*early, *found], key=_when))
    named = frames["camera"].iloc[0]
    return CameraHealth(
        camera=named if isinstance(named, str) else "",
        frames=len(frames),
        clips=int(frames["clip"].nunique()),
        episodes=every,
        days=_days(rest, every) if has_times else pd.DataFrame(columns=list(DAY_COLUMNS)),
        notes=notes,
        changes=tuple(changes),
    )


def with_swaps(cameras: Sequence[CameraHealth]) -> list[CameraHealth]:
    """The cameras, where two show each other's view told so instead of as moved."""
    swaps = swapped([change for one in cameras for change in one.changes])
    return [
        _with_swap(one, [swap for swap in swaps if swap.camera == one.camera]) for one in cameras
    ]


def _with_swap(health: CameraHealth, swaps: list[Episode]) -> CameraHealth:
    if not swaps:
        return health
    told = {swap.rows for swap in swaps}
    kept = [
        one for one in health.episodes
        if not (one.kind in ("moved", "elsewhere") and one.rows in told)
    ]  # fmt: skip
    days = health.days.copy()
    for swap in swaps:
        inside = days["day"].isin(_days_of(swap)) & days["kind"].isin(["moved", "elsewhere"])
        days.loc[inside, ["kind", "state"]] = ["swapped", swap.state.value]
    return replace(health, episodes=tuple(sorted([*kept, *swaps], key=_when)), days=days)


def _by_times(
    frames: pd.DataFrame, now: pd.Timestamp, notes: dict[str, int]
) -> tuple[bool, NDArray[np.intp], NDArray[np.intp]]:
    """Whether there are times; the rows to look at, in order; those with a time to come."""
    is_timed = frames["taken_at"].notna().to_numpy()
    if not is_timed.any() or same_moment(frames["taken_at"]):
        notes["same_time" if is_timed.any() else "no_times"] = len(frames)
        frames["taken_at"] = pd.NaT
        by_name = sorted(range(len(frames)), key=lambda row: name_order(frames, row))
        return False, np.array(by_name, dtype=np.intp), np.array([], dtype=np.intp)
    if not is_timed.all():
        notes["some_untimed"] = int((~is_timed).sum())
    is_to_come = is_ahead(frames["taken_at"], now=now)
    by_time = frames.sort_values(["taken_at", "path"], kind="stable").index
    order = np.asarray(by_time, dtype=np.intp)
    used = order[is_timed[order] & ~is_to_come[order]]
    return bool(len(used)), used, np.flatnonzero(is_to_come)


def _in_order(
    frames: pd.DataFrame, seen: Seen, has_times: bool, cameras: int, notes: dict[str, int]
) -> tuple[list[Episode], list[ViewChange]]:
    """What the pictures show, in their order; repeats are left out of the rest (methods 9.4)."""
    is_plain = nothing_to_see(frames)
    found = stuck_episodes(frames, seen, is_plain=is_plain)
    is_stuck, is_repeat = np.zeros((2, len(frames)), dtype=bool)
    for one in found:
        is_stuck[list(one.rows)] = True
        is_repeat[list(one.rows[1:])] = True
    found += still_episodes(frames, seen, is_left_out=is_plain | is_stuck)
    found += useless_episodes(frames)
    found += [*packing_episodes(frames), *size_episodes(frames)]
    if not has_times:
        return found, []
    is_left_out = is_plain | is_repeat
    found += past_episodes(frames, is_left_out=is_left_out, cameras=cameras)
    if (days := days_known(frames, is_left_out)) < LEAST_DAYS:
        notes["few_days"] = days
    is_fixed, changes = view_changes(frames, seen.view, is_left_out=is_left_out | ~seen.is_known)
    if not is_fixed:
        notes["no_fixed_view"] = int(frames["clip"].nunique())
    return [*found, *(change.episode for change in changes)], changes


def _days(frames: pd.DataFrame, episodes: Sequence[Episode]) -> pd.DataFrame:
    """DAY_COLUMNS; the kind is that of the worst episode of the day, the longest of these."""
    day = frames["taken_at"].dt.normalize()
    counts = frames.groupby(day).agg(frames=("clip", "size"), clips=("clip", "nunique"))
    span = pd.date_range(day.iloc[0], day.iloc[-1], freq="D") if len(day) else day.iloc[:0]
    counts = counts.reindex(span, fill_value=0)
    ill: dict[pd.Timestamp, Episode] = {}
    for one in sorted(episodes, key=lambda one: (WORST_FIRST.index(one.state), -one.frames)):
        of_rows = one.rows and one.kind not in ("gap", "clock_back", "clock_ahead")
        held = day.iloc[list(one.rows)].unique() if of_rows else _days_of(one)
        for moment in held:
            ill.setdefault(pd.Timestamp(moment), one)
    return pd.DataFrame({
        "day": counts.index, "frames": counts["frames"].to_numpy(),
        "clips": counts["clips"].to_numpy(),
        "kind": [ill[one].kind if one in ill else "" for one in counts.index],
        "state": [ill[one].state.value if one in ill else State.NONE_FOUND.value
                  for one in counts.index],
    })  # fmt: skip


def _days_of(one: Episode) -> pd.DatetimeIndex:
    """Every day between its first frame and its last."""
    if one.since is None or one.until is None:
        return pd.DatetimeIndex([])
    first, last = sorted((one.since, one.until))
    return pd.date_range(first.normalize(), last.normalize(), freq="D")


def _when(one: Episode) -> tuple[pd.Timestamp, str]:
    return (one.since if one.since is not None else pd.Timestamp.min), one.kind
