"""The holdouts and reserved tables: which pictures nothing may be fitted on, and since when."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import pandas as pd
from sqlite_utils import Database

from core.store.choices import bump_revision

COLUMNS = {"holdout": "str", "content_hash": "str", "kind": "str", "picture_hash": "str"}

Reserved = tuple[str, str, str | None]
"""(content_hash, kind, picture_hash) of one reserved picture."""


def lock_holdout(
    db: Database,
    *,
    name: str,
    path: str,
    identity: str,
    pictures: int,
    rows: Iterable[Reserved],
    is_copy: bool,
) -> None:
    """
    Reserve the rows for a hold-out, all or none; what it reserved before stays reserved.

    Args:
        is_copy: leave the path of one that is known already.
    """
    with db.atomic():
        db.execute(
            "INSERT INTO holdouts (name, path, identity, pictures, locked_at) "
            "VALUES (?, ?, ?, ?, ?) ON CONFLICT (name) DO "
            + ("NOTHING" if is_copy else "UPDATE SET path = excluded.path"),
            [name, path, identity, pictures, _now()],
        )
        _reserve(db, name, rows)
        bump_revision(db)


def note_holdout(
    db: Database, name: str, *, pictures: int, damaged: Iterable[str], is_finished: bool
) -> None:
    """Note how far it is, and reserve the written pictures by their content hashes too."""
    with db.atomic():
        db.execute("UPDATE holdouts SET pictures = ? WHERE name = ?", [pictures, name])
        if is_finished:
            db.execute(
                "UPDATE holdouts SET finished_at = coalesce(finished_at, ?) WHERE name = ?",
                [_now(), name],
            )
        _reserve(db, name, ((digest, "damaged", None) for digest in damaged))
        bump_revision(db)


def unlock_holdout(db: Database, name: str) -> None:
    """Give its pictures free from now on; that and when it was done stays known."""
    with db.atomic():
        db.execute(
            "UPDATE holdouts SET unlocked_at = ? WHERE name = ? AND unlocked_at IS NULL",
            [_now(), name],
        )
        bump_revision(db)


def load_holdouts(db: Database) -> list[dict[str, Any]]:
    """name, path, identity, pictures, locked_at, finished_at, unlocked_at of each, oldest first."""
    return list(db.query("SELECT * FROM holdouts ORDER BY locked_at, name"))


def load_reserved(db: Database) -> pd.DataFrame:
    """COLUMNS of every picture a hold-out locks that was not unlocked."""
    rows = list(
        db.query(
            f"SELECT {', '.join(COLUMNS)} FROM reserved WHERE holdout IN "
            "(SELECT name FROM holdouts WHERE unlocked_at IS NULL) ORDER BY holdout, content_hash"
        )
    )
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(COLUMNS)


def _reserve(db: Database, name: str, rows: Iterable[Reserved]) -> None:
    for content_hash, kind, picture_hash in rows:
        db.execute(
            "INSERT INTO reserved VALUES (?, ?, ?, ?) "
            "ON CONFLICT (holdout, content_hash, kind) DO NOTHING",
            [name, content_hash, kind, picture_hash],
        )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
