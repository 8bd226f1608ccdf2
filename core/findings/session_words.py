"""What one review session came to, and how that is said when it closes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.findings.statements import between, count_of, percent
from core.records import Accuracy
from core.settings import SETTINGS


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts of one session; what was taken back by now does not count, except in `taken_back`."""

    frames: int  # with a decision of this session that stands
    kept: int  # given the class its label said
    changed: int  # given another class than the label said
    given: int  # given a class, without a label before
    unsure: int
    skipped: int
    hard_cases: int
    notes: int  # tags and notes
    taken_back: int  # decisions it took back, its own or others'
    seconds: float | None  # the middle of the times from one decision to the next; None under two


@dataclass(frozen=True, slots=True)
class Closing:
    """What is said when a session closes, besides its tally."""

    random: Accuracy  # the model on the frames decided by lot while it lasted
    left: int  # field frames without a decision at its end
    of: int  # field frames


def tally_line(tally: Tally) -> str:
    """ "132 frames: 21 labels changed, 9 hard cases kept"."""
    parts = [
        (tally.kept, f"{count_of(tally.kept, 'label')} kept"),
        (tally.changed, f"{count_of(tally.changed, 'label')} changed"),
        (tally.given, f"{count_of(tally.given, 'first label')} given"),
        (tally.unsure, f"{tally.unsure:,} unclear"),
        (tally.skipped, f"{tally.skipped:,} skipped"),
        (tally.hard_cases, f"{count_of(tally.hard_cases, 'hard case')} kept"),
        (tally.notes, _notes(tally.notes)),
        (tally.taken_back, f"{count_of(tally.taken_back, 'decision')} taken back"),
    ]
    said = ", ".join(words for number, words in parts if number)
    return f"{count_of(tally.frames, 'frame')} decided" + (f": {said}" if said else "")


def going_line(start: datetime, tally: Tally) -> str:
    """ "Session since 09:12: 48 frames, 3 relabelled"; `start` in the reader's own time."""
    relabelled = f", {tally.changed:,} relabelled" if tally.changed else ""
    return f"Session since {start:%H:%M}: {count_of(tally.frames, 'frame')}{relabelled}"


def _notes(number: int) -> str:
    return "1 tag or note" if number == 1 else f"{number:,} tags and notes"


def closing_lines(tally: Tally, closing: Closing) -> list[str]:
    """The closing summary, a sentence each: what was done, the pace, the model, what is left."""
    return [
        f"{tally_line(tally)}.",
        *_pace(tally),
        _on_random(closing.random),
        _left(tally, closing),
    ]


def _pace(tally: Tally) -> list[str]:
    if tally.seconds is None:
        return []
    return [f"Pace: half of the decisions took less than {_seconds(tally.seconds)}."]


def _on_random(random: Accuracy) -> str:
    if not random.of:
        return (
            "No frame was decided by lot, so this session says nothing on how good the model is. "
            "Decide some in the queue's order “Random check” next time."
        )
    said = (
        f"Of {count_of(random.of, 'frame')} decided by lot, the model was right in {random.right:,}"
    )
    if random.clips < SETTINGS.min_clips:
        return f"{said}, from {count_of(random.clips, 'clip')}: too few to judge it by."
    return f"{said} ({percent(random.rate)}, {between(random.low, random.high)})."


def _left(tally: Tally, closing: Closing) -> str:
    if not closing.left:
        return f"All {count_of(closing.of, 'field frame')} are decided. Next: hand the labels over."
    seconds = tally.seconds or SETTINGS.review_seconds
    return (
        f"Left: {closing.left:,} of {count_of(closing.of, 'field frame')}, "
        f"{duration(closing.left * seconds)} at this pace. Next: go on in the queue."
    )


def span(start: datetime, end: datetime) -> str:
    """ "25 Nov 2026, 09:12 to 10:41"; both in the reader's own time."""
    same_day = start.date() == end.date()
    ends = f"{end:%H:%M}" if same_day else f"{end.day} {end:%b %Y, %H:%M}"
    return f"{start.day} {start:%b %Y, %H:%M} to {ends}"


def duration(seconds: float) -> str:
    """ "about 40 seconds", "about 22 minutes", "about 3 hours"."""
    if seconds < 90:
        return f"about {max(1, round(seconds))} seconds"
    if seconds < 90 * 60:
        return f"about {round(seconds / 60)} minutes"
    return f"about {round(seconds / 3600)} hours"


def _seconds(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"
