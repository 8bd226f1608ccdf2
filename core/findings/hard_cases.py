"""How far the hard cases of a failure mode have come, and what they lack: tables in, counts out."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import pandas as pd

from core.findings.cells import MISSING
from core.findings.coverage import coverage_table
from core.settings import SETTINGS

FRAMES_A_CLIP = 10
"""On average; beyond it a set is more of the same than new evidence."""

CLASS = "class"
"""Column made here: the label, or the answer where there is none."""


class Progress(StrEnum):
    """How far a failure mode has come."""

    EMPTY = "empty"
    COLLECTING = "collecting"
    FEW_CLIPS = "few_clips"  # many frames of few moments
    ENOUGH = "enough"


@dataclass(frozen=True, slots=True)
class Lack:
    """Values of a column that the field has and the mode's frames lack, most frames first."""

    column: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Gathered:
    """The frames of one mode, counted."""

    frames: int  # picture contents
    clips: int
    days: int  # different ones; 0 where no frame has a time
    target: int  # frames
    lacks: tuple[Lack, ...]

    @property
    def clip_target(self) -> int:
        """Clips it takes besides the frames."""
        return clip_target(self.target)

    @property
    def share(self) -> float:
        """How far it has come, 0..1: by frames or by clips, whichever lags."""
        return min(1.0, self.frames / self.target, self.clips / self.clip_target)

    @property
    def progress(self) -> Progress:
        """In one word."""
        if not self.frames:
            return Progress.EMPTY
        if self.share >= 1:
            return Progress.ENOUGH
        is_more_of_the_same = self.frames > FRAMES_A_CLIP * self.clips
        is_full_of_frames = self.frames >= self.target
        return (
            Progress.FEW_CLIPS if is_more_of_the_same or is_full_of_frames else Progress.COLLECTING
        )


def clip_target(target: int) -> int:
    """Clips for so many frames: a tenth of them, and never fewer than can be judged."""
    return max(SETTINGS.min_clips, math.ceil(target / FRAMES_A_CLIP))


def gathered(
    frames: pd.DataFrame, field: pd.DataFrame, *, target: int, columns: Mapping[str, str]
) -> Gathered:
    """
    Count the frames of a mode, and find what the field has and they lack.

    Args:
        frames: the mode's, of the field: content_hash, clip, taken_at, label, answer and columns.
        field: every field frame.
        target: frames wanted, at least 1.
        columns: those in which something may be lacking; "class" is made here.
    """
    rows = frames.drop_duplicates("content_hash")
    lacks = tuple(
        Lack(name, values)
        for name in columns
        if len(rows) and (values := _lacking(with_class(rows), with_class(field), name))
    )
    return Gathered(
        frames=len(rows),
        clips=int(rows["clip"].nunique()),
        days=int(rows["taken_at"].dt.normalize().nunique()),
        target=target,
        lacks=lacks,
    )


def with_class(frames: pd.DataFrame) -> pd.DataFrame:
    """The frames with the column "class"."""
    return frames.assign(**{CLASS: frames["label"].fillna(frames["answer"])})


def _lacking(rows: pd.DataFrame, field: pd.DataFrame, column: str) -> tuple[str, ...]:
    # Under one label, because unlabelled frames count here too.
    table = coverage_table(
        field.assign(label="any"), rows.assign(label="any"), column=column
    )  # fmt: skip
    lacking = table[table["is_missing"] & (table["value"] != MISSING)]
    return tuple(lacking["value"])
