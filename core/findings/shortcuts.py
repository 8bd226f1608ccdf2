"""
Which cue carries the answer? Answers under six changes of the same frames, read by a fixed rule.

How much is left under a change is measured between two marks on the same frames: what the model
does on the untouched pictures, and the guess, which is what naming the commonest answer every
time would get. A change is one the model *loses* if more than half of that way is gone, else one
it *keeps*. Either is proven only if the whole 95 % interval of the paired drop lies on its side.
Half, because a cue that carries the answer carries most of it; two cues cannot both be needed for
most of it and each be dispensable.

The rule, first that fits:

background  kept with the object covered, lost with the background blanked. First, because a
            background gives itself away by colour too, and would else be read as colour.
colour      lost in grey and lost in opposite colours, kept when cut and shuffled. Grey alone may
            fail for want of contrast; the opposite colours are as bright and as rich. Shuffling
            spares colour: a model that fails there needs shape as well.
texture     kept in grey and in opposite colours, kept when shuffled, lost as an outline: what is
            left in all three of them, and only there missing, is the surface.
shape       kept in grey, in opposite colours and as an outline, lost when shuffled.

Kept for certain with the object covered and kept with the background blanked too: the background
alone gives the answer away, though it is not needed. Said before the object's own cues, as
suspected, because it is what will mislead the model in another place.

Anything else is no single cue. Colour, and texture, are not told from those of the background
unless the two background changes could be judged; until then such an answer is at most suspected.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from core import tables
from core.metrics.intervals import benjamini_hochberg
from core.metrics.paired import paired_drop
from core.records import Cue, State
from core.settings import SETTINGS

Q_LIMIT = 0.05
"""Share of chance findings accepted among the confirmed ones; methods 1.4."""

LEAST_FOUND = 0.5
"""
Ours: of the frames, those whose object was found, before it is judged what the object does.

Where most frames show no single object, what is found in the others is often something else: on
photographs of fruit crates a price tag, and covering it would look like a background shortcut.
"""

KEPT, LOST = True, False

RULES: dict[str, dict[str, bool]] = {
    "background": {"object_masked": KEPT, "background_masked": LOST},
    "colour": {"grey": LOST, "hue_swap": LOST, "patch_shuffle": KEPT},
    "texture": {"grey": KEPT, "hue_swap": KEPT, "patch_shuffle": KEPT, "silhouette": LOST},
    "shape": {"grey": KEPT, "hue_swap": KEPT, "patch_shuffle": LOST, "silhouette": KEPT},
}
"""Of each cue what every change must show; in the order they are tried."""

PLACE = ("object_masked", "background_masked")
"""Changes without which a cue is not told from the background's."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What the exam says."""

    cue: Cue | None
    state: State
    is_placed: bool  # both background changes could be judged
    reason: str = ""  # not_enough: "frames", "objects" or "guess"; suspected: "also", not needed


def cue_table(answers: pd.DataFrame) -> pd.DataFrame:
    """
    One row per change, in the order first seen: tables.CUES.

    Args:
        answers: one row per frame and change with content_hash, clip, change, answer,
            clean_answer and `wanted`, the answer that counts as right (the label, or the clean
            answer where there are no labels).

    Source:
        methods 1.2 (effective counts), 1.3 (paired), 1.4 (Benjamini-Hochberg over the changes).
    """
    if answers.empty:
        return tables.empty(tables.CUES)
    table = pd.DataFrame(
        [
            {"change": change, **_row(frames)}
            for change, frames in answers.groupby("change", sort=False)
        ]
    )
    table["q"] = benjamini_hochberg(table["p"])
    least = LEAST_FOUND * table["of"].max()
    table["state"] = [_state(row, least=least) for row in table.to_dict("records")]
    return tables.conform(table.drop(columns="p"), tables.CUES)


