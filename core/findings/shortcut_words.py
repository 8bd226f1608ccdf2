"""The shortcut exam in sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.findings.shortcuts import Reading
from core.findings.statements import between, count_of, percent
from core.records import Cue, State, Statement

Row = dict[str, Any]
"""A row of tables.CUES."""

_CARRIES = {
    Cue.BACKGROUND: "The background carries the answer, not the object",
    Cue.COLOUR: "Colour carries the answer",
    Cue.TEXTURE: "Texture carries the answer: what surfaces look like, not their outline",
    Cue.SHAPE: "Shape carries the answer",
}
_EVIDENCE = {
    Cue.BACKGROUND: ("object_masked", "background_masked"),
    Cue.COLOUR: ("grey", "hue_swap"),
    Cue.TEXTURE: ("patch_shuffle", "silhouette"),
    Cue.SHAPE: ("silhouette", "patch_shuffle"),
}
_NEXT = {
    Cue.BACKGROUND: "In another place it may do no better than guess. Collect the same objects on "
    "other grounds and every ground with every kind of object.",
    Cue.COLOUR: "It will go wrong under coloured lamps and on objects painted otherwise: collect "
    "those.",
    Cue.TEXTURE: "Blur, distance and dirt take texture away: try those conditions above.",
    Cue.SHAPE: "Covered, tilted and cut-off objects are its risk: try those conditions above.",
}


def headline(
    reading: Reading, table: Sequence[Row], titles: Mapping[str, str], *, by_label: bool
) -> Statement:
    """
    The one sentence: which cue carries the answer, or that none does alone, or why nobody can say.

    Args:
        table: rows of tables.CUES.
        titles: everyday name of each change.
        by_label: right means as labelled; else the same answer as on the untouched picture.
    """
    rows = {row["change"]: row for row in table}
    if not rows:
        return Statement("Not tried yet.", "Start it.", State.NOT_ENOUGH)
    if reading.cue is None:
        return _no_cue(reading, rows, titles, by_label=by_label)
    said = _said(by_label)
    parts = "; ".join(
        f"{titles[name].lower()}, {said} in {_counts(rows[name])} (untouched "
        f"{rows[name]['clean_right']:,})"
        for name in _EVIDENCE[reading.cue]
    )
    if reading.reason == "also":
        return Statement(
            f"The background alone gives the answer away, though the object does too: {parts}.",
            "Where the two do not go together it may follow either: collect such pictures, and "
            "see in the pairs below whether the object is covered whole.",
            reading.state,
        )
    return Statement(
        f"{_CARRIES[reading.cue]}: {parts}.",
        f"{_NEXT[reading.cue]}{_doubt(reading)}",
        reading.state,
    )


def _doubt(reading: Reading) -> str:
    if not reading.is_placed:
        return (
            " The object was found in too few frames to say whether it is the object's or the "
            "background's."
        )
    return "" if reading.state is State.CONFIRMED else " May be chance: try more frames."


def _no_cue(
    reading: Reading, rows: Mapping[str, Row], titles: Mapping[str, str], *, by_label: bool
) -> Statement:
    widest = max(rows.values(), key=lambda row: row["of"])
    if reading.reason == "frames":
        return Statement(
            f"{count_of(widest['of'], 'frame')} of {count_of(widest['clips'], 'clip')} are too "
            "few to say which cue carries the answer.",
            "Try more frames, from other places or times.",
            reading.state,
        )
    if reading.reason == "guess":
        return Statement(
            f"Untouched it is {_said(by_label)} in {widest['clean_right']:,} of "
            f"{count_of(widest['of'], 'frame')}, hardly more than always saying the same would "
            "be, so there is no cue to look for.",
            "Look at the Overview first: does the model fit these frames?",
            reading.state,
        )
    found = _survivors(rows, titles)
    if reading.state is State.NOT_ENOUGH:
        return Statement(
            "Which cue carries the answer cannot be said, because the object was found in too few "
            f"frames to try its outline and the background. So far {found}.",
            "Try more frames, or frames that show one object before a ground.",
            reading.state,
        )
    covered = rows.get("object_masked")
    is_needed = covered is not None and _is(covered, keeps=False)
    return Statement(
        f"No single cue carries the answer: {found}.",
        "Without the object it cannot answer, as it should be: no background shortcut was found."
        if is_needed
        else "Look at the pairs below for what it needs.",
        reading.state,
    )


def _survivors(rows: Mapping[str, Row], titles: Mapping[str, str]) -> str:
    kept = [titles[row["change"]].lower() for row in rows.values() if _is(row, keeps=True)]
    lost = [titles[row["change"]].lower() for row in rows.values() if _is(row, keeps=False)]
    parts = []
    if kept:
        parts.append(f"it mostly survives {_and(kept)}")
    if lost:
        parts.append(f"{'' if kept else 'it '}is mostly lost under {_and(lost)}")
    return " and ".join(parts)


def _is(row: Row, *, keeps: bool) -> bool:
    return bool(row["keeps"]) == keeps and row["state"] != State.NOT_ENOUGH.value


def _and(names: Sequence[str]) -> str:
    quoted = [f"“{name}”" for name in names]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} and {quoted[-1]}"


def _counts(row: Row) -> str:
    return f"{row['right']:,} of {row['of']:,}"


def _said(by_label: bool) -> str:
    return "right" if by_label else "the same answer"


def change_statement(title: str, looks_like: str, row: Row, *, by_label: bool) -> Statement:
    """One change: how often it is still right, and whether that is most of what it knew."""
    kept = "keeps most" if row["keeps"] else "loses most"
    verdicts = {
        State.CONFIRMED: f"It {kept} of what it knows.",
        State.SUSPECTED: f"It {kept} of what it knows, as far as so few frames tell.",
        State.NOT_ENOUGH: f"{count_of(row['of'], 'frame')}: too few to judge.",
    }
    fall = f"{_points(row['drop'])} ({_range(row['drop_low'], row['drop_high'])})"
    return Statement(
        f"{title}: {_said(by_label)} in {row['right']:,} of {row['of']:,} frames "
        f"({percent(row['right'] / row['of'])}, {between(row['low'], row['high'])}), untouched in "
        f"{row['clean_right']:,}: {fall}.",
        f"{verdicts[State(row['state'])]} Left: {looks_like}.",
        State(row["state"]),
    )


def _points(drop: float) -> str:
    points = round(100 * abs(drop))
    return f"{count_of(points, 'point')} {'more' if points and drop < 0 else 'fewer'}"


def _range(low: float, high: float) -> str:
    if round(100 * low) >= 0:
        return f"between {100 * low:.0f} and {100 * high:.0f}"
    return f"between {_points(low)} and {_points(high)}"


def left_out_sentence(counts: Mapping[str, int], *, of: int) -> str:
    """Frames on which outline and background could not be tried, by reason; "" for none."""
    total = sum(counts.values())
    if not total:
        return ""
    reasons = "; ".join(f"{reason} ({number:,})" for reason, number in counts.items())
    return (
        f"In {total:,} of {of:,} frames the object was not found for sure, so outline and "
        f"background were not tried there: {reasons}."
    )
