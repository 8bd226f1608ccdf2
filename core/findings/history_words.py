"""The history in sentences: what a review did, what an undo would do, what a frame went through."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from core.findings.life import Life, Step
from core.findings.statements import count_of
from core.records import DECISIONS, Action

Row = dict[str, Any]

LIFE_WORDS: dict[Life, str] = {
    Life.NEW: "new",
    Life.REVIEWED: "reviewed",
    Life.REOPENED: "reopened",
    Life.SETTLED: "settled",
}

METHOD = (
    "A frame is **new** until somebody decides it, **reviewed** from then on. It is **settled** "
    "once a class was decided, nobody contradicts it, and it was either confirmed (the same class "
    "decided a second time, by anybody) or left standing until the session it was made in was "
    "over. It is **reopened** when its decision is taken back and none stands, or when two people, "
    "or two laptops, say different things and nobody has decided between them. A frame that was "
    "skipped, or is unclear, stays reviewed: nobody has said what it is. All of this is "
    "worked out anew from the reviews; no state is stored, so a merge cannot contradict it.\n\n"
    "Nothing is deleted. Going back to a point appends an undo for each decision made since, and "
    "an undo of each undo made since, so that what counts is what counted then; decisions brought "
    "back count where they stood, not as new ones. Unless you choose everybody's, only your own "
    "later decisions go."
)


def act_sentence(row: Row, target: Row | None, *, before: str | None, after: str | None) -> str:
    """
    What one review did: "changed hammer to wrench".

    Args:
        row: the review.
        target: what it took back or, if that is an undo, the undo it undid; None unless an undo.
        before: the class that counted, decided or as it came; None without one.
        after: the class that counts then.
    """
    action, value = row["action"], row["value"]
    if action == Action.UNDO:
        return _undo_words(target, after)
    if action in (Action.LABEL, Action.AGREE):
        if before is None:
            return f"labelled it {value}"
        return f"kept {value}" if before == value else f"changed {before} to {value}"
    return {
        Action.UNSURE: f"said unclear (was {before or 'without a label'})",
        Action.SKIP: "skipped it",
        Action.HARD_CASE: "kept it as a hard case" if value == "on" else "no hard case any more",
        Action.TAG: f"tagged it “{value}”",
        Action.UNTAG: f"took the tag “{value}” off",
        Action.NOTE: f"noted “{_short(value)}”" if value else "took its note away",
    }[Action(action)]


def many_sentence(rows: Sequence[Row], targets: dict[str, Row]) -> str:
    """
    What one act did to many frames: "took back 9 decisions on 9 frames", "labelled 12 frames Saw".

    Args:
        rows: its reviews.
        targets: what its undos took back, by id.
    """
    if all(row["action"] == Action.UNDO for row in rows):
        said = back_sentence([targets[row["undoes"]] for row in rows if row["undoes"] in targets])
        past = said.replace("akes back", "ook back").replace("rings back", "rought back")
        return past[0].lower() + past[1:].rstrip(".")
    frames = count_of(len({row["content_hash"] for row in rows}), "frame")
    if len({(row["action"], row["value"]) for row in rows}) > 1:
        return f"decided {frames} at once"
    return f"{act_sentence(rows[0], None, before=None, after=None)}: {frames} at once"


def _undo_words(target: Row | None, after: str | None) -> str:
    if target is None:
        return "took back a decision that is not here"
    verb = "brought back what was taken back" if target["action"] == Action.UNDO else "took back"
    what = "" if target["action"] == Action.UNDO else f" {_what(target)}"
    counts = f"; {after} counts now" if after else "; no class counts now"
    is_mark = target["action"] in (Action.HARD_CASE, Action.TAG, Action.UNTAG, Action.NOTE)
    return f"{verb}{what}" + ("" if is_mark else counts)


def _what(row: Row) -> str:
    named = {
        Action.UNSURE: "“unclear”", Action.SKIP: "a skip", Action.HARD_CASE: "hard case",
        Action.NOTE: "a note", Action.UNTAG: f"“tag {row['value']} off”",
    }.get(row["action"], f"“{row['value']}”")  # fmt: skip
    return f"{named} of {row['reviewer']}"


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:59]}…"


def step_line(step: Step, sentence: str, reviewer: str, at: datetime) -> str:
    """One line of a frame's life: when, who, what, and what it became."""
    when = f"{at.day} {at:%b %Y, %H:%M}"
    became = f" → {LIFE_WORDS[step.life_after]}" if step.life_after != step.life_before else ""
    if step.review is None:
        return f"{when}: left standing until the session was over{became}"
    return f"{when}, {reviewer}: {sentence}{became}"


def lives_sentence(counts: dict[str, int]) -> str:
    """ "1,688 frames new, 40 reviewed, 2 reopened, 270 settled." """
    return (
        f"{count_of(counts[Life.NEW], 'frame')} new, {counts[Life.REVIEWED]:,} reviewed, "
        f"{counts[Life.REOPENED]:,} reopened, {counts[Life.SETTLED]:,} settled."
    )


def back_sentence(named: Sequence[Row], *, since: str | None = None) -> str:
    """
    What naming these reviews by undos would do: "Takes back 37 decisions of 34 frames, ...".

    Args:
        named: decisions and marks, which would go, and undos, whose targets would come back.
        since: a time in words; None where single reviews are taken back.
    """
    gone = [row for row in named if row["action"] != Action.UNDO]
    back = [row for row in named if row["action"] == Action.UNDO]
    parts = []
    if gone:
        frames = len({row["content_hash"] for row in gone})
        made = f", made since {since}" if since else ""
        parts.append(f"takes back {_counted(gone)} on {count_of(frames, 'frame')}{made}{_by(gone)}")
    if back:
        frames = len({row["content_hash"] for row in back})
        were = "was" if len(back) == 1 else "were"
        parts.append(
            f"brings back {len(back):,} that {were} taken back, on {count_of(frames, 'frame')}"
        )
    said = " and ".join(parts)
    return f"{said[0].upper()}{said[1:]}." if said else "Nothing would change."


def staying_sentence(staying: Sequence[Row]) -> str:
    """What others did since and stays: "The 5 decisions of Ben since then stay."."""
    if not staying:
        return ""
    by = Counter(row["reviewer"] for row in staying)
    each = ", ".join(f"{number:,} by {who}" for who, number in sorted(by.items()))
    return f"What others did since then stays: {each}."


def _counted(rows: Sequence[Row]) -> str:
    decisions = sum(row["action"] in DECISIONS for row in rows)
    marks = len(rows) - decisions
    parts = [count_of(decisions, "decision")] if decisions else []
    if marks:
        parts.append("1 tag or note" if marks == 1 else f"{marks:,} tags and notes")
    return " and ".join(parts)


def _by(rows: Sequence[Row]) -> str:
    who = sorted({row["reviewer"] for row in rows})
    return f" by {', '.join(who[:3])}" + (" and others" if len(who) > 3 else "")
