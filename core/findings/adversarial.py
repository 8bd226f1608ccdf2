"""Is it another source? What the two-sample classifier's figures mean, by fixed levels."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from core.metrics.two_sample import TwoSample
from core.records import State
from core.settings import SETTINGS

P_ALARM = 0.01
AUC_ALARM = 0.65
AUC_CLEAR = 0.80
BALANCED_SOURCE = 0.90
"""methods 8."""


class Apart(StrEnum):
    """How far the field's pictures can be told from the reference's."""

    SOURCE = "source"  # told right 9 times in 10: looks like a different source
    CLEAR = "clear"
    DIFFERENT = "different"
    ALIKE = "alike"


@dataclass(frozen=True, slots=True)
class SourceReading:
    """How far the two sides are apart, and how far that may be believed."""

    apart: Apart
    state: State
    result: TwoSample | None  # None with too few clips
    frames: int
    clips: int
    reference_frames: int
    reference_clips: int


def source_reading(
    result: TwoSample | None, *, frames: int, clips: int, reference_frames: int,
    reference_clips: int,
) -> SourceReading:  # fmt: skip
    """
    The alarm: p at most 0.01 and AUC at least 0.65, from 10 clips a side.

    "A different source" is confirmed only if the lower limit of the balanced accuracy reaches 0.90:
    90 right of 100 alone do not prove 9 in 10. Reaching it without the limit is suspected; the
    difference itself is then certain all the same.

    Args:
        result: of `two_sample.told_apart`, on clips made about equally long; None if not made.
        frames, clips: of the field; `reference_`: of the reference.

    Source:
        methods 8.
    """
    apart, state = Apart.ALIKE, State.NOT_ENOUGH
    if result is not None and min(clips, reference_clips) >= SETTINGS.min_clips:
        apart, state = _read(result)
    return SourceReading(apart, state, result, frames, clips, reference_frames, reference_clips)


def _read(result: TwoSample) -> tuple[Apart, State]:
    if result.auc < AUC_ALARM:
        return Apart.ALIKE, State.NONE_FOUND
    if result.p > P_ALARM:
        is_near = result.p <= 5 * P_ALARM
        return Apart.DIFFERENT, State.SUSPECTED if is_near else State.NONE_FOUND
    if result.balanced >= BALANCED_SOURCE:
        is_proven = result.low >= BALANCED_SOURCE
        return Apart.SOURCE, State.CONFIRMED if is_proven else State.SUSPECTED
    return (Apart.CLEAR if result.auc >= AUC_CLEAR else Apart.DIFFERENT), State.CONFIRMED
