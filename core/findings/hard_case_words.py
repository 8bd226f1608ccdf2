"""What is said of hard cases: of each failure mode, of a frozen set, of two versions."""

from __future__ import annotations

from collections.abc import Mapping

from core.findings.hard_cases import CLASS, Gathered, Lack, Progress
from core.findings.statements import count_of, percent, right_in
from core.metrics.paired import PairedDrop
from core.records import Accuracy, State, Statement
from core.settings import SETTINGS

MOST_VALUES = 3
BY_CLOCK = "hour_block"
"""Light comes with the hour: what a mode lacks there may not exist."""

PROGRESS_WORDS: dict[Progress, tuple[str, str]] = {
    Progress.EMPTY: ("○", "nothing yet"),
    Progress.COLLECTING: ("◐", "collecting"),
    Progress.FEW_CLIPS: ("◐", "too few clips"),
    Progress.ENOUGH: ("✓", "enough"),
}

NOT_THE_FIELD = (
    "Picked because they are hard: a share right on them says nothing of the field at large. It is "
    "there to be held against the same frames before and after a change."
)


def count_words(found: Gathered) -> str:
    """ "44 of 200 frames, but from 3 clips: those are 3 pictures' worth"."""
    frames = f"{found.frames:,} of {count_of(found.target, 'frame')}"
    if found.frames > found.target:
        frames = f"{count_of(found.frames, 'frame')} ({found.target:,} wanted)"
    clips = count_of(found.clips, "clip")
    if found.progress is Progress.EMPTY:
        return f"None of {count_of(found.target, 'frame')} yet."
    if found.progress is Progress.FEW_CLIPS:
        worth = "1 picture's" if found.clips == 1 else f"{found.clips:,} pictures'"
        return f"{frames}, but from {clips}: those are {worth} worth."
    if found.clips < found.clip_target:
        return f"{frames}, from {found.clips:,} of {count_of(found.clip_target, 'clip')}."
    return f"{frames}, from {clips}."


def next_words(found: Gathered, name: str, titles: Mapping[str, str]) -> str:
    """What to collect next for a mode."""
    if found.progress is Progress.EMPTY:
        return f"Press T in the queue on a frame that shows it, and type “{name}”."
    lacking = _lacking(found.lacks, titles)
    if found.progress is Progress.ENOUGH:
        return f"Enough to freeze. {lacking}".strip()
    if found.progress is Progress.FEW_CLIPS:
        more = found.clip_target - found.clips
        where = "other days" if found.days == 1 else "other moments and days"
        return f"Collect from {where}: {count_of(more, 'clip')} more. {lacking}".strip()
    more = max(0, found.target - found.frames)
    clips = max(0, found.clip_target - found.clips)
    asked = " from ".join(
        part
        for part in (
            count_of(more, "more frame") if more else "",
            count_of(clips, "more clip") if clips else "",
        )
        if part
    )
    return f"Collect {asked}. {lacking}".strip()


def _lacking(lacks: tuple[Lack, ...], titles: Mapping[str, str]) -> str:
    parts = []
    for lack in lacks:
        named = ", ".join(lack.values[:MOST_VALUES])
        if len(lack.values) > MOST_VALUES:
            named += f" and {len(lack.values) - MOST_VALUES:,} more"
        title = titles.get(lack.column, CLASS).lower()
        parts.append(f"{title} {named}" + (" if it happens then" * (lack.column == BY_CLOCK)))
    return f"None yet of: {'; '.join(parts)}." if parts else ""


def unsaid_words(frames: int, clips: int, of: int) -> Statement:
    """Hard cases nobody said the why of."""
    if not of:
        return Statement(
            "No hard case is kept yet.",
            "Press F in the queue on a frame worth testing again, and T to say what makes it hard.",
            State.NOT_ENOUGH,
        )
    if not frames:
        return Statement(
            f"{count_of(of, 'hard case')} kept, each with what makes it hard.", "", State.NONE_FOUND
        )
    return Statement(
        f"{count_of(of, 'hard case')} kept; of {frames:,} of them ({count_of(clips, 'clip')}) "
        "nobody said what makes them hard.",
        "Say it: only then they count for a failure mode.",
        State.NOT_ENOUGH,
    )


def frozen_words(found: Accuracy, *, labelled: int, missing: int, of: int) -> Statement:
    """How the model of today does on a frozen set."""
    told = missing_words(missing, of)
    if bare := of - labelled:
        told = f" {bare:,} of its {count_of(of, 'frame')} had no label at freezing.{told}"
    if not found.of:
        return Statement(
            f"None of its {count_of(of, 'frame')} can be counted.{told}",
            "Label them, then freeze the next version.",
            State.NOT_ENOUGH,
        )
    is_enough = found.clips >= SETTINGS.min_clips
    return Statement(
        f"{right_in(found, 'frames of this set')}, from {count_of(found.clips, 'clip')}.{told}",
        "" if is_enough else "Too few clips to judge by: collect more, then freeze again.",
        State.CONFIRMED if is_enough else State.NOT_ENOUGH,
    )


def missing_words(missing: int, of: int) -> str:
    """Of pictures that are gone; "" if none is. Begins with a blank."""
    if not missing:
        return ""
    verb = "is" if missing == 1 else "are"
    return (
        f" {missing:,} of its {count_of(of, 'frame')} {verb} gone from the folders and "
        f"{'does' if missing == 1 else 'do'} not count."
    )


def before_after_words(drop: PairedDrop, day: str) -> Statement:
    """The model of the day of freezing and that of today on the same frames."""
    before, after = drop.before, drop.after
    gain, low, high = -drop.drop, -drop.high, -drop.low
    said = (
        f"Right in {before.right:,} of {count_of(before.of, 'frame')} with the model of {day}, in "
        f"{after.right:,} with the one of today: {points(gain)} (between {points(low)} and "
        f"{points(high)})."
    )
    if min(before.clips, after.clips) < SETTINGS.min_clips:
        return Statement(said, "Too few clips to judge by: freeze more.", State.NOT_ENOUGH)
    if low > 0 or high < 0:
        better = "Better" if low > 0 else "Worse"
        return Statement(said, f"{better} on this set, beyond chance.", State.CONFIRMED)
    return Statement(said, "May be chance: the difference may be none.", State.SUSPECTED)


def points(share: float) -> str:
    """A difference of shares: "+12 points"."""
    return f"{100 * share:+.0f} points"


def labels_changed_words(changed: int) -> str:
    """Of labels changed since freezing; "" if none was."""
    if not changed:
        return ""
    verb = "was" if changed == 1 else "were"
    return (
        f"{count_of(changed, 'label')} {verb} changed since; this set keeps those of its day. "
        "Freeze the next version to take them in."
    )


def difference_words(
    one: str, other: str, *, added: int, removed: int, relabelled: int, same: int
) -> str:
    """What sets two versions apart."""
    if not added + removed + relabelled:
        return f"“{one}” and “{other}” hold the same {count_of(same, 'frame')} and labels."
    parts = [
        f"{number:,} {word}"
        for number, word in ((added, "added"), (removed, "removed"), (relabelled, "relabelled"))
        if number
    ]
    return f"From “{one}” to “{other}”: {', '.join(parts)}; {count_of(same, 'frame')} in both."


def share_words(found: Accuracy) -> str:
    """ "27 of 44 (61 %)", for a line in a table."""
    return f"{found.right:,} of {found.of:,} ({percent(found.rate)})" if found.of else "no label"
