"""
The sentences people read: what, of how many, how sure, what next.

One function makes each statement, so pages, report and command line never disagree.
Percent only here; data keeps fractions 0..1.
"""

from __future__ import annotations

import math

from core.findings.not_sure import answer_words, percent
from core.records import Accuracy, State, Statement
from core.settings import SETTINGS

__all__ = [
    "accuracy_statement",
    "answer_sentence",
    "between",
    "count_of",
    "frames_to_label",
    "gap_statement",
    "more_frames",
    "percent",
    "right_in",
    "severity_word",
    "silent_statement",
    "slice_statement",
]


def between(low: float, high: float) -> str:
    """ "between 46 and 74 %"."""
    return f"between {low * 100:.0f} and {high * 100:.0f} %"


def count_of(number: int, noun: str) -> str:
    """ "1 frame", "1,200 frames"."""
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def severity_word(severity: float) -> str:
    """The glossary's word for a severity, 0..5."""
    if severity <= 0:
        return "untouched"
    return ("mild", "mild", "moderate", "moderate", "severe")[min(4, int(severity - 1e-9))]


def right_in(accuracy: Accuracy, what: str = "frames") -> str:
    """ "Right in 27 of 44 frames (61 %, between 46 and 74 %)"."""
    if not accuracy.of:
        return f"No labelled {what} yet"
    return (
        f"Right in {accuracy.right:,} of {accuracy.of:,} {what} "
        f"({percent(accuracy.rate)}, {between(accuracy.low, accuracy.high)})"
    )


def frames_to_label(accuracy: Accuracy) -> int:
    """
    How many more frames to label before a set is judged; 0 when there are enough.

    Frames of one clip repeat each other, so the missing effective frames and clips are scaled by
    what a frame of this set has been worth so far; rounded up to fives.
    """
    if not accuracy.of:
        return int(SETTINGS.min_effective)
    worth = max(accuracy.effective, 1.0) / accuracy.of
    per_clip = accuracy.of / max(accuracy.clips, 1)
    missing = max(
        (SETTINGS.min_effective - accuracy.effective) / worth,
        (SETTINGS.min_clips - accuracy.clips) * per_clip,
        0.0,
    )
    return math.ceil(missing / 5) * 5


def accuracy_statement(accuracy: Accuracy, what: str, *, waiting: int | None = None) -> Statement:
    """
    How often it is right on a set, and whether that is enough to go by.

    Args:
        waiting: frames of it without a label; None if that is not known.
    """
    more = frames_to_label(accuracy)
    if not accuracy.of:
        return Statement(
            f"No labelled {what} yet, so nobody can say how often it is right.",
            f"Label {more} frames in the queue for a first figure.",
            State.NOT_ENOUGH,
        )
    headline = f"{right_in(accuracy, what)}."
    if more:
        return Statement(
            headline,
            f"They come from only {count_of(accuracy.clips, 'clip')}. "
            f"{more_frames(more, waiting)}, from other clips, before you trust this.",
            State.NOT_ENOUGH,
        )
    return Statement(headline, f"Enough frames to go by, {_worth(accuracy)}.", State.CONFIRMED)


def _worth(accuracy: Accuracy) -> str:
    if accuracy.effective < 0.8 * accuracy.of:
        return (
            f"from {count_of(accuracy.clips, 'clip')} worth about "
            f"{accuracy.effective:,.0f} separate pictures"
        )
    return f"from {count_of(accuracy.clips, 'clip')}"


def gap_statement(reference: Accuracy, field: Accuracy, low: float, high: float) -> Statement:
    """
    How far the field falls behind the reference.

    Args:
        low: lower limit of reference minus field, 0..1 (Newcombe on effective counts).
        high: upper limit.
    """
    drop = reference.rate - field.rate
    counts = f"{field.right:,} of {field.of:,} here against {reference.right:,} of {reference.of:,}"
    if frames_to_label(field) or frames_to_label(reference):
        return Statement(
            f"Too few frames to compare the field with the reference ({counts}).",
            f"Label {max(frames_to_label(field), frames_to_label(reference))} more.",
            State.NOT_ENOUGH,
        )
    if low > 0:
        return Statement(
            f"It is right {drop * 100:.0f} points less often here than on the reference: {counts} "
            f"(between {low * 100:.0f} and {high * 100:.0f} points).",
            "See where it fails, worst place first.",
            State.CONFIRMED,
        )
    if drop > 0:
        return Statement(
            f"It may be a little worse here than on the reference: {counts}; "
            "these frames cannot settle it.",
            "Label more field frames to be sure.",
            State.SUSPECTED,
        )
    return Statement(
        f"No worse here than on the reference: {counts}.",
        "Try what bad weather would do, on the Dial page.",
        State.NONE_FOUND,
    )


