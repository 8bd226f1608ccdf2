"""Is the model read as it was trained? Other preparations against the present one."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core import tables
from core.metrics.intervals import accuracy, holm
from core.metrics.paired import mcnemar_p, paired_newcombe_interval
from core.records import State
from core.settings import SETTINGS

Bools = NDArray[np.bool_]

LEVEL = 0.05
"""Chance of a single false "this setting is wrong" among all changes tried; methods 1.4."""

ENOUGH_WRONG = 48
"""Frames answered wrong before a sample is large enough; ours. Only those can be mended."""

COLOUR_MATTERS = 0.1
"""Natural logarithm of red over blue from which a cast is told, 10 %; ours."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One change, on the frames of its step; stopped once it could not be better any more."""

    step: int
    change: str  # in words
    was_right: Bools  # (n,), with the setting of that step
    is_right: Bools  # (n,), with the change; meaningless where not asked
    asked: Bools  # (n,)
    clip: NDArray[np.object_]  # (n,)

    @property
    def mended(self) -> int:
        """Frames wrong before and right with the change."""
        return int((self.asked & ~self.was_right & self.is_right).sum())

    @property
    def broken(self) -> int:
        """Frames right before and wrong with the change."""
        return int((self.asked & self.was_right & ~self.is_right).sum())


def is_hopeless(mended_at_most: int, broken_so_far: int) -> bool:
    """
    Whether a change cannot be told from chance any more, however the remaining frames turn out.

    Stopping on it changes no verdict: more broken frames, or an effective count below the count,
    only make the test weaker.
    """
    return mcnemar_p(mended_at_most, broken_so_far) > LEVEL


def enough_frames(right: Bools) -> int:
    """
    How many frames from the first on tell: up to 48 wrong ones, in tens, at least 60.

    A wrong setting that costs much shows on few frames; one that costs little needs them all.
    """
    wrong = np.flatnonzero(~right)
    if len(wrong) <= ENOUGH_WRONG:
        return len(right)
    last = int(wrong[ENOUGH_WRONG - 1])
    return min(len(right), max(60, 10 * math.ceil((last + 1) / 10)))


def doctor_table(trials: Sequence[Trial]) -> pd.DataFrame:
    """
    One row per change tried, in the order tried: tables.DOCTOR.

    `confirmed`: right more often than without it, the interval of the gain excludes 0 and the test
    survives Holm over all changes tried in all steps. `suspected`: it passes alone, but not among
    so many. `not_enough`: fewer than 30 effective frames or 10 clips.

    Source:
        methods 1.2 (effective counts), 1.3 (McNemar 1947, Newcombe 1998 paired, both on counts
        scaled to the smaller effective count of the two); Holm 1979, because one false "this
        setting is wrong" makes a person break what was right.
    """
    if not trials:
        return tables.empty(tables.DOCTOR)
    table = pd.DataFrame([_row(trial) for trial in trials])
    table["q"] = holm(table["p"])
    table["state"] = [_state(row) for row in table.to_dict("records")]
    return tables.conform(table, tables.DOCTOR)


def _row(trial: Trial) -> dict[str, object]:
    of, asked = len(trial.was_right), int(trial.asked.sum())
    base = accuracy(trial.was_right, trial.clip)
    is_whole = asked == of
    row: dict[str, object] = {
        "step": trial.step, "change": trial.change, "of": of, "base_right": base.right,
        "mended": trial.mended, "broken": trial.broken, "asked": asked,
        "right": float("nan"), "gain": float("nan"), "low": float("nan"), "high": float("nan"),
        "p": 1.0,  # of a change that was given up: it is above LEVEL, more does not matter
        "effective": base.effective, "clips": base.clips,
    }  # fmt: skip
    return {**row, **paired(trial.was_right, trial.is_right, trial.clip)} if is_whole else row


def paired(was_right: Bools, is_right: Bools, clip: NDArray[np.object_]) -> dict[str, float]:
    """
    Right, gain with its 95 % interval, one-sided p, effective frames: a change on whole frames.

    Args:
        was_right, is_right: shape (n,), without and with the change.
        clip: shape (n,).
    """
    before, after = accuracy(was_right, clip), accuracy(is_right, clip)
    of = max(len(was_right), 1)
    worth = min(before.effective, after.effective) / of
    mended, broken = int((~was_right & is_right).sum()), int((was_right & ~is_right).sum())
    both, neither = int((was_right & is_right).sum()), int((~was_right & ~is_right).sum())
    low, high = paired_newcombe_interval(*(worth * n for n in (both, mended, broken, neither)))
    return {
        "right": float(after.right),
        "gain": (mended - broken) / of,
        "low": low,
        "high": high,
        # down and up, never to the nearest: then it is never below what `is_hopeless` goes by
        "p": mcnemar_p(math.floor(worth * mended + 1e-9), math.ceil(worth * broken - 1e-9)),
        "effective": min(before.effective, after.effective),
        "clips": before.clips,
    }


def _state(row: dict[Hashable, Any]) -> str:
    if row["effective"] < SETTINGS.min_effective or row["clips"] < SETTINGS.min_clips:
        return State.NOT_ENOUGH.value
    if not row["low"] > 0:  # nan, too: given up
        return State.NONE_FOUND.value
    if row["q"] <= LEVEL:
        return State.CONFIRMED.value
    return State.SUSPECTED.value if row["p"] <= LEVEL else State.NONE_FOUND.value


def changed_state(found: dict[str, float]) -> State:
    """
    Whether another view of the same frames is better, by itself; `found` is as `paired` gives it.

    `suspected` is one-sided p up to 0.1 (ours): worth a look, for a look costs nothing.
    """
    if found["effective"] < SETTINGS.min_effective or found["clips"] < SETTINGS.min_clips:
        return State.NOT_ENOUGH
    if found["gain"] <= 0:
        return State.NONE_FOUND
    if found["p"] <= LEVEL and found["low"] > 0:
        return State.CONFIRMED
    return State.SUSPECTED if found["p"] <= 2 * LEVEL else State.NONE_FOUND


def colour_cast(
    field: pd.DataFrame, reference: pd.DataFrame, *, column: str
) -> tuple[float, float, float]:
    """
    How far the field's colour lies from the reference's, the same kinds of things compared.

    Args:
        field, reference: one row per frame with `kind` (what is on it), `clip` and the column.
        column: natural logarithm of one colour over another.

    Returns:
        Field minus reference and its 95 % limits; all nan where no kind is on both sides or there
        are fewer than two clips on one.

    Source:
        Each frame less the reference's mean of its kind; t interval over clip means, the clip
        being the unit of evidence (methods 1.2), Welch's for the two sides.
    """
    usual = reference.groupby("kind")[column].mean()
    there, here = (
        (table[column] - table["kind"].map(usual)).dropna().groupby(table["clip"]).mean()
        for table in (reference, field)
    )
    if min(len(there), len(here)) < 2:
        return (float("nan"),) * 3
    from scipy import stats  # 0.2 s, too much for the app's start

    parts = [float(side.var(ddof=1)) / len(side) for side in (here, there)]
    difference = float(here.mean() - there.mean())
    error = math.sqrt(sum(parts))
    if error == 0:
        return difference, difference, difference
    freedom = sum(parts) ** 2 / sum(
        part**2 / (len(side) - 1) for part, side in zip(parts, (here, there), strict=True)
    )
    half = float(stats.t.ppf(0.975, freedom)) * error
    return difference, difference - half, difference + half
