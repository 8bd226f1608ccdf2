"""The stress sweep in sentences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.findings.statements import between, count_of, percent, right_in, severity_word
from core.records import Accuracy, State, Statement

MOST_NAMED = 3

Row = dict[str, Any]
"""A row of findings.stress.breaking_rows."""


def severity_words(severity: float) -> str:
    """ "moderate (3 of 5)"."""
    return f"{severity_word(severity)} ({severity:g} of 5)"


def condition_sentence(title: str, row: Row, *, by_label: bool) -> str:
    """
    "Out of focus, moderate (3 of 5): right in 120 of 233 frames (51 %, between 44 and 58 %), ..."

    Args:
        by_label: right means as labelled; else the same answer as on the clean picture.
    """
    said = "right" if by_label else "the same answer"
    points = round(100 * row["drop"])
    against = f"{points} points fewer than untouched" if points > 0 else "no fewer than untouched"
    return (
        f"{title}, {severity_words(row['severity'])}: {said} in {row['right']:,} of "
        f"{row['of']:,} frames ({percent(row['right'] / row['of'])}, "
        f"{between(row['low'], row['high'])}), {against}"
        + (
            f" (between {100 * row['drop_low']:.0f} and {100 * row['drop_high']:.0f} points)."
            if points > 0
            else "."
        )
    )


def condition_statement(title: str, row: Row, *, by_label: bool) -> Statement:
    """One condition with its state and what to do about it."""
    sentence = condition_sentence(title, row, by_label=by_label)
    state = State(row["state"])
    sure = ""
    if row["stays_sure"]:
        sure = (
            f" It hardly notices: on average it says it is {100 * row['confidence']:.0f} out of "
            f"100 sure, {100 * row['clean_confidence']:.0f} untouched, and it is very sure and "
            f"wrong in {count_of(row['silent'], 'frame')}."
        )
    next_steps = {
        State.CONFIRMED: "Collect and label frames that look like this before you rely on it.",
        State.SUSPECTED: "May be chance: run it on more frames.",
        State.NOT_ENOUGH: f"From {count_of(row['clips'], 'clip')} only: run it on more frames "
        "from other places or times before you trust this.",
        State.NONE_FOUND: "Worse, though by less than the 20 points that count as breaking."
        if row["drop_low"] > 0
        else "It bears this.",
    }
    return Statement(sentence + sure, next_steps[state], state)


def first_to_break(rows: Sequence[Row], titles: dict[str, str], *, asked: int) -> Statement:
    """
    The headline: which conditions break this model first.

    Args:
        rows: findings.stress.breaking_rows, first to break first.
        titles: everyday name of each corruption.
        asked: corruptions swept.
    """
    broken = [row for row in rows if row["breaks"]]
    if not rows:
        return Statement("Nothing was tried yet.", "Choose conditions and start.", State.NOT_ENOUGH)
    if not broken:
        worst = rows[0]
        return Statement(
            f"None of the {count_of(asked, 'condition')} tried breaks it: the worst, "
            f"{titles[worst['corruption']].lower()}, takes {max(0, round(100 * worst['drop']))} "
            "points.",
            "Try more conditions, or a higher severity.",
            State.NONE_FOUND if worst["state"] != State.NOT_ENOUGH else State.NOT_ENOUGH,
        )
    named = broken[:MOST_NAMED]
    words = "; ".join(
        f"{titles[row['corruption']]} from {severity_words(row['severity'])} on" for row in named
    )
    first = "first" if len(broken) > len(named) else "of those tried"
    what = "condition that breaks" if len(named) == 1 else f"{len(named)} conditions that break"
    states = {row["state"] for row in named}
    state = next(
        s for s in (State.NOT_ENOUGH, State.SUSPECTED, State.CONFIRMED) if s.value in states
    )
    return Statement(
        f"The {what} this model {first}: {words}.",
        "Breaking means 20 points fewer right than on the same frames untouched. Collect frames "
        "that look like the first one.",
        state,
    )


def clean_words(found: Accuracy, what: str) -> Statement:
    """The swept frames untouched."""
    return Statement(f"{right_in(found, what)}.", "The best it can do here.", State.NONE_FOUND)


def corrupted_words(found: Accuracy, frames: int) -> Statement:
    """All answers to damaged frames together; they are as many frames as were damaged, not more."""
    return Statement(
        f"{right_in(found, 'damaged pictures')}, made of at most {count_of(frames, 'frame')}.",
        "It depends on the conditions chosen: compare it only with the same ones.",
        State.NONE_FOUND,
    )


def share_words(hit: int, frames: int) -> str:
    """Where only a share of the frames is damaged."""
    return (
        f"Only {hit:,} of {count_of(frames, 'frame')} are damaged, drawn by chance; the others "
        "count as they are."
    )


def training_words(known: Accuracy, new: Accuracy) -> tuple[Statement, ...]:
    """
    Damages the model was trained with, and those new to it.

    Args:
        known, new: answers to damaged pictures, right ones and all.

    Source:
        Mintun, Kirillov and Xie 2021: most of what augmentation gains is gone on unlike damages.
    """
    said = [
        Statement(
            f"Damages it was trained with: {_right_small(known)}.",
            "That says how well it learnt them, not how it fares in the field.",
            State.NONE_FOUND,
        )
    ]
    if new.of:
        said.append(
            Statement(
                f"Damages new to it: {_right_small(new)}.",
                "This is the one to go by for weather nobody planned for.",
                State.NONE_FOUND,
            )
        )
    return tuple(said)


def _right_small(found: Accuracy) -> str:
    text = right_in(found, "damaged pictures")
    return text[0].lower() + text[1:]


def hard_words(found: Accuracy) -> Statement:
    """The frames a person kept because they are hard."""
    if not found.of:
        return Statement(
            "No labelled hard cases yet.",
            "Press F in the queue on frames worth keeping for a test.",
            State.NOT_ENOUGH,
        )
    return Statement(
        f"Right in {found.right:,} of {count_of(found.of, 'hard case')}.",
        "Picked because they are hard, so this says nothing of the field at large: watch it "
        "from one model to the next.",
        State.NONE_FOUND,
    )
