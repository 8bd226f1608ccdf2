"""
Which rows an undo must name: to go back to any point of the reviews, or to take some of them back.

Nothing is deleted. Going back appends undos of what was decided since and undoes the undos made
since, so that afterwards exactly those decisions stand that would, had the rows taken back never
been.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from core.tables import taken_back

Row = dict[str, Any]
"""id, undoes (None unless it is an undo), reviewer; rows come oldest first."""


def to_point(rows: Sequence[Row], point: str, *, reviewer: str | None = None) -> list[str]:
    """
    Ids to name, newest first, so that all stands as it did just after one review.

    Args:
        rows: every review.
        point: the id of that review; it stays.
        reviewer: only this person's later reviews go; those of others stay. None: everybody's.

    Raises:
        KeyError: there is no such review.
    """
    places = {row["id"]: place for place, row in enumerate(rows)}
    kept = [
        row
        for row in rows
        if places[row["id"]] <= places[point] or reviewer not in (None, row["reviewer"])
    ]
    wanted = _standing(kept)
    now = _standing(rows)
    gone = taken_back((row["id"], row["undoes"]) for row in rows)
    too_many, missing = now - wanted, wanted - now
    return [
        row["id"]
        for row in reversed(rows)
        if row["id"] in too_many or (row["undoes"] in missing and row["id"] not in gone)
    ]


def of_reviews(rows: Sequence[Row], chosen: Collection[str]) -> list[str]:
    """
    Ids to name, newest first, so that the chosen reviews count no more.

    A decision is taken back, an undo brings its decision back, and what brought one back is
    followed by a new undo. What counts no more already names nothing.

    Args:
        rows: every review.
        chosen: ids.
    """
    undoes = {row["id"]: row["undoes"] for row in rows}
    gone = taken_back(undoes.items())
    names: list[str] = []
    for one in reversed([row["id"] for row in rows if row["id"] in chosen]):
        target = undoes[one]
        if target and undoes.get(target):  # it brought a decision back: take that again
            one = undoes[target]  # noqa: PLW2901 - the decision stands in for it
        if one not in gone and one not in names:
            names.append(one)
    return names


def _standing(rows: Sequence[Row]) -> set[str]:
    gone = taken_back((row["id"], row["undoes"]) for row in rows)
    return {row["id"] for row in rows if not row["undoes"] and row["id"] not in gone}
