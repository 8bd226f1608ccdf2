"""The saved_slices table: slices a person named, each a JSON list of rules."""

from __future__ import annotations

import sqlite3
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from core.errors import FieldcheckError


def save_slice(db: Database, *, name: str, rules: str, origin: str, made_at: datetime) -> None:
    """
    Keep a slice under a name.

    Args:
        rules: JSON.

    Raises:
        FieldcheckError: a slice of that name is kept already.
    """
    try:
        with db.atomic():
            db.execute(
                "INSERT INTO saved_slices (name, rules, origin, made_at) VALUES (?, ?, ?, ?)",
                [name, rules, origin, made_at.isoformat()],
            )
    except sqlite3.IntegrityError as error:
        raise FieldcheckError(
            f"There is a slice called “{name}” already. Choose another name, or drop that one."
        ) from error


def drop_slice(db: Database, *, name: str, dropped_at: datetime) -> bool:
    """Free the name; the row stays. False if no such slice is kept."""
    with db.atomic():
        done = db.execute(
            "UPDATE saved_slices SET dropped_at = ? WHERE name = ? AND dropped_at IS NULL",
            [dropped_at.isoformat(), name],
        )
    return bool(done.rowcount)


def saved_slices(db: Database) -> list[dict[str, Any]]:
    """name, rules, origin and made_at of every slice kept, oldest first."""
    return list(
        db.query(
            "SELECT name, rules, origin, made_at FROM saved_slices "
            "WHERE dropped_at IS NULL ORDER BY position"
        )
    )
