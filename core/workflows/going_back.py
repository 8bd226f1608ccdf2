"""Back to any point of the history: what it would do, said before it is done."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from core.errors import ReviewError
from core.findings import history_words as words
from core.findings.taking_back import of_reviews, to_point
from core.project import Project
from core.records import Action, Review
from core.store import reviews as review_store
from core.store.database import connect
from core.workflows.backups import keep_soon
from core.workflows.choices import choices_of
from core.workflows.history_rows import plain_rows, with_acts
from core.workflows.sessions import local, log

BACK = "back-"
"""Begins the name of the window that took many back at once, so that one step undoes it."""


@dataclass(frozen=True)
class Preview:
    """What an undo would do, before it is done."""

    names: tuple[str, ...]  # reviews to be named by undos, newest first
    seen: tuple[int, str | None]  # the state of the reviews it was made for
    sentence: str
    staying: str  # what stays although it is newer; empty if nothing


def preview_to(project: Project, review_id: str, *, everyone: bool = False) -> Preview:
    """
    What going back to just after one review would do; yours only, or everyone's.

    Args:
        review_id: as a whole, or how it begins.

    Raises:
        ReviewError: there is no such review.
    """
    rows, seen = _all_rows(project)
    point = _found(rows, review_id)
    reviewer = None if everyone else choices_of(project).reviewer
    names = to_point(rows, point["id"], reviewer=reviewer)
    since = f"{local(point['at']):%d %b %Y, %H:%M}"
    later = rows[next(n for n, row in enumerate(rows) if row["id"] == point["id"]) + 1 :]
    staying = [row for row in later if reviewer not in (None, row["reviewer"])]
    return _preview(rows, names, seen, since=since, staying=words.staying_sentence(staying))


def preview_these(project: Project, review_id: str, *, together: bool = False) -> Preview:
    """
    What undoing one review would do; or every one that the same undo of many appended with it.

    Raises:
        ReviewError: there is no such review.
    """
    rows, seen = _all_rows(project)
    chosen = _found(rows, review_id)
    table = with_acts(log(project))
    act = table.loc[table["id"] == chosen["id"], "act"]
    ids = set(table.loc[table["act"].isin(act), "id"]) if together else {chosen["id"]}
    return _preview(rows, of_reviews(rows, ids), seen)


def last_undo(project: Project) -> Preview | None:
    """What undoing this reviewer's last undo would do; None unless it is their last act."""
    reviews = log(project).reviews
    mine = reviews[reviews["reviewer"] == choices_of(project).reviewer]
    if mine.empty or not mine["client"].iloc[-1].startswith(BACK):
        return None
    found = preview_these(project, mine["id"].iloc[-1], together=True)
    return found if found.names else None


def preview_last(project: Project, *, of_undo: bool = False) -> Preview:
    """
    What undoing this reviewer's newest standing decision would do, or their last undo.

    Raises:
        ReviewError: there is none.
    """
    if of_undo:
        found = last_undo(project)
        if found is None:
            raise ReviewError("Your last act was no undo of this kind; nothing was changed.")
        return found
    with connect(project.database) as db:
        newest = review_store.last_standing(db, reviewer=choices_of(project).reviewer)
    if not newest:
        raise ReviewError("There is no decision to undo.")
    return preview_these(project, newest[0]["id"])


def take_back(project: Project, found: Preview) -> int:
    """
    Do what a preview says, all or none, by appending undos; returns how many.

    Raises:
        ReviewError: there is nothing to do, or somebody decided since it was made.
        DiskError: nothing was stored; trying again is safe.
    """
    if not found.names:
        raise ReviewError("There is nothing to take back; nothing was changed.")
    rows, _ = _all_rows(project)
    pictures = {row["id"]: row["content_hash"] for row in rows}
    client, reviewer = f"{BACK}{uuid.uuid4()}", choices_of(project).reviewer
    undos = [
        Review(
            str(uuid.uuid4()), client, place, pictures[name], Action.UNDO, None, reviewer,
            datetime.now(UTC), name,
        )
        for place, name in enumerate(found.names, 1)
    ]  # fmt: skip
    with connect(project.database) as db:
        review_store.record_reviews(db, undos, seen=found.seen)
    keep_soon(project)
    return len(undos)


def _preview(
    rows: list[dict[str, Any]],
    names: list[str],
    seen: tuple[int, str | None],
    *,
    since: str | None = None,
    staying: str = "",
) -> Preview:
    by_id = {row["id"]: row for row in rows}
    sentence = words.back_sentence([by_id[name] for name in names], since=since)
    return Preview(tuple(names), seen, sentence, staying)


def _found(rows: list[dict[str, Any]], review_id: str) -> dict[str, Any]:
    named = [row for row in rows if review_id and row["id"].startswith(review_id)]
    if len(named) != 1:
        what = "Several reviews begin" if named else "There is no review that begins"
        raise ReviewError(
            f"{what} with '{review_id}'. They are listed by: fieldcheck reviews history"
        )
    return named[0]


def _all_rows(project: Project) -> tuple[list[dict[str, Any]], tuple[int, str | None]]:
    with connect(project.database) as db:
        seen = review_store.stamp(db)
        rows = plain_rows(review_store.load_reviews(db))
    return rows, seen
