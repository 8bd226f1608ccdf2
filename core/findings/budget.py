"""What a confidence threshold costs: frames nobody looks at, and how many of them are wrong."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.findings.statements import count_of
from core.metrics.calibration import correlation_of, rare_interval
from core.metrics.intervals import effective_count
from core.records import State, Statement
from core.settings import SETTINGS


@dataclass(frozen=True, slots=True)
class Budget:
    """One threshold over one set of frames."""

    threshold: float
    passed: int  # frames that would not be looked at
    frames: int
    kept: int  # labelled ones among the passed
    of: int  # labelled ones among the frames
    wrong: int  # of `kept`
    effective: float  # separate pictures that `kept` is worth
    clips: int  # of `kept`
    low: float  # of wrong / kept, 95 %
    high: float

    @property
    def expected(self) -> tuple[float, float, float] | None:
        """Wrong frames among the passed, with limits; None where none of them is labelled."""
        if not self.kept:
            return None
        rate = self.wrong / self.kept
        return rate * self.passed, self.low * self.passed, self.high * self.passed


def budget_at(
    frames: pd.DataFrame, threshold: float, *, correlation: float | None = None
) -> Budget:
    """
    What a threshold costs on a set of frames.

    Wrong answers are counted on the labelled frames that pass and taken to be as frequent on the
    others that do. Unusual frames never pass, however sure the model is.

    Args:
        frames: answered frames with confidence, is_unusual (bool), is_right (None without a label)
            and clip.
        threshold: 0..1; a frame at it passes.
        correlation: how alike the frames of a clip are, from a larger set; else from these.

    Source:
        Selective classification (Geifman and El-Yaniv 2017); Clopper-Pearson on effective counts.
    """
    passes = passing(frames, threshold)
    is_labelled = frames["is_right"].notna().to_numpy()
    chosen = frames[passes & is_labelled]
    if correlation is None:
        correlation = clips_correlation(frames)
    wrong, clip = ~chosen["is_right"].astype(bool).to_numpy(), chosen["clip"].to_numpy(object)
    low, high = rare_interval(wrong, clip, correlation)
    return Budget(
        threshold=threshold,
        passed=int(passes.sum()),
        frames=len(frames),
        kept=len(chosen),
        of=int(is_labelled.sum()),
        wrong=int(wrong.sum()),
        effective=effective_count(wrong, clip, correlation_if_unseen=correlation),
        clips=int(chosen["clip"].nunique()),
        low=low,
        high=high,
    )


def budget_by(frames: pd.DataFrame, threshold: float, *, column: str) -> dict[str, Budget]:
    """The budget of each value of a column, most expected wrong frames first."""
    correlation = clips_correlation(frames)
    found = {
        str(value): budget_at(rows, threshold, correlation=correlation)
        for value, rows in frames.groupby(column, sort=True)
    }

    def worst(item: tuple[str, Budget]) -> tuple[float, int]:
        expected = item[1].expected
        return (-expected[0] if expected else 0.0, -item[1].passed)

    return dict(sorted(found.items(), key=worst))


def passing(frames: pd.DataFrame, threshold: float) -> NDArray[np.bool_]:
    """Which frames nobody would look at; shape (n,)."""
    sure = frames["confidence"].to_numpy(np.float64)
    return np.asarray((sure >= threshold) & ~frames["is_unusual"].to_numpy(bool))


def clips_correlation(frames: pd.DataFrame) -> float:
    """How alike right and wrong are within a clip, on the labelled frames; 1 where unseen."""
    labelled = frames[frames["is_right"].notna()]
    return correlation_of(labelled["is_right"].astype(bool).to_numpy(), labelled["clip"].to_numpy())


def budget_statement(found: Budget, *, seconds: float) -> Statement:
    """
    "At 90 % sure you would wave through 1,204 of 2,000 frames unseen; expect 9 wrong (4 to 17)."

    Args:
        seconds: review time of one frame.
    """
    mark = f"{found.threshold * 100:g} % sure"
    left = found.frames - found.passed
    saving = (
        f"That leaves {count_of(left, 'frame')} to look at and saves "
        f"{minutes(found.passed * seconds)} of review."
    )
    if not found.passed:
        return Statement(
            f"At {mark} it would wave through none of {found.frames:,} frames.",
            "Lower the mark to see what it would cost.",
            State.NOT_ENOUGH,
        )
    passed = f"At {mark} you would wave through {found.passed:,} of {found.frames:,} frames unseen"
    expected = found.expected
    if expected is None:
        return Statement(
            f"{passed}; how many of them are wrong nobody can say, for none of them is labelled.",
            f"{saving} Label {int(SETTINGS.min_effective)} of the passed frames first.",
            State.NOT_ENOUGH,
        )
    headline = f"{passed}; {expected_words(found)}."
    if found.clips < SETTINGS.min_clips:
        return Statement(
            headline,
            f"{saving} The {count_of(found.kept, 'labelled frame')} among them come from only "
            f"{count_of(found.clips, 'clip')}: label some from {SETTINGS.min_clips - found.clips} "
            "more before you rely on it.",
            State.NOT_ENOUGH,
        )
    return Statement(headline, saving, State.CONFIRMED)


def expected_words(found: Budget) -> str:
    """ "expect 9 wrong (4 to 17)"; "expect none wrong (3 at most)" where none was."""
    expected = found.expected
    if expected is None:
        return "nobody can say how many are wrong"
    middle, low, high = expected
    if not found.wrong:
        return f"expect none wrong ({round(high):,} at most)"
    return f"expect {round(middle):,} wrong ({round(low):,} to {round(high):,})"


def minutes(seconds: float) -> str:
    """ "about 40 minutes", "about 3.5 hours"."""
    if seconds < 90:
        return f"about {max(1, round(seconds))} seconds"
    if seconds < 5400:
        return f"about {round(seconds / 60)} minutes"
    return f"about {seconds / 3600:.1f} hours"
