"""The saved_queues tables: queues a person named, each with the frames it holds."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any

from sqlite_utils import Database

COLUMNS = (
    "id", "name", "queue_order", "narrow", "audit_share", "blind_share", "made_by", "made_at",
    "dropped_at",
)  # fmt: skip
FRAMES = ("queue_id", "content_hash", "place", "is_audit")

Row = dict[str, Any]
Place = tuple[str, int | None, bool]
"""(content hash, place or None if it matched and was not taken, whether it was drawn by lot)."""


def save_queue(db: Database, row: Row, frames: Iterable[Place]) -> None:
    """Keep a queue and its frames, all or nothing."""
    with db.atomic():
        _insert(db, "saved_queues", COLUMNS, {"dropped_at": None, **row})
        _add(db, row["id"], frames)


def add_frames(db: Database, identity: str, frames: Iterable[Place]) -> None:
    """Put frames behind those a queue holds; one that it held without a place gets this one."""
    with db.atomic():
        _add(db, identity, frames)


def _add(db: Database, identity: str, frames: Iterable[Place]) -> None:
    for content_hash, place, is_audit in frames:
        db.execute(
            "INSERT INTO saved_queue_frames VALUES (?, ?, ?, ?) "
            "ON CONFLICT (queue_id, content_hash) DO UPDATE SET "
            "place = min(coalesce(place, excluded.place), coalesce(excluded.place, place)), "
            "is_audit = max(is_audit, excluded.is_audit)",
            [identity, content_hash, place, int(is_audit)],
        )


def drop_queue(db: Database, identity: str, *, dropped_at: str) -> bool:
    """Let a queue go; its row stays. False if there is none."""
    with db.atomic():
        done = db.execute(
            "UPDATE saved_queues SET dropped_at = ? WHERE id = ? AND dropped_at IS NULL",
            [dropped_at, identity],
        )
    return bool(done.rowcount)


def load_queues(db: Database) -> list[Row]:
    """COLUMNS of every queue that is kept, oldest first."""
    return list(
        db.query("SELECT * FROM saved_queues WHERE dropped_at IS NULL ORDER BY made_at, id")
    )


def load_places(db: Database, identity: str) -> list[Place]:
    """The frames of a queue in order; those without a place last."""
    rows = db.query(
        "SELECT * FROM saved_queue_frames WHERE queue_id = ? "
        "ORDER BY place IS NULL, place, content_hash",
        [identity],
    )
    return [(row["content_hash"], row["place"], bool(row["is_audit"])) for row in rows]


def queues_of(other: sqlite3.Connection) -> tuple[list[Row], list[Row]]:
    """Queues, dropped ones among them, and frames of another database; none if it is older."""
    tables = {name for (name,) in other.execute("SELECT name FROM sqlite_master")}
    if "saved_queues" not in tables:
        return [], []
    return (
        _rows(other, "saved_queues", COLUMNS),
        _rows(other, "saved_queue_frames", FRAMES),
    )


def _rows(other: sqlite3.Connection, table: str, columns: tuple[str, ...]) -> list[Row]:
    found = other.execute(f"SELECT {', '.join(columns)} FROM {table}")
    return [dict(zip(columns, row, strict=True)) for row in found]


def merge_queues(db: Database, queues: Sequence[Row], frames: Sequence[Row]) -> int:
    """
    The union by id within a transaction of the caller's; how many queues were new.

    One dropped on either side is dropped; one that got frames on both sides holds them all.
    """
    known = {row["id"] for row in db.query("SELECT id FROM saved_queues")}
    for row in queues:
        if row["id"] not in known:
            _insert(db, "saved_queues", COLUMNS, row)
        elif row["dropped_at"] is not None:
            db.execute(
                "UPDATE saved_queues SET dropped_at = min(coalesce(dropped_at, ?1), ?1) "
                "WHERE id = ?2",
                [row["dropped_at"], row["id"]],
            )
    for row in frames:
        _add(db, row["queue_id"], [(row["content_hash"], row["place"], row["is_audit"])])
    return sum(row["id"] not in known and row["dropped_at"] is None for row in queues)


def _insert(db: Database, table: str, columns: tuple[str, ...], row: Row) -> None:
    db.execute(
        f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})",
        [row[name] for name in columns],
    )
