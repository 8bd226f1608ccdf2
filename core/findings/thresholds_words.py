"""Bars per class in sentences: what they find, and what that costs."""

from __future__ import annotations

from collections.abc import Mapping
from math import isnan
from typing import Any

from core.findings.class_prices import TotalPrice
from core.findings.statements import between, count_of, frames_to_label, percent
from core.metrics.class_mix import MixSource
from core.records import Accuracy, State, Statement
from core.settings import SETTINGS

Row = Mapping[str, Any]
"""A row of findings.class_prices.PRICES."""

HOW_WORDS: dict[str, str] = {
    "tuned": "tuned on labelled frames",
    "by_rarity": "set by how rare it was in training",
    "usual": "as it was",
}

MIX_WORDS: dict[MixSource, str] = {
    MixSource.CORRECTED: "How common each class is in the field was worked out from the model's "
    "answers there, corrected by how often it takes one class for another.",
    MixSource.SPREAD: "How common each class is in the field is a guess from how sure the model "
    "is: the labelled frames are too few, or too much alike to it, to correct its answers.",
    MixSource.AS_LABELLED: "How common each class is in the field could not be worked out; the "
    "labelled frames stand in for it as they are, so false alarms may be off.",
}


def class_statement(row: Row) -> Statement:
    """ "Wrench: found in 24 of 30 frames instead of 10 (...), at the price of ..." """
    state = State(row["state"])
    if not row["frames"]:
        return Statement(
            f"{row['class']}: not one frame of it to test with. {alarms_words(row)}",
            f"Label {int(SETTINGS.min_effective)} frames of it from {SETTINGS.min_clips} clips.",
            State.NOT_ENOUGH,
        )
    share = percent(row["found_after"] / row["frames"])
    limits = between(row["found_after_low"], row["found_after_high"])
    headline = (
        f"{row['class']}: found in {row['found_after']:,} instead of {row['found_before']:,} of "
        f"{count_of(row['frames'], 'frame')} ({share}, {limits}). {alarms_words(row)}"
        f"{_holds_words(row)}"
    )
    return Statement(headline, _next_step(row, state), state)


def alarms_words(row: Row) -> str:
    """ "In every 1,000 field frames 12.0 false alarms instead of 1.5 (between 8.1 and 17.2)." """
    if isnan(row["alarms_after_1000"]):
        return "Its false alarms are not known without test frames."
    return (
        f"In every 1,000 field frames {row['alarms_after_1000']:.1f} false alarms instead of "
        f"{row['alarms_before_1000']:.1f} (between {row['alarms_after_1000_low']:.1f} and "
        f"{row['alarms_after_1000_high']:.1f})."
    )


def _holds_words(row: Row) -> str:
    if not row["answers_after"]:
        return " It is never the answer then."
    right = row["found_after"]
    words = f" Of the {count_of(row['answers_after'], 'frame')} answered so, {right:,} are right"
    in_field = row["holds_after"]
    if abs(in_field - right / row["answers_after"]) >= 0.02:
        words += f"; with the field's mix about {100 * in_field:.0f} in 100 would be"
    return words + "."


def _next_step(row: Row, state: State) -> str:
    if state is State.NOT_ENOUGH:
        seen = Accuracy(
            right=row["found_before"], of=row["frames"], effective=row["effective"],
            clips=row["clips"], low=0.0, high=1.0,
        )  # fmt: skip
        more = max(5, frames_to_label(seen))
        return f"Label {more} more of it from other clips before you trust this."
    if state is State.CONFIRMED:
        return "It finds more of them beyond chance. Is that worth the false alarms?"
    if state is State.SUSPECTED:
        return "May be chance: label more of it."
    return "No gain for this class."


def total_statement(found: TotalPrice, *, changed: int, tested_on: str) -> Statement:
    """
    What all the bars together do to the number of right answers.

    Args:
        changed: classes whose bar is not the usual one.
        tested_on: "field" or "reference".
    """
    counts = f"{found.after:,} instead of {found.before:,} of {found.of:,} {tested_on} frames"
    if not changed:
        return Statement(
            f"No other bar does better: the usual answers stay, right in {found.after:,} of "
            f"{found.of:,} {tested_on} frames of the test part.",
            "Label more frames of the classes it misses and try again.",
            State.NONE_FOUND,
        )
    headline = (
        f"With {count_of(changed, 'new bar')} it is right in {counts} that were kept for the test "
        f"(gained {found.gained:,}, lost {found.lost:,}; between {100 * found.low:+.0f} and "
        f"{100 * found.high:+.0f} points)."
    )
    if found.effective < SETTINGS.min_effective or found.clips < SETTINGS.min_clips:
        more = max(5, SETTINGS.min_clips - found.clips)
        return Statement(
            headline, f"Too few to go by: label frames from {more} more clips.", State.NOT_ENOUGH
        )
    is_proven = found.p <= 0.05
    if found.after >= found.before:
        return Statement(
            headline,
            "See below what each class pays for it." if is_proven
            else "The difference may be chance. See below what each class gains and pays.",
            State.CONFIRMED if is_proven and found.after > found.before else State.NONE_FOUND,
        )  # fmt: skip
    return Statement(
        headline,
        ("It loses" if is_proven else "It may lose")
        + " right answers overall. Use these bars only if missing a rare class costs more than a "
        "false alarm.",
        State.CONFIRMED if is_proven else State.SUSPECTED,
    )


def how_words(how: Mapping[str, str], *, least: float) -> list[str]:
    """Which bars were set in which way, and why, a sentence each."""
    sentences = []
    tuned = [name for name, way in how.items() if way == "tuned"]
    rare = [name for name, way in how.items() if way == "by_rarity"]
    if tuned:
        sentences.append(f"Tuned on labelled frames: {_named(tuned)}.")
    if rare:
        verb = "has" if len(rare) == 1 else "have"
        sentences.append(
            f"Set by how rare each was in training, because {_named(rare)} {verb} fewer than "
            f"{least:.0f} separate labelled frames to tune on."
        )
    return sentences


def _named(names: list[str], most: int = 6) -> str:
    if len(names) <= most:
        return ", ".join(names)
    return f"{', '.join(names[:most])} and {len(names) - most:,} more"
