"""The sentences about slices: each one, the mix of classes behind it, and a search as a whole."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from core.findings.label_free import LabelFree, part_words
from core.findings.statements import count_of, slice_statement
from core.records import State, Statement

Title = Callable[[str], str]


def slice_name(row: dict[str, Any], title: Title) -> str:
    """ "Camera cam3", "Noise, smoothest third", or "Camera cam3 and light night"."""
    name = _part(title(row["column"]), str(row["value"]))
    if not isinstance(row.get("column_2"), str):
        return name
    second = _part(title(row["column_2"]), str(row["value_2"]))
    return f"{name} and {second[0].lower()}{second[1:]}"


def _part(title: str, value: str) -> str:
    return f"{title}, {value}" if value.endswith(" third") else f"{title} {value}"


def full_statement(row: dict[str, Any], title: Title, *, waiting: int | None = None) -> Statement:
    """
    One slice against the rest, with what its mix of classes does to the figure.

    Args:
        waiting: its frames without a label; None if that is not known.
    """
    name = slice_name(row, title)
    said = slice_statement(title(row["column"]), row, name=name, waiting=waiting)
    next_step = said.next_step
    if bool(row.get("is_strong")):
        next_step = f"At least 20 points behind, as far as chance can tell. {next_step}"
    mix = mix_sentence(row)
    return replace(said, next_step=f"{mix} {next_step}".strip())


def mix_sentence(row: dict[str, Any]) -> str:
    """Where the raw drop and the drop at the same mix of classes disagree; else nothing."""
    drop, mixed = float(row["drop"]), float(row["same_mix_drop"])
    if math.isnan(drop) or math.isnan(mixed):
        return ""
    is_behind = row["drop_low"] > 0 or row["state"] in (State.CONFIRMED, State.SUSPECTED)
    if is_behind and mixed <= drop / 2 and row["same_mix_low"] <= 0:
        left = f"only {mixed * 100:.0f} points" if mixed >= 0.005 else "not at all"
        return (
            f"But it sees the hard classes more often: compared class by class it is {left} behind."
        )
    if not is_behind and mixed >= 0.1 and mixed >= 2 * drop and row["same_mix_low"] > 0:
        return (
            "Its easy classes hide something: compared class by class it is "
            f"{mixed * 100:.0f} points behind the rest."
        )
    return ""


def search_statement(spots: list[dict[str, Any]], searched: int, title: Title) -> Statement:
    """
    What a search through all columns and pairs found.

    Args:
        spots: rows of `blind_spots.blind_spots`, without those that are part of another.
        searched: how many slices were looked at.
    """
    looked = f"among the {count_of(searched, 'slice')} looked at"
    sure = [row for row in spots if row["state"] == State.CONFIRMED.value]
    if sure:
        one = "one weak spot that is" if len(sure) == 1 else f"{len(sure)} weak spots that are"
        return Statement(
            f"Found {one} very unlikely to be chance, {looked}: "
            f"{'; '.join(slice_name(row, title) for row in sure[:3])}"
            f"{' and more' if len(sure) > 3 else ''}.",
            "Look at the frames, furthest behind first.",
            State.CONFIRMED,
        )
    if spots:
        return Statement(
            f"{count_of(len(spots), 'slice')} may be a weak spot, {looked}; the frames cannot "
            "settle it yet.",
            "Label more frames of these.",
            State.SUSPECTED,
        )
    if not searched:
        return Statement(
            "No slice has enough frames to be judged.", "Label more frames.", State.NOT_ENOUGH
        )
    return Statement(
        f"No weak spot {looked}.", "Try what bad weather would do, on Stress.", State.NONE_FOUND
    )


def least_sure_statement(row: dict[str, Any], title: Title) -> Statement:
    """
    What can be said of all slices of a column where nothing is labelled: the least sure one.

    Args:
        row: of findings.unlabelled.UNLABELLED.
    """
    name = slice_name(row, title)
    return Statement(
        f"No labels yet, so where it is wrong is not known. It is least sure of "
        f"{name[0].lower()}{name[1:]}: {row['confidence'] * 100:.0f} % sure on average in "
        f"{count_of(row['of'], 'frame')}.",
        "Label some frames in the queue to see how often it is right.",
        State.NOT_ENOUGH,
    )


def unsure_statement(name: str, row: dict[str, Any], guess: LabelFree | None) -> Statement:
    """
    One slice where nothing is labelled: how sure it says it is, and the estimate, marked as one.

    Args:
        row: of findings.unlabelled.UNLABELLED.
        guess: for the slice's frames; None without a labelled reference.
    """
    estimated, rests_on = part_words(guess)
    agree = (
        f" In its clips {int(row['agree']):,} of {int(row['agree_of']):,} frames get the same "
        "answer as most of their clip."
        if row["agree_of"]
        else ""
    )
    return Statement(
        f"{name}: {row['confidence'] * 100:.0f} % sure on average in {count_of(row['of'], 'frame')}"
        f" (between {row['low'] * 100:.0f} and {row['high'] * 100:.0f} % sure).{agree}"
        + (f" {estimated}" if estimated else ""),
        rests_on,
        State.NOT_ENOUGH,
    )
