"""What the person chose for a project, as JSON values under string keys."""

from __future__ import annotations

import json
from typing import Any

from sqlite_utils import Database

REVISION = "revision"
"""Counts changes of frames, predictions and choices; readers use it to know what is stale."""


def choices(db: Database) -> dict[str, Any]:
    """Every choice made so far."""
    return {row["key"]: json.loads(row["value"]) for row in db.query("SELECT * FROM settings")}


def choose(db: Database, **values: Any) -> None:
    """Store the given choices, all or none; None forgets one."""
    with db.atomic():
        _store(db, values)
        bump_revision(db)


def _store(db: Database, values: dict[str, Any]) -> None:
    for key, value in values.items():
        if value is None:
            db.execute("DELETE FROM settings WHERE key = ?", [key])
        else:
            db.execute(
                "INSERT INTO settings VALUES (?, ?) "
                "ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                [key, json.dumps(value)],
            )


def note(db: Database, **values: Any) -> None:
    """As `choose`, for what no reader keeps a copy of: nothing read so far becomes stale."""
    with db.atomic():
        _store(db, values)


def bump_revision(db: Database) -> None:
    """Mark everything read so far as stale. Call inside the transaction that changes it."""
    db.execute(
        "INSERT INTO settings VALUES (?, '1') "
        "ON CONFLICT (key) DO UPDATE SET value = CAST(CAST(value AS INTEGER) + 1 AS TEXT)",
        [REVISION],
    )


def revision(db: Database) -> int:
    """The count of changes so far; 0 in a new project."""
    row = next(db.query("SELECT value FROM settings WHERE key = ?", [REVISION]), None)
    return int(row["value"]) if row else 0
