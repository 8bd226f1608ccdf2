"""Looks for a better preparation, one part at a time, and for several that are wrong at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np
import pandas as pd

from core.errors import ModelError
from core.findings.doctor import Bools, Trial, doctor_table, enough_frames, is_hopeless
from core.findings.doctor_words import change_words
from core.models.variants import Variant, differing, variants, with_parts
from core.records import InputSpec, State
from core.workflows.doctor_asking import Asking

MOST_STEPS = 4  # as many as a preparation has parts
PAIRED = 3  # best single changes that are tried together where none is better alone
_LOOK = 8  # frames between two looks at whether a change is hopeless
_AT_LEAST = 8  # right frames every change is asked about, so that a person sees it was tried


@dataclass
class Search:
    """What was tried, and the preparation it led to."""

    base: InputSpec
    best: InputSpec
    frames: pd.DataFrame  # the labelled reference sample
    trials: list[Trial] = field(default_factory=list)
    specs: list[InputSpec] = field(default_factory=list)  # one a trial
    refused: list[dict[str, str]] = field(default_factory=list)  # change, reason
    path: list[int] = field(default_factory=list)  # trials that were followed

    def table(self) -> pd.DataFrame:
        """tables.DOCTOR of all trials so far."""
        return doctor_table(self.trials)


def search(asking: Asking, frames: pd.DataFrame) -> Search:
    """
    Follow the best change that is clearly better, step by step, until none is.

    Where no single change is, the best three of different parts are tried in pairs. Each change
    is asked about the frames that are answered wrong first, because only those can be mended, and
    given up once it cannot be told from chance any more. What was followed and does not hold among
    all changes tried is taken back; then every part that the result can do without.

    Args:
        frames: labelled frames with `answer`, a random order; tables.FRAMES.

    Raises:
        ModelError, StoppedError: what was answered so far is kept.
    """
    base = asking.model.input
    found = Search(base, base, frames)
    current = base
    for step in range(1, MOST_STEPS + 1):
        start = len(found.trials)
        options = variants(current, architecture=asking.model.architecture)
        _try_all(found, asking, options, step=step, current=current)
        if step == 1 and _best(found, asking, start) is None:
            _try_all(found, asking, _pairs(found, start), step=step, current=current)
        chosen = _best(found, asking, start)
        if chosen is None:
            break
        found.path.append(chosen)
        current = found.specs[chosen]
    found.best = _simplest(found, asking, _holding(found))
    return found


def _try_all(
    found: Search,
    asking: Asking,
    options: Sequence[Variant],
    *,
    step: int,
    current: InputSpec,
) -> None:
    asking.plan(len(found.frames))
    right = asking.right(found.frames, current)
    if step > 1 and is_hopeless(int((~right).sum()), 0):
        return  # too few wrong ones are left for any change to be told from chance
    rows = slice(0, enough_frames(right))
    new = [one for one in options if one.spec not in found.specs and one.spec != found.base]
    asking.plan(len(new) * len(right[rows]))
    for option in new:
        change = change_words(current, option.spec)
        try:
            trial = _compared(
                asking, found.frames[rows], right[rows], option.spec, step=step, change=change
            )
        except ModelError as error:
            asking.plan(-len(right[rows]))
            found.refused.append({"change": change, "reason": str(error)})
            continue
        found.trials.append(trial)
        found.specs.append(option.spec)


def _compared(
    asking: Asking,
    frames: pd.DataFrame,
    was_right: Bools,
    spec: InputSpec,
    *,
    step: int,
    change: str,
) -> Trial:
    """A change against what was before, the wrong ones first, until it is whole or hopeless."""
    is_right, asked = np.zeros_like(was_right), np.zeros_like(was_right)
    mended, broken = 0, 0
    order = np.concatenate([np.flatnonzero(~was_right), np.flatnonzero(was_right)])
    wrong_left = int((~was_right).sum())
    at_least, place = wrong_left + _AT_LEAST, 0
    while place < len(order) and (place < at_least or not is_hopeless(mended + wrong_left, broken)):
        block = order[place : place + _LOOK]
        is_right[block] = asking.right(frames.iloc[block], spec)
        asked[block] = True
        place += len(block)
        wrong_left = int((~was_right & ~asked).sum())
        mended = int((is_right & ~was_right & asked).sum())
        broken = int((~is_right & was_right & asked).sum())
    asking.plan(place - len(order))
    there = ~frames["content_hash"].isin(list(asking.broken)).to_numpy(dtype=bool)
    clip = frames["clip"].to_numpy(dtype=object)
    return Trial(step, change, was_right[there], is_right[there], asked[there], clip[there])


def _best(found: Search, asking: Asking, start: int) -> int | None:
    """The best confirmed trial from `start` on; of equals the simplest, then the likeliest."""
    state = found.table()["state"]
    confirmed = [n for n in range(start, len(found.trials)) if state[n] == State.CONFIRMED.value]

    def rank(number: int) -> tuple[float, float, float]:
        trial = found.trials[number]
        rows = found.frames.head(len(trial.was_right))
        changed = len(differing(found.base, found.specs[number]))
        likely = asking.likelihood(rows, found.specs[number])
        return (trial.mended - trial.broken) / len(trial.was_right), -changed, likely

    return max(confirmed, key=rank, default=None)


def _pairs(found: Search, start: int) -> list[Variant]:
    """The best single changes so far, two at a time, where they concern different parts."""
    order = sorted(
        range(start, len(found.trials)),
        key=lambda n: found.trials[n].broken - found.trials[n].mended,
    )
    best: dict[str, InputSpec] = {}
    for number in order:
        parts = differing(found.base, found.specs[number])
        if len(parts) == 1 and found.trials[number].mended:
            best.setdefault(parts[0], found.specs[number])
    chosen = list(best.items())[:PAIRED]
    return [
        Variant(with_parts(one, other, [second]), (first, second))
        for (first, one), (second, other) in combinations(chosen, 2)
    ]


def _holding(found: Search) -> InputSpec:
    """The preparation of the last followed trial up to which all hold among everything tried."""
    state = found.table()["state"]
    best = found.base
    for number in found.path:
        if state[number] != State.CONFIRMED.value:
            break
        best = found.specs[number]
    return best


def _simplest(found: Search, asking: Asking, best: InputSpec) -> InputSpec:
    """`best` with every part as it was that it can do without on the reference sample."""
    for part in differing(found.base, best):
        if len(differing(found.base, best)) < 2:
            break
        simpler = with_parts(best, found.base, [part])
        asking.plan(len(found.frames))
        try:
            is_as_good = asking.right(found.frames, simpler).sum() >= (
                asking.right(found.frames, best).sum()
            )
        except ModelError:
            continue
        best = simpler if is_as_good else best
    return best
