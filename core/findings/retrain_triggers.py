"""
Is it time to retrain? Two house rules, each with its evidence and what would settle it.

No paper supports the constants 3 points and 0.6; they are the house's. Pure functions: who keeps
the slice frozen and counts the looks is the caller.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from core.metrics.clip_values import clip_medians, median_interval, median_ranks
from core.metrics.intervals import newcombe_interval
from core.records import Accuracy, State
from core.settings import SETTINGS

ALPHA = 0.05
"""Chance of a false alarm over all planned looks together; methods 1.6."""

SLIP = 0.03
"""Points (as a fraction) below the baseline that call for a retraining; methods 12."""

LEAST_MEDIAN = 0.6
"""Median confidence of a class under which it is called unsure; methods 12."""

RELATIVE_FALL = 0.10
"""How far under its reference median a class's upper limit must lie; methods 12."""

POWER = 0.8
"""How often a true slip should be settled by the labels asked for."""

MOST_CLIPS = 2_000
"""Ours: more clips than this would settle nothing in practice."""


@dataclass(frozen=True, slots=True)
class SlipTrigger:
    """How far the checked slice has slipped below its frozen baseline."""

    state: State
    baseline: Accuracy
    now: Accuracy
    slip: float  # baseline minus now, -1..1
    low: float  # limits at 1 - 0.05 / looks
    high: float
    looks: int
    more_labels: int  # of the slice as it is now, before a slip of this size is settled
    more_baseline: int  # of the baseline, which is as short of frames


def slip_trigger(baseline: Accuracy, now: Accuracy, *, looks: int = 12) -> SlipTrigger:
    """
    Whether a held-out slice is right 3 points less often than when its baseline was frozen.

    Confirmed: 3 points or more down, the whole interval at 1 - 0.05 / looks above 0, and enough
    frames and clips on both sides. Suspected: 3 points down without that. A naive "3 points down"
    rings within a year of monthly looks at 200 frames 69 times in 100 (methods 1.6).

    Both must be of the same slice definition, labelled by people without a look at the answer, and
    of the same class mix (`findings.same_mix`); frames of the baseline are not to be among those
    of now.

    Args:
        baseline, now: with effective counts (`intervals.accuracy`).
        looks: planned looks over which the chance of a false alarm is split, 1 or more.

    Raises:
        ValueError: looks is under 1.

    Source:
        methods 1.6 and 12; Newcombe 1998.
    """
    from scipy.special import ndtri

    if looks < 1:
        raise ValueError(f"looks must be 1 or more, got {looks}")
    slip = baseline.rate - now.rate if baseline.of and now.of else 0.0
    low, high = newcombe_interval(
        baseline.rate * baseline.effective if baseline.of else 0.0, baseline.effective,
        now.rate * now.effective if now.of else 0.0, now.effective,
        z=-float(ndtri(ALPHA / looks / 2)),
    )  # fmt: skip
    state = _slip_state(slip, low, is_enough=_is_enough(baseline) and _is_enough(now))
    needed = _needed(baseline, max(slip, SLIP), alpha=ALPHA / looks / 2)
    unsettled = state in (State.SUSPECTED, State.NOT_ENOUGH)
    return SlipTrigger(
        state, baseline, now, slip, low, high, looks,
        _more(now, needed) if unsettled else 0,
        _more(baseline, needed) if unsettled else 0,
    )  # fmt: skip


def frames_per_side(before: float, after: float, *, alpha: float = ALPHA) -> float:
    """
    Effective frames each side needs to see `before` fall to `after`, 8 times in 10.

    Args:
        before, after: shares right, 0..1, before above after.
        alpha: one-sided. The rule above asks that a two-sided limit exclude 0, which is half.

    Source:
        Cohen 1988, arcsine difference of two shares; 1,393 for 0.90 to 0.87.
    """
    from scipy.special import ndtri

    gap = 2 * (math.asin(math.sqrt(before)) - math.asin(math.sqrt(after)))
    return 2 * ((float(ndtri(alpha)) + float(ndtri(1 - POWER))) / gap) ** 2


def _slip_state(slip: float, low: float, *, is_enough: bool) -> State:
    if not is_enough:
        return State.NOT_ENOUGH
    if slip < SLIP - 1e-9:
        return State.NONE_FOUND
    return State.CONFIRMED if low > 0 else State.SUSPECTED


def _is_enough(known: Accuracy) -> bool:
    return known.effective >= SETTINGS.min_effective and known.clips >= SETTINGS.min_clips


def _needed(baseline: Accuracy, slip: float, *, alpha: float) -> float:
    before = min(max(baseline.rate if baseline.of else 1.0, slip + 0.01), 1.0)
    return frames_per_side(before, before - slip, alpha=alpha)


def _more(known: Accuracy, needed: float) -> int:
    """Frames to label until the effective count is reached, at what one has been worth so far."""
    worth = known.effective / known.of if known.of and known.effective else 1.0
    return math.ceil(max(needed - known.effective, 0) / worth / 10) * 10


@dataclass(frozen=True, slots=True)
class UnsureTrigger:
    """How sure the model is of one class, by the medians of its clips."""

    state: State
    frames: int
    clips: int
    median: float  # of the clips' medians, 0..1; nan without frames
    low: float  # 95 % limits
    high: float
    fell: bool  # the upper limit lies 10 points or more under the reference's median
    more_clips: int | None  # that would settle it; None where no reasonable number does


def unsure_trigger(
    confidence: ArrayLike, clip: ArrayLike, *, reference_median: float | None = None
) -> UnsureTrigger:
    """
    Whether the model's median confidence in a class lies under 0.6.

    Confirmed: the upper limit lies under 0.6, from 10 clips or more. Suspected: only the median
    does. A model of a thousand classes may rightly be under 0.6 throughout; `fell` compares with
    the reference instead.

    Args:
        confidence: shape (n,), of the frames answered with this class, corrected by temperature:
            an overconfident model never goes under 0.6.
        clip: shape (n,).
        reference_median: of the same class, by clips likewise; None if not known.

    Source:
        methods 12.
    """
    medians = clip_medians(confidence, clip)
    middle = float(np.median(medians)) if len(medians) else float("nan")
    low, high = median_interval(medians)
    if len(medians) < SETTINGS.min_clips:
        more: int | None = SETTINGS.min_clips - len(medians)
        state = State.NOT_ENOUGH
    elif middle >= LEAST_MEDIAN:
        state, more = State.NONE_FOUND, 0
    elif high < LEAST_MEDIAN:
        state, more = State.CONFIRMED, 0
    else:
        state, more = State.SUSPECTED, _clips_to_settle(medians < LEAST_MEDIAN)
    fell = (
        reference_median is not None
        and len(medians) >= SETTINGS.min_clips
        and high < reference_median - RELATIVE_FALL
    )
    frames = len(np.asarray(confidence))
    return UnsureTrigger(state, frames, len(medians), middle, low, high, fell, more)


def _clips_to_settle(is_under: ArrayLike) -> int | None:
    """More clips until the upper limit falls under the bar, if these shares go on."""
    under = np.asarray(is_under, dtype=bool)
    share, have = float(under.mean()), len(under)
    for n in range(have + 1, MOST_CLIPS + 1):
        ranks = median_ranks(n)
        if ranks is not None and math.floor(share * n) >= ranks[1]:
            return n - have
    return None
