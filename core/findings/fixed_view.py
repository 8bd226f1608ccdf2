"""Cameras that look at one place: moved, turned away, or swapped with another."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import cv2
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.findings.camera_episodes import FEWEST, Episode, episode, runs
from core.records import State
from core.settings import SETTINGS

FIXED = 0.5  # ours; correlation of one clip's view with the next, median
LEARN = 5  # clips before a view is known
PAST = 10  # clips a view is made of
LEAST_SHIFT = 1.0  # px of 48, a fiftieth of the picture
KNOWN_AGAIN = 0.5  # ours; of the usual correlation, once the shift is undone
_FLAT = 4.0  # levels; under it a part of the view has no pattern
_AROUND = 4.0  # px of 48

View = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class ViewChange:
    """An episode in which a camera with a fixed view looks elsewhere, and the two views."""

    episode: Episode
    before: View  # (side, side), as `pattern`
    after: View


def pattern(view: NDArray[np.generic]) -> View:
    """
    A view without its light: local mean taken off, divided by the local spread.

    Args:
        view: (side, side), luma 0..255.
    """
    plane = np.asarray(view, dtype=np.float32)
    around = plane - cv2.GaussianBlur(plane, (0, 0), _AROUND)
    spread = np.sqrt(cv2.GaussianBlur(around**2, (0, 0), _AROUND))
    return np.asarray(around / (spread + _FLAT), dtype=np.float32)


def likeness(first: View, second: View) -> float:
    """Correlation of two patterns, -1..1; 0 where one has none."""
    one, other = (plane.ravel() - plane.mean() for plane in (first, second))
    size = float(np.linalg.norm(one) * np.linalg.norm(other))
    return float(one @ other) / size if size > 1e-9 else 0.0


def shift_between(before: View, after: View) -> tuple[float, float]:
    """
    How far the picture moved to the right and down, in px of the view.

    Source:
        Phase correlation, Kuglin and Hines 1975; cv2.phaseCorrelate with a Hann window.
    """
    window = cv2.createHanningWindow(before.shape[::-1], cv2.CV_32F)
    (right, down), _ = cv2.phaseCorrelate(before, after, window)
    return float(right), float(down)


def view_changes(
    frames: pd.DataFrame, views: NDArray[np.uint8], *, is_left_out: NDArray[np.bool_]
) -> tuple[bool, list[ViewChange]]:
    """
    Whether the camera looks at one place, and the stretches in which it looks elsewhere.

    Each clip's median view is held against those of the clips before, up to ten; a stretch ends
    when the old view comes back. A stretch of ten clips or more whose old view is found again,
    moved, is confirmed; one that shows something else entirely is suspected (something large may
    stand before it); under ten clips it is not enough, under three it is let pass.

    Args:
        frames: one camera's, in order of time.
        views: (n, side, side), luma averaged over areas.
        is_left_out: (n,), frames with nothing to see, and repeats of stuck ones.
    """
    rows = np.flatnonzero(~is_left_out)
    names = frames["clip"].to_numpy()[rows]
    clips = [rows[names == name] for name in dict.fromkeys(names)]
    patterns = [pattern(np.median(views[held], axis=0)) for held in clips]
    if len(patterns) <= LEARN:
        return False, []
    neighbours = [likeness(a, b) for a, b in pairwise(patterns)]
    usual = float(np.median(neighbours))
    if usual < FIXED:
        return False, []
    is_off, before = _elsewhere(patterns, usual)
    return True, [
        _change(frames, clips[start:stop], before[start], patterns[start:stop], usual)
        for start, stop in runs(is_off, least=FEWEST)
    ]


def swapped(changes: Sequence[ViewChange]) -> list[Episode]:
    """
    Pairs of cameras that show each other's earlier view at the same time; one episode a camera.

    Args:
        changes: of all cameras; the two cameras' views must each be known from before.
    """
    found = []
    for place, one in enumerate(changes):
        for other in changes[place + 1 :]:
            if one.episode.camera != other.episode.camera and _is_exchange(one, other):
                found += [
                    replace(mine.episode, kind="swapped", state=_swap_state(mine.episode),
                            facts={"with": theirs.episode.camera})
                    for mine, theirs in ((one, other), (other, one))
                ]  # fmt: skip
    return found


def _swap_state(one: Episode) -> State:
    return State.CONFIRMED if one.clips >= SETTINGS.min_clips else State.NOT_ENOUGH


def _is_exchange(one: ViewChange, other: ViewChange) -> bool:
    first, second = one.episode, other.episode
    spans = (first.since, first.until, second.since, second.until)
    if spans[0] is None or spans[1] is None or spans[2] is None or spans[3] is None:
        return False
    return (
        spans[0] <= spans[3]
        and spans[2] <= spans[1]
        and likeness(one.after, other.before) >= FIXED
        and likeness(other.after, one.before) >= FIXED
    )


def _elsewhere(patterns: list[View], usual: float) -> tuple[NDArray[np.bool_], list[View]]:
    """(n,), which clips do not show the view of those before; and that view for each."""
    past: deque[View] = deque(patterns[:LEARN], maxlen=PAST)
    is_off = np.zeros(len(patterns), dtype=bool)
    before = []
    for place, one in enumerate(patterns):
        view = np.median(np.stack(past), axis=0).astype(np.float32)
        before.append(view)
        is_off[place] = _looks_elsewhere(view, one, usual)
        if place >= LEARN and not is_off[place]:
            past.append(one)
    return is_off, before


def _looks_elsewhere(view: View, one: View, usual: float) -> bool:
    is_like = likeness(view, one) >= KNOWN_AGAIN * usual
    return not is_like or (
        float(np.hypot(*shift_between(view, one))) >= LEAST_SHIFT
        and (_undone(view, one) > likeness(view, one))
    )


def _undone(before: View, after: View) -> float:
    """Likeness once the shift is taken back."""
    right, down = shift_between(before, after)
    back = np.array([[1, 0, -right], [0, 1, -down]], dtype=np.float32)
    height, width = before.shape
    moved = cv2.warpAffine(after, back, (width, height), borderMode=cv2.BORDER_CONSTANT)
    seen = cv2.warpAffine(np.ones_like(after), back, (width, height)) > 0.99
    return likeness(before[seen], moved[seen]) if seen.mean() > 0.25 else 0.0


def _change(
    frames: pd.DataFrame,
    clips: list[NDArray[np.intp]],
    before: View,
    patterns: list[View],
    usual: float,
) -> ViewChange:
    after = np.median(np.stack(patterns), axis=0).astype(np.float32)
    right, down = shift_between(before, after)
    side = before.shape[0]
    is_found = _undone(before, after) >= KNOWN_AGAIN * usual
    is_enough = len(clips) >= SETTINGS.min_clips
    sure = State.CONFIRMED if is_found else State.SUSPECTED
    one = episode(
        frames, np.concatenate(clips), "moved" if is_found else "elsewhere",
        sure if is_enough else State.NOT_ENOUGH, right=right / side, down=down / side,
    )  # fmt: skip
    return ViewChange(one, before, after)