def more_frames(more: int, waiting: int | None) -> str:
    """
    How to come by so many more labelled frames: "Label 30 more", "Collect 30 more and label them".

    Args:
        waiting: frames there are without a label; None if that is not known.
    """
    if waiting is None or waiting >= more:
        return f"Label {more:,} more"
    if not waiting:
        return f"All are labelled: collect {more:,} more and label them"
    return f"Label the {waiting:,} left, and collect {more - waiting:,} more"


def slice_statement(
    column: str, row: dict[str, object], *, name: str = "", waiting: int | None = None
) -> Statement:
    """
    One slice against the rest.

    Args:
        column: the column's title.
        row: a row of tables.SLICES.
        name: what to call the slice instead of column and value.
        waiting: its frames without a label; None if that is not known.
    """
    accuracy = Accuracy(
        right=int(str(row["right"])),
        of=int(str(row["of"])),
        effective=float(str(row["effective"])),
        clips=int(str(row["clips"])),
        low=float(str(row["low"])),
        high=float(str(row["high"])),
    )
    state = State(str(row["state"]))
    name = name or f"{column} {row['value']}"
    headline = f"{name}: {right_in(accuracy)[0].lower()}{right_in(accuracy)[1:]}"
    drop = float(str(row["drop"]))
    if state is State.NOT_ENOUGH:
        return Statement(
            f"{headline}.",
            f"{more_frames(max(5, frames_to_label(accuracy)), waiting)} before you trust this.",
            state,
        )
    if state in (State.CONFIRMED, State.SUSPECTED):
        return Statement(
            f"{headline}, {drop * 100:.0f} points behind the rest.",
            WHAT_TO_DO if state is State.CONFIRMED else _may_be_chance(waiting),
            state,
        )
    if float(str(row["drop_low"])) > 0:
        return Statement(
            f"{headline}, {drop * 100:.0f} points behind the rest.",
            f"Behind, though by less than the {SETTINGS.blind_spot_drop * 100:.0f} points that "
            "make a weak spot. Look at its frames for what the wrong ones share.",
            state,
            is_behind=True,
        )
    if drop >= SETTINGS.blind_spot_drop / 2:
        return Statement(
            f"{headline}, {drop * 100:.0f} points behind the rest, which may be chance.",
            f"{_more_of_it(waiting)} to know.",
            state,
            is_behind=True,
        )
    return Statement(f"{headline}.", "Not clearly worse than the rest.", state)


WHAT_TO_DO = (
    "Look at its frames, keep what the wrong ones share as hard cases, and collect more of it to "
    "train on."
)


def _may_be_chance(waiting: int | None) -> str:
    more = _more_of_it(waiting)
    return f"May be chance: {more[0].lower()}{more[1:]}."


def _more_of_it(waiting: int | None) -> str:
    return "Collect more of it and label them" if waiting == 0 else "Label more of it"


def silent_statement(
    wrong: int, sure: int, low: float, high: float, *, threshold: float
) -> Statement:
    """
    Wrong though very sure: the failures nobody double-checks.

    Args:
        wrong: labelled frames that are wrong at or above the threshold.
        sure: all labelled frames at or above the threshold.
        low: lower limit of wrong/sure (Clopper-Pearson on effective counts), 0..1.
        high: upper limit.
        threshold: confidence, 0..1.
    """
    claim = f"at least {threshold * 100:g} % sure"
    if not sure:
        return Statement(f"It was never {claim} on a labelled frame.", "", State.NONE_FOUND)
    if not wrong:
        return Statement(
            f"Never wrong in the {count_of(sure, 'frame')} where it was {claim} "
            f"(at most {high * 100:.1f} in 100 could be).",
            "Keep an eye on it as frames come in.",
            State.NONE_FOUND,
        )
    return Statement(
        f"Wrong in {wrong:,} of the {count_of(sure, 'frame')} where it was {claim} "
        f"(between {low * 100:.1f} and {high * 100:.1f} in 100).",
        "Look at these first: nobody double-checks an answer this sure.",
        State.CONFIRMED if low > 1 - threshold else State.SUSPECTED,
    )


def answer_sentence(
    label: str,
    confidence: float,
    given: str | None,
    *,
    shown: str | None = None,
    is_unusual: bool = False,
) -> str:
    """
    "99 % sure it is a wrench; the label says pliers".

    Args:
        label: the class the model leans to.
        given: the label; None without one.
        shown, is_unusual: as `not_sure.answer_words`.
    """
    sure = answer_words(label, confidence, shown=shown, is_unusual=is_unusual)
    if given is None:
        return f"{sure}; nobody has labelled it"
    return f"{sure}, as the label says" if label == given else f"{sure}; the label says {given}"
