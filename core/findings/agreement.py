"""Two looks at one frame: who looked, what each said, where they differ."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pandas as pd

from core.records import DECISIONS, Action

UNSURE = "unclear (no class)"  # apart from a class that is called so
SKIPPED = "skipped"

Row = dict[str, Any]

PAIRS = ("content_hash", "first_reviewer", "first", "reviewer", "second")
"""Columns of a table of two looks; `first` and `second` are what was said."""


def meaning(action: str, value: str | None) -> str:
    """What a decision says; labelling with a class and agreeing with it come to the same."""
    if action in (Action.LABEL, Action.AGREE):
        return str(value)
    return UNSURE if action == Action.UNSURE else SKIPPED


def second_looks(decisions: pd.DataFrame) -> pd.DataFrame:
    """
    PAIRS of a reviewer's second look and the decision of their own it came after; skips left out.

    Args:
        decisions: standing ones, oldest first, in tables.REVIEWS.
    """
    return _table(
        row
        for row in _looks(decisions)
        if row["reviewer"] == row["first_reviewer"] and SKIPPED not in (row["first"], row["second"])
    )


def two_reviewers(decisions: pd.DataFrame) -> pd.DataFrame:
    """
    PAIRS of every two reviewers' first decision on the same frame; names in order of the alphabet.

    Only first ones: what settles a disagreement was decided with both in sight.
    """
    said = [
        row
        for row in _rows(decisions.drop_duplicates(["content_hash", "reviewer"]))
        if meaning(row["action"], row["value"]) != SKIPPED
    ]
    by_frame: dict[str, list[Row]] = {}
    for row in said:
        by_frame.setdefault(row["content_hash"], []).append(row)
    pairs = []
    for digest, rows in by_frame.items():
        rows.sort(key=lambda row: row["reviewer"])
        for at, one in enumerate(rows):
            for other in rows[at + 1 :]:
                pairs.append(_pair(digest, one, other))
    return _table(pairs)


def changed_minds(decisions: pd.DataFrame) -> list[Row]:
    """
    Second looks that said something else than the decision before them and still stand last.

    Returns:
        PAIRS and first_action, first_value, action, value; by content hash.
    """
    last = {row["content_hash"]: row["id"] for row in _rows(decisions)}
    return sorted(
        (
            row
            for row in _looks(decisions)
            if row["first"] != row["second"] and last[row["content_hash"]] == row["id"]
        ),
        key=lambda row: str(row["content_hash"]),
    )


def confused(pairs: pd.DataFrame) -> list[tuple[str, str, int]]:
    """Two names given to one frame, in either order, and how often; most often first."""
    found = Counter(
        tuple(sorted((one, other)))
        for one, other in zip(pairs["first"], pairs["second"], strict=True)
        if one != other
    )
    ordered = sorted(found.items(), key=lambda item: (-item[1], item[0]))
    return [(names[0], names[1], count) for names, count in ordered]


def _looks(decisions: pd.DataFrame) -> list[Row]:
    """Every second look with the decision that stood before it."""
    found: list[Row] = []
    before: dict[str, Row] = {}
    for row in _rows(decisions):
        first = before.get(row["content_hash"])
        if first is not None and "second" in (row["asked"] or ""):
            found.append(
                {
                    **_pair(row["content_hash"], first, row),
                    "id": row["id"],
                    "first_action": first["action"], "first_value": first["value"],
                    "action": row["action"], "value": row["value"],
                }
            )  # fmt: skip
        before[row["content_hash"]] = row
    return found


def _pair(digest: str, one: Row, other: Row) -> Row:
    return {
        "content_hash": digest,
        "first_reviewer": one["reviewer"], "first": meaning(one["action"], one["value"]),
        "reviewer": other["reviewer"], "second": meaning(other["action"], other["value"]),
    }  # fmt: skip


def _rows(decisions: pd.DataFrame) -> list[Row]:
    columns = ["id", "content_hash", "action", "value", "reviewer", "asked"]
    table = decisions.loc[decisions["action"].isin(sorted(DECISIONS)), columns].astype(object)
    return table.where(table.notna(), None).to_dict("records")  # type: ignore[return-value]


def _table(rows: Any) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=list(PAIRS))
