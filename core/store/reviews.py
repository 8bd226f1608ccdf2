"""
The reviews table: every decision ever made, appended, never changed; undo is a row too.

Reviews are in the order of (at, id). `at` never goes back within a database, whatever the clock
does, so this is the order they were made in here, and the same order everywhere after a merge.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import astuple
from datetime import UTC, datetime, timedelta
from typing import Any

import pandas as pd
from sqlite_utils import Database

from core.errors import ReviewError
from core.records import DECISIONS, Action, Review
from core.store.database import begin
from core.tables import REVIEWS

COLUMNS = tuple(REVIEWS)

_STANDING = """
    SELECT * FROM reviews AS r
    WHERE action != 'undo'
      AND NOT EXISTS (SELECT 1 FROM reviews AS u WHERE u.undoes = r.id)
"""


def record_review(db: Database, review: Review) -> bool:
    """
    Append one review and commit it to disk. A repeated one (same client and sequence) is ignored.

    Returns:
        True if it was new.

    Raises:
        ReviewError: the same client and sequence already stand for another decision, or the review
            to undo does not exist, is itself an undo or was already undone.
    """
    return bool(record_reviews(db, [review]))


def record_reviews(db: Database, reviews: Sequence[Review]) -> int:
    """
    Append reviews in one transaction: all are on disk when this returns, or none.

    Returns:
        How many were new.

    Raises:
        ReviewError: as for `record_review`, of any of them.
    """
    # IMMEDIATE: the check for a repeat and the insert must see the same database.
    begin(db)
    try:
        added = sum(_append(db, review, _values(db, review)) for review in reviews)
        db.execute("COMMIT")
    except BaseException:
        db.rollback()  # does nothing where a full disk has ended the transaction already
        raise
    return added


def _values(db: Database, review: Review) -> list[Any]:
    _, _, _, _, action, value, reviewer, at, undoes = astuple(review)
    return [
        review.id, review.client, review.sequence, review.content_hash,
        str(action), value, reviewer, _not_before_the_last(db, at), undoes,
    ]  # fmt: skip


def _not_before_the_last(db: Database, at: datetime) -> str:
    """The time, or just after the newest review's where the clock was set back."""
    newest = db.execute("SELECT max(at) FROM reviews").fetchone()[0]
    if newest is not None:
        at = max(at, datetime.fromisoformat(newest) + timedelta(microseconds=1))
    return as_text(at)


def as_text(at: datetime) -> str:
    """A time as the table holds it: UTC, microseconds, so that text order is time order."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _append(db: Database, review: Review, values: list[Any]) -> bool:
    stored = next(
        db.query(
            "SELECT id FROM reviews WHERE (client = ? AND sequence = ?) OR id = ?",
            [review.client, review.sequence, review.id],
        ),
        None,
    )
    if stored:
        if stored["id"] != review.id:
            raise ReviewError(
                f"Decision {review.sequence} of this window is already stored as another one. "
                "Reload the page; nothing was changed."
            )
        return False
    if review.action == Action.UNDO:
        _check_undo(db, review)
    try:
        db.execute(
            f"INSERT INTO reviews ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})",
            values,
        )
    except sqlite3.IntegrityError as error:
        raise ReviewError(f"This decision cannot be stored: {error}.") from error
    return True


def _check_undo(db: Database, review: Review) -> None:
    target = next(db.query("SELECT * FROM reviews WHERE id = ?", [review.undoes]), None)
    if target is None or target["action"] == Action.UNDO:
        raise ReviewError(f"There is no decision {review.undoes} to undo.")
    if target["content_hash"] != review.content_hash:
        raise ReviewError("That decision belongs to another picture; nothing was undone.")
    if next(db.query("SELECT 1 FROM reviews WHERE undoes = ?", [review.undoes]), None):
        raise ReviewError("That decision was already undone.")


def load_reviews(db: Database) -> pd.DataFrame:
    """tables.REVIEWS, oldest first, with `is_undone` added."""
    rows = list(
        db.query("""
            SELECT r.*, EXISTS (SELECT 1 FROM reviews AS u WHERE u.undoes = r.id) AS is_undone
            FROM reviews AS r ORDER BY r.at, r.id""")
    )
    table = pd.DataFrame(rows, columns=[*COLUMNS, "is_undone"])
    table["at"] = pd.to_datetime(table["at"], format="ISO8601", utc=True).dt.tz_localize(None)
    return table.astype({**REVIEWS, "is_undone": bool})


def last_standing(
    db: Database, *, reviewer: str | None = None, limit: int = 1
) -> list[dict[str, Any]]:
    """The newest reviews that were not undone, newest first; by one reviewer if named."""
    where, values = ("AND reviewer = ?", [reviewer]) if reviewer else ("", [])
    return list(
        db.query(f"{_STANDING} {where} ORDER BY at DESC, id DESC LIMIT ?", [*values, limit])
    )


def last_batch(db: Database, *, reviewer: str, prefix: str) -> list[dict[str, Any]]:
    """What still stands of the newest window whose name begins so, oldest first; [] if none."""
    last = next(
        db.query(
            f"{_STANDING} AND reviewer = ? AND client LIKE ? || '%' "
            "ORDER BY at DESC, position DESC LIMIT 1",
            [reviewer, prefix],
        ),
        None,
    )
    if last is None:
        return []
    return list(db.query(f"{_STANDING} AND client = ? ORDER BY position", [last["client"]]))


def current_reviews(db: Database) -> pd.DataFrame:
    """
    What stands for each reviewed picture, one row per content hash.

    Columns: content_hash, decision (an Action value or missing), label (class decided on, or
    missing), hard_case (bool), tags (sorted list), note, reviewer, at (of the last review).
    """
    standing: dict[str, dict[str, Any]] = {}
    for row in db.query(f"{_STANDING} ORDER BY at, id"):
        _apply(standing.setdefault(row["content_hash"], _nothing_yet()), row)
    columns = ["content_hash", *_nothing_yet()]
    return pd.DataFrame([{"content_hash": h, **s} for h, s in standing.items()], columns=columns)


def _nothing_yet() -> dict[str, Any]:
    return {
        "decision": None, "label": None, "hard_case": False, "tags": [], "note": None,
        "reviewer": None, "at": None,
    }  # fmt: skip


def _apply(standing: dict[str, Any], row: dict[str, Any]) -> None:
    action, value = row["action"], row["value"]
    if action in DECISIONS:
        standing["decision"] = action
        standing["label"] = value if action in (Action.LABEL, Action.AGREE) else None
    elif action == Action.HARD_CASE:
        standing["hard_case"] = value == "on"
    elif action == Action.TAG:
        standing["tags"] = sorted({*standing["tags"], value})
    elif action == Action.NOTE:
        standing["note"] = value or None
    standing["reviewer"] = row["reviewer"]
    standing["at"] = datetime.fromisoformat(row["at"])


def class_uses(db: Database) -> dict[str, int]:
    """How often people gave each class, of what was not undone; agreeing names no class."""
    rows = db.query(
        f"SELECT value, count(*) AS n FROM ({_STANDING} AND action = 'label') GROUP BY value"
    )
    return {row["value"]: row["n"] for row in rows}


def newest_review(db: Database) -> datetime | None:
    """When the last review was made, UTC; None before the first."""
    newest = db.execute("SELECT max(at) FROM reviews").fetchone()[0]
    return datetime.fromisoformat(newest) if newest else None
