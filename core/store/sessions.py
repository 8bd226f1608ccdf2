"""The session_ends table: the moments at which a person said "that is it for now"."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from core.store.reviews import as_text

COLUMNS = ("id", "reviewer", "at")


def end_session(db: Database, *, end_id: str, reviewer: str, at: datetime) -> None:
    """Keep that a reviewer ended a session; said again with the same id it changes nothing."""
    add_ends(db, [{"id": end_id, "reviewer": reviewer, "at": as_text(at)}])


def add_ends(db: Database, ends: Sequence[dict[str, Any]]) -> None:
    """Add those that are not here yet, known by their ids; within the caller's transaction."""
    for row in ends:
        db.execute(
            "INSERT OR IGNORE INTO session_ends VALUES (?, ?, ?)", [row[name] for name in COLUMNS]
        )


def session_ends(db: Database) -> list[tuple[str, datetime]]:
    """(reviewer, UTC time without zone) of every ended session, oldest first."""
    rows = db.query("SELECT reviewer, at FROM session_ends ORDER BY at, id")
    return [
        (row["reviewer"], datetime.fromisoformat(row["at"]).replace(tzinfo=None)) for row in rows
    ]


def ends_of(other: sqlite3.Connection) -> list[dict[str, Any]]:
    """The rows of another database; none where it is older than sessions."""
    has_any = other.execute("SELECT 1 FROM sqlite_master WHERE name = 'session_ends'").fetchone()
    rows = other.execute("SELECT id, reviewer, at FROM session_ends").fetchall() if has_any else []
    return [dict(zip(COLUMNS, row, strict=True)) for row in rows]
