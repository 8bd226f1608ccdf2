"""A camera against its own past: blurred, hazy, another colour. Judged day by day."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.findings.camera_episodes import Episode, episode
from core.records import State
from core.settings import SETTINGS

LEAST_DAYS = 6  # ours; with fewer no order of days is rare
LEAST_BEFORE = 3
LEAST_INSIDE = 2
MOST_DAYS = 60  # looked at; older ones are the past of nobody's present
ALPHA = 0.05
SHUFFLES = 1_999

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Measure:
    """Something of a picture that a healthy camera keeps."""

    value: Callable[[pd.DataFrame], Values]
    direction: int  # -1: less of it is ill; 0: either way
    margin: float  # of the difference of medians over clips; less is not worth a word


MEASURES: dict[str, Measure] = {
    # 0.4 of sharpness is an edge blurred by 1 px more
    "blurred": Measure(lambda frames: frames["sharpness"].to_numpy(), -1, 0.4),
    # contrast for its light, so that dusk is no haze; natural log, a quarter less
    "hazy": Measure(
        lambda frames: np.log(
            frames["contrast"].to_numpy().clip(1e-3) / frames["brightness"].to_numpy().clip(0.01)
        ),
        -1, 0.29,
    ),
    # log2: 23 % more red over blue
    "warmth": Measure(lambda frames: frames["warmth"].to_numpy(), 0, 0.3),
    "tint": Measure(lambda frames: frames["tint"].to_numpy(), 0, 0.2),
}  # fmt: skip
"""Kind of episode: what is measured. Margins are ours."""


def past_episodes(
    frames: pd.DataFrame, *, is_left_out: NDArray[np.bool_], cameras: int = 1, seed: int = 0
) -> list[Episode]:
    """
    For each measure the stretch of days that differs most from the days before it, if it is rare.

    The days' medians are put in random order many times; a stretch counts if hardly any order has
    one as strong. So frames of one day, which share their light, are one piece of evidence, and
    searching for the stretch costs nothing in honesty. Days drifting with the season are taken for
    a change once they pass the margin.

    Args:
        frames: one camera's, in order, with tables.QUALITY and tint.
        is_left_out: (n,), frames with nothing to see, and repeats of stuck ones.
        cameras: looked at in all; confirmed needs p of 0.05 over cameras times measures.

    Returns:
        Confirmed; suspected at p of 0.05; not_enough where fewer than ten clips are on a side.
    """
    tests = cameras * len(MEASURES)
    found = []
    for kind, measure in MEASURES.items():
        one = _one_measure(frames, kind, measure, is_left_out, tests=tests, seed=seed)
        found += [one] if one else []
    return found


def days_known(frames: pd.DataFrame, is_left_out: NDArray[np.bool_]) -> int:
    """Days with frames that can be compared."""
    return int(frames.loc[~is_left_out, "taken_at"].dt.normalize().nunique())


def strongest_stretch(days: Values, *, direction: int) -> tuple[int, int]:
    """
    (first, one past the last) of the days that differ most from all days before them.

    Args:
        days: (n,), medians of n >= 5 days in order.
        direction: -1 looks for lower ones, 1 for higher, 0 for either.
    """
    scores, stretches = _scores(tamed(days)[None, :], direction)
    return stretches[int(np.argmax(scores[0]))]


def stretch_p(days: Values, *, direction: int, shuffles: int = SHUFFLES, seed: int = 0) -> float:
    """How often days in random order have a stretch as strong as the strongest; (0, 1]."""
    values = tamed(days)
    rng = np.random.default_rng(seed)
    strongest = _scores(values[None, :], direction)[0].max()
    as_strong = 0
    for start in range(0, shuffles, 2_000):
        rows = np.tile(values, (min(2_000, shuffles - start), 1))
        best = _scores(rng.permuted(rows, axis=1), direction)[0].max(axis=1)
        as_strong += int((best >= strongest - 1e-9).sum())
    return (1 + as_strong) / (1 + shuffles)


def _one_measure(
    frames: pd.DataFrame,
    kind: str,
    measure: Measure,
    is_left_out: NDArray[np.bool_],
    *,
    tests: int,
    seed: int,
) -> Episode | None:
    values = measure.value(frames).astype(float)
    rows = np.flatnonzero(~is_left_out & np.isfinite(values))
    table = pd.DataFrame({
        "row": rows, "value": values[rows], "clip": frames["clip"].to_numpy()[rows],
        "day": frames["taken_at"].dt.normalize().to_numpy()[rows],
    })  # fmt: skip
    table = table[table["day"].isin(np.unique(table["day"])[-MOST_DAYS:])]
    clips = table.groupby(["day", "clip"], as_index=False)["value"].median()
    days = clips.groupby("day")["value"].median()
    if len(days) < LEAST_DAYS:
        return None
    first, stop = _with_ill_neighbours(
        days.to_numpy(), *strongest_stretch(days.to_numpy(), direction=measure.direction)
    )
    inside = clips[clips["day"].isin(days.index[first:stop])]
    before = clips[clips["day"].isin(days.index[:first])]
    now, then = float(inside["value"].median()), float(before["value"].median())
    change = (now - then) * (measure.direction or np.sign(now - then))
    if change < measure.margin:
        return None
    shuffles = min(20_000, max(SHUFFLES, 40 * tests))
    p = stretch_p(days.to_numpy(), direction=measure.direction, shuffles=shuffles, seed=seed)
    if p > ALPHA:
        return None
    state = _state(p, tests, min(inside["clip"].nunique(), before["clip"].nunique()))
    held = table.loc[table["day"].isin(days.index[first:stop]), "row"].to_numpy()
    return episode(frames, held, kind, state, now=now, before=then, p=p, days=stop - first,
                   clips_before=int(before["clip"].nunique()))  # fmt: skip


def _with_ill_neighbours(days: Values, first: int, stop: int) -> tuple[int, int]:
    """The stretch with the days beside it that lie nearer to its middle than to the days before."""
    before, inside = float(np.median(days[:first])), float(np.median(days[first:stop]))
    is_ill = np.abs(days - inside) < np.abs(days - before)
    while stop < len(days) and is_ill[stop]:
        stop += 1
    while first > LEAST_BEFORE and is_ill[first - 1]:
        first -= 1
    return first, stop


def _state(p: float, tests: int, fewest_clips: int) -> State:
    if fewest_clips < SETTINGS.min_clips:
        return State.NOT_ENOUGH
    return State.CONFIRMED if p <= ALPHA / tests else State.SUSPECTED


def tamed(days: Values) -> Values:
    """
    The days' values, no farther from their median than three of their robust spreads.

    One wild day must not make a stretch; ranks would not do, as they hide where a stretch ends.
    """
    middle = float(np.median(days))
    far = 3 * 1.4826 * float(np.median(np.abs(days - middle)))
    return np.asarray(days.clip(middle - far, middle + far) if far else days, dtype=np.float64)


def _scores(values: Values, direction: int) -> tuple[Values, list[tuple[int, int]]]:
    """Of each order of days (rows) and each stretch, how far its mean lies from that before."""
    n = values.shape[1]
    total = np.concatenate([np.zeros((len(values), 1)), np.cumsum(values, axis=1)], axis=1)
    columns, stretches = [], []
    for first in range(LEAST_BEFORE, n - LEAST_INSIDE + 1):
        stop = np.arange(first + LEAST_INSIDE, n + 1)
        inside = (total[:, stop] - total[:, [first]]) / (stop - first)
        gap = inside - total[:, [first]] / first
        gap = gap * np.sqrt(first * (stop - first) / stop)
        columns.append(np.abs(gap) if direction == 0 else gap * direction)
        stretches += [(first, int(one)) for one in stop]
    return np.concatenate(columns, axis=1), stretches
