"""Every decision kept, none lost, each one undoable."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from core.errors import ReviewError
from core.findings.queue_words import NO_AGREEING
from core.project import Project
from core.records import DECISIONS, Action, Review
from core.store import reviews as review_store
from core.store.database import connect
from core.workflows.backups import keep_soon
from core.workflows.choices import Choices, choices_of
from core.workflows.tickets import asked_by

LONGEST_NOTE = 10_000
MOST_DECISIONS = 2**53  # of one window; browsers count exactly up to here


def record(project: Project, event: dict[str, Any]) -> Review:
    """
    Check one decision and commit it to disk; a repeated one changes nothing.

    Args:
        event: id, client, sequence, content_hash, action, value, undoes, asked, as sent by a tab.

    Raises:
        ReviewError: a field is missing, or names an unknown frame, class or action.
        DiskError: nothing was stored; trying again is safe.
    """
    review = _checked(project, event)
    with connect(project.database) as db:
        known = next(
            db.query("SELECT 1 FROM frames WHERE content_hash = ? LIMIT 1", [review.content_hash]),
            None,
        )
        if known is None:
            raise ReviewError("That picture is not in this project any more.")
        review_store.record_review(db, review)
    keep_soon(project)
    return review


def record_all(project: Project, events: Sequence[dict[str, Any]]) -> list[Review]:
    """
    Check many decisions and commit them together: all are stored, or none.

    Raises:
        ReviewError: one of them is wrong (see `record`); nothing was stored.
        DiskError: nothing was stored; trying again is safe.
    """
    chosen = choices_of(project)
    reviews = [_checked_by(chosen, event) for event in events]
    with connect(project.database) as db:
        known = {row["content_hash"] for row in db.query("SELECT content_hash FROM frames")}
        lost = [review for review in reviews if review.content_hash not in known]
        if lost:
            raise ReviewError(
                f"{len(lost)} of these pictures are not in this project any more. Nothing was "
                "stored; look at the folders again on the Overview."
            )
        review_store.record_reviews(db, reviews)
    return reviews


def _checked(project: Project, event: dict[str, Any]) -> Review:
    return _checked_by(choices_of(project), event)


def _checked_by(chosen: Choices, event: dict[str, Any]) -> Review:
    try:
        action = Action(event["action"])
        identity = str(uuid.UUID(str(event["id"])))
        client, sequence = str(event["client"]), int(event["sequence"])
        digest = str(event["content_hash"])
        for text in (client, digest, event.get("value"), event.get("undoes")):
            str(text).encode()  # half a letter (a lone surrogate) fits no database
    except (KeyError, ValueError, TypeError, OverflowError) as error:
        raise ReviewError(f"This decision cannot be read ({error}). Nothing was stored.") from error
    value = event.get("value")
    value = None if value is None else str(value)
    _check_value(action, value, chosen.spec.classes if chosen.spec else ())
    if not client or len(client) > 64 or not 1 <= sequence <= MOST_DECISIONS:
        raise ReviewError("This decision does not say which window it came from.")
    undoes = str(event["undoes"]) if action is Action.UNDO and event.get("undoes") else None
    if action is Action.UNDO and undoes is None:
        raise ReviewError("This undo does not say what it takes back.")
    return Review(
        id=identity,
        client=client,
        sequence=sequence,
        content_hash=digest,
        action=action,
        value=value,
        reviewer=chosen.reviewer,
        at=datetime.now(UTC),
        undoes=undoes,
        asked=_asked(event, digest, action),
    )


def _asked(event: dict[str, Any], content_hash: str, action: Action) -> str | None:
    """How a decision was asked for; what only adds to a frame was not asked for at all."""
    asked = asked_by(content_hash, event.get("asked"))
    if asked is not None and action is Action.AGREE and "blind" in asked:
        raise ReviewError(NO_AGREEING)
    return asked if action in DECISIONS else None


def _check_value(action: Action, value: str | None, classes: tuple[str, ...]) -> None:
    if action in (Action.LABEL, Action.AGREE) and value not in classes:
        raise ReviewError(f"'{value}' is not one of the classes: {', '.join(classes)}.")
    if action is Action.HARD_CASE and value not in ("on", "off"):
        raise ReviewError("A hard case is switched 'on' or 'off'.")
    if action in (Action.TAG, Action.UNTAG) and not (value or "").strip():
        raise ReviewError("A tag needs a word.")
    if value and len(value) > LONGEST_NOTE:
        raise ReviewError(f"Keep it under {LONGEST_NOTE:,} letters; this has {len(value):,}.")


def history(project: Project, *, limit: int = 50) -> list[dict[str, Any]]:
    """Reviews by this project's reviewer that still stand, newest first, for undo."""
    reviewer = choices_of(project).reviewer
    with connect(project.database) as db:
        rows = review_store.last_standing(db, reviewer=reviewer, limit=limit)
    return [{k: row[k] for k in ("id", "content_hash", "action", "value", "at")} for row in rows]


def undo_last(project: Project, *, client: str = "command-line") -> Review:
    """
    Take back the newest standing review.

    Raises:
        ReviewError: there is nothing to undo.
    """
    last = history(project, limit=1)
    if not last:
        raise ReviewError("There is no decision to undo.")
    identity = str(uuid.uuid4())
    event = {
        "id": identity,
        "client": f"{client}-{identity}",  # each command is a window of its own
        "sequence": 1,
        "content_hash": last[0]["content_hash"],
        "action": Action.UNDO,
        "undoes": last[0]["id"],
    }
    return record(project, event)
