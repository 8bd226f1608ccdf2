"""
The reviews table: every decision ever made, appended, never changed; undo is a row too, and so is
bringing back what was undone: an undo of the undo, after which the decision stands where it stood.

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


def is_taken_back(alias: str) -> str:
    """SQL: whether that row of reviews does not stand; tables.taken_back in words of SQLite."""
    return (
        f"EXISTS (SELECT 1 FROM reviews AS u WHERE u.undoes = {alias}.id "
        "AND NOT EXISTS (SELECT 1 FROM reviews AS b WHERE b.undoes = u.id))"
    )


_STANDING = f"""
    SELECT * FROM reviews AS r
    WHERE action != 'undo' AND NOT {is_taken_back("r")}
"""


def record_review(db: Database, review: Review) -> bool:
    """
    Append one review and commit it to disk. A repeated one (same client and sequence) is ignored.

    Returns:
        True if it was new.

    Raises:
        ReviewError: the same client and sequence already stand for another decision, or the review
            to undo does not exist, was already undone or brings another one back.
    """
    return bool(record_reviews(db, [review]))


def record_reviews(
    db: Database, reviews: Sequence[Review], *, seen: tuple[int, str | None] | None = None
) -> int:
    """
    Append reviews in one transaction: all are on disk when this returns, or none.

    Args:
        seen: the `stamp` of the reviews these were made in view of; with another one now, nothing
            is stored.

    Returns:
        How many were new.

    Raises:
        ReviewError: as for `record_review`, of any of them; or something was decided since `seen`.
    """
    # IMMEDIATE: the check for a repeat and the insert must see the same database.
    begin(db)
    try:
        if seen is not None and seen != stamp(db):
            raise ReviewError("Somebody decided in the meantime. Look again; nothing was changed.")
        added = sum(_append(db, review, _values(db, review)) for review in reviews)
        db.execute("COMMIT")
    except BaseException:
        db.rollback()  # does nothing where a full disk has ended the transaction already
        raise
    return added


def _values(db: Database, review: Review) -> list[Any]:
    _, _, _, _, action, value, reviewer, at, undoes, asked = astuple(review)
    return [
        review.id, review.client, review.sequence, review.content_hash,
        str(action), value, reviewer, _not_before_the_last(db, at), undoes, asked,
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
    if target is None:
        raise ReviewError(f"There is no decision {review.undoes} to undo.")
    if target["content_hash"] != review.content_hash:
        raise ReviewError("That decision belongs to another picture; nothing was undone.")
    if target["action"] == Action.UNDO:
        named = next(db.query("SELECT undoes FROM reviews WHERE id = ?", [target["undoes"]]), None)
        if named is None or named["undoes"]:
            raise ReviewError("That step brought a decision back; undo the decision itself.")
    stands = f"SELECT 1 FROM reviews AS r WHERE id = ? AND NOT {is_taken_back('r')}"
    if not next(db.query(stands, [review.undoes]), None):
        raise ReviewError("That decision was already undone.")


def load_reviews(db: Database) -> pd.DataFrame:
    """tables.REVIEWS, oldest first, with `is_undone` added."""
    rows = list(
        db.query(
            f"SELECT r.*, {is_taken_back('r')} AS is_undone FROM reviews AS r ORDER BY r.at, r.id"
        )
    )
    table = pd.DataFrame(rows, columns=[*COLUMNS, "is_undone"])
    table["at"] = pd.to_datetime(table["at"], format="ISO8601", utc=True).dt.tz_localize(None)
    return table.astype({**REVIEWS, "is_undone": bool})


def stamp(db: Database) -> tuple[int, str | None]:
    """How many reviews there are, and the id of the one added last: changes with every one."""
    newest = db.execute("SELECT id FROM reviews ORDER BY position DESC LIMIT 1").fetchone()
    count: int = db.execute("SELECT count(*) FROM reviews").fetchone()[0]
    return count, newest[0] if newest else None


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


def standing_decisions(db: Database) -> pd.DataFrame:
    """Decisions that were not undone, oldest first; tables.REVIEWS, `at` in UTC without zone."""
    places = ", ".join("?" * len(DECISIONS))
    rows = list(
        db.query(f"{_STANDING} AND action IN ({places}) ORDER BY at, id", sorted(DECISIONS))
    )
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    table["at"] = pd.to_datetime(table["at"], format="ISO8601", utc=True).dt.tz_localize(None)
    return table.astype(REVIEWS)


def asked_of(db: Database, identity: str) -> str | None:
    """How the decision of that id was asked for; None openly, or if there is none."""
    row = next(db.query("SELECT asked FROM reviews WHERE id = ?", [identity]), None)
    return row["asked"] if row else None


def current_reviews(db: Database, *, content_hash: str | None = None) -> pd.DataFrame:
    """
    What stands for each reviewed picture, one row per content hash; of one picture if named.

    Columns: content_hash, decision (an Action value or missing), label (class decided on, or
    missing), hard_case (bool), tags (sorted list), note, reviewer, at (of the last review).
    """
    standing: dict[str, dict[str, Any]] = {}
    where, values = ("AND content_hash = ?", [content_hash]) if content_hash else ("", [])
    for row in db.query(f"{_STANDING} {where} ORDER BY at, id", values):
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
    elif action == Action.UNTAG:
        standing["tags"] = sorted({*standing["tags"]} - {value})
    elif action == Action.NOTE:
        standing["note"] = value or None
    standing["reviewer"] = row["reviewer"]
    standing["at"] = datetime.fromisoformat(row["at"])


def standing_labels(db: Database) -> dict[str, tuple[str, str | None]]:
    """
    The decision that stands for each decided picture and the label decided on, by content hash.

    Of `current_reviews` only what is asked with every frame: SQLite does the counting.
    """
    decisions = [str(action) for action in DECISIONS]
    rows = db.execute(
        f"""
        SELECT content_hash, action, value FROM (
            SELECT content_hash, action, value,
                   row_number() OVER (PARTITION BY content_hash ORDER BY at DESC, id DESC) AS place
            FROM ({_STANDING} AND action IN ({",".join("?" * len(decisions))}))
        ) WHERE place = 1""",
        decisions,
    )
    labels = (Action.LABEL, Action.AGREE)
    return {digest: (action, value if action in labels else None) for digest, action, value in rows}


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