def _row(frames: pd.DataFrame) -> dict[str, object]:
    wanted = frames["wanted"]
    fall = paired_drop(
        (frames["clean_answer"] == wanted).to_numpy(dtype=bool),
        (frames["answer"] == wanted).to_numpy(dtype=bool),
        frames["clip"].to_numpy(),
    )
    guess = float(wanted.value_counts(normalize=True).iloc[0])
    return {
        "right": fall.after.right,
        "of": fall.after.of,
        "effective": fall.after.effective,
        "clips": fall.after.clips,
        "low": fall.after.low,
        "high": fall.after.high,
        "clean_right": fall.before.right,
        "drop": fall.drop,
        "drop_low": fall.low,
        "drop_high": fall.high,
        "guess": guess,
        "p": fall.p,
        "keeps": bool(fall.drop <= half_way(fall.before.rate, guess)),
    }


def half_way(clean_rate: float, guess: float) -> float:
    """The drop at which half of what it knew beyond the guess is gone, 0..0.5."""
    return max(0.0, clean_rate - guess) / 2


def _state(row: dict[Hashable, Any], *, least: float) -> str:
    is_thin = row["effective"] < SETTINGS.min_effective or row["clips"] < SETTINGS.min_clips
    if is_thin or row["of"] < least:
        return State.NOT_ENOUGH.value
    limit = half_way(row["clean_right"] / row["of"], row["guess"])
    is_proven = (
        row["drop_high"] <= limit
        if row["keeps"]
        else row["drop_low"] > limit and row["q"] <= Q_LIMIT
    )
    return State.CONFIRMED.value if is_proven else State.SUSPECTED.value


def read_cues(table: pd.DataFrame) -> Reading:
    """
    Which cue carries the answer, by the rule above.

    `not_enough`: too few frames or clips, no better than the guess to begin with (by less than 20
    points), or no rule fits and one of them could not be tried.

    Args:
        table: tables.CUES.
    """
    rows: dict[str, dict[Hashable, Any]] = {row["change"]: row for row in table.to_dict("records")}
    judged = {name: row for name, row in rows.items() if row["state"] != State.NOT_ENOUGH.value}
    is_placed = all(name in judged for name in PLACE)
    if not judged:
        return Reading(None, State.NOT_ENOUGH, is_placed, "frames")
    if max(2 * half_way(r["clean_right"] / r["of"], r["guess"]) for r in judged.values()) < (
        SETTINGS.blind_spot_drop
    ):
        return Reading(None, State.NOT_ENOUGH, is_placed, "guess")
    fitting = next((cue for cue, wants in RULES.items() if _fits(judged, wants)), None)
    if fitting != "background" and _gives_away(judged):
        return Reading(Cue.BACKGROUND, State.SUSPECTED, is_placed, "also")
    if fitting is not None:
        is_proven = all(judged[name]["state"] == State.CONFIRMED.value for name in RULES[fitting])
        state = State.CONFIRMED if is_proven and is_placed else State.SUSPECTED
        return Reading(Cue(fitting), state, is_placed)
    if any(_may_still_fit(judged, wants) for wants in RULES.values()):
        return Reading(None, State.NOT_ENOUGH, is_placed, "objects")
    return Reading(None, State.NONE_FOUND, is_placed)


def _fits(judged: Mapping[str, Any], wants: Mapping[str, bool]) -> bool:
    return all(name in judged and judged[name]["keeps"] == kept for name, kept in wants.items())


def _gives_away(judged: Mapping[str, Any]) -> bool:
    """Whether the background alone is proven to be enough, and the object is too."""
    covered, blanked = (judged.get(name) for name in PLACE)
    return bool(
        covered
        and blanked
        and covered["keeps"]
        and covered["state"] == State.CONFIRMED.value
        and blanked["keeps"]
    )


def _may_still_fit(judged: Mapping[str, Any], wants: Mapping[str, bool]) -> bool:
    """Whether only changes that could not be judged stand between a cue and its rule."""
    return all(name not in judged or judged[name]["keeps"] == kept for name, kept in wants.items())
