"""Whether its word is good, in sentences: at a mark, after the correction, and over the curve."""

from __future__ import annotations

import pandas as pd

from core.findings.statements import between, count_of
from core.records import Accuracy, State, Statement
from core.settings import SETTINGS


def trust_statement(above: Accuracy, threshold: float) -> Statement:
    """
    How often it is right where it says it is at least so sure.

    Args:
        above: of the labelled frames at or above the threshold.
    """
    claim = f"it says at least {threshold * 100:g} % sure"
    if not above.of:
        return Statement(
            f"On these frames it never says it is at least {threshold * 100:g} % sure.",
            "Lower the mark to see how it does below it.",
            State.NOT_ENOUGH,
        )
    headline = (
        f"When {claim}, it is right in {above.right:,} of {above.of:,} frames "
        f"({above.rate * 100:.0f} %, {between(above.low, above.high)})."
    )
    if above.clips < SETTINGS.min_clips:
        more = SETTINGS.min_clips - above.clips
        return Statement(headline, f"Label frames from {more} more clips.", State.NOT_ENOUGH)
    if above.high < threshold:
        return Statement(
            headline,
            "It promises more than it keeps: do not let it decide alone here.",
            State.CONFIRMED,
        )
    if above.rate < threshold:
        return Statement(headline, "Perhaps a little too sure; label more.", State.SUSPECTED)
    return Statement(headline, "As good as its word on these frames.", State.NONE_FOUND)


def word_statement(found: Accuracy, stated: float, error: float, perfect: float) -> Statement:
    """
    Whether how sure it says it is agrees with how often it is right, over all labelled frames.

    Args:
        found: of all labelled frames.
        stated: mean confidence, 0..1.
        error: expected calibration error, equal-mass bins.
        perfect: what a perfect model stays under 95 times in 100 at this count.
    """
    headline = (
        f"On average it says {stated * 100:.0f} of 100 and is right in {found.right:,} of "
        f"{found.of:,} frames ({between(found.low, found.high)})."
    )
    if found.clips < SETTINGS.min_clips:
        return Statement(
            headline,
            f"Label frames from {SETTINGS.min_clips - found.clips} more clips to judge its word.",
            State.NOT_ENOUGH,
        )
    if error <= perfect:
        return Statement(
            headline,
            "Any difference is within what chance gives at this count.",
            State.NONE_FOUND,
        )
    way = "too sure" if stated > found.rate else "not sure enough"
    state = State.CONFIRMED if not found.low <= stated <= found.high else State.SUSPECTED
    where = "over all" if state is State.CONFIRMED else "in places, though not on average"
    return Statement(headline, f"It is {way} {where}: more than chance gives.", state)


def travel_statement(field: Accuracy, before: float, after: float, *, differs: bool) -> Statement:
    """
    Whether the correction learnt on the reference holds in the field.

    Args:
        field: accuracy on the labelled field frames.
        before: mean stated confidence there, 0..1.
        after: the same with the correction.
        differs: the correction the field would need is another, beyond chance.
    """
    said = (
        f"With the correction from the reference it says {after * 100:.0f} of 100 here, without it "
        f"{before * 100:.0f}, and is right in {field.right:,} of {field.of:,} frames "
        f"({between(field.low, field.high)})"
    )
    if field.clips < SETTINGS.min_clips:
        return Statement(
            f"{said}.",
            f"Label frames from {SETTINGS.min_clips - field.clips} more clips to see if it holds.",
            State.NOT_ENOUGH,
        )
    off = not field.low <= after <= field.high
    if off:
        way = "too sure" if after > field.high else "too modest"
        return Statement(
            f"The correction does not hold in the field. {said}.",
            f"It stays {way} here: go by the marks on this page, not by corrected figures.",
            State.CONFIRMED,
        )
    if differs:
        return Statement(
            f"The field would need another correction than the reference. {said}.",
            "On average it fits, frame by frame it may not: label more field frames.",
            State.SUSPECTED,
        )
    return Statement(f"{said}.", "The correction holds on these frames.", State.NONE_FOUND)


def bin_sentences(table: pd.DataFrame) -> list[str]:
    """The reliability table in words, one sentence a bin that can be judged."""
    return [
        f"Where it says {row['bin_low'] * 100:.0f} to {row['bin_high'] * 100:.0f} of 100 sure: "
        f"right in {row['right']:,} of {count_of(int(row['frames']), 'frame')} "
        f"({between(row['low'], row['high'])})."
        for row in table[~table["is_thin"]].to_dict("records")
    ]
