"""
The frozen_sets table: versions of sets of hard cases, appended, never changed.

A set is known by a hash of all it says, so that what two laptops froze merges by union and a row
that was tampered with is found out.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import astuple
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from core.errors import FieldcheckError
from core.records import FrozenFrame, FrozenSet
from core.store.database import begin

COLUMNS = (
    "id", "name", "version", "origin", "model_id", "reviewer", "made_at", "follows", "count",
    "frames",
)  # fmt: skip

_LISTED = "id, name, version, origin, model_id, reviewer, made_at, follows, count"
_ORDER = "ORDER BY name, version, made_at, id"
_NEWEST = "ORDER BY version DESC, made_at DESC, id DESC"

Row = dict[str, Any]


def freeze(
    db: Database,
    *,
    name: str,
    origin: str,
    model_id: str | None,
    reviewer: str,
    made_at: datetime,
    frames: Sequence[FrozenFrame],
) -> FrozenSet:
    """
    Keep frames with their labels as the next version of a name, and commit it to disk.

    Raises:
        FieldcheckError: the last version holds these frames with these labels already.
    """
    # IMMEDIATE: the version's number and the insert must see the same database.
    begin(db)
    try:
        last = next(
            db.query(f"SELECT * FROM frozen_sets WHERE name = ? {_NEWEST} LIMIT 1", [name]),
            None,
        )
        text = _frames_text(frames)
        if last and _held(last["frames"]) == _held(text):
            raise FieldcheckError(
                f"“{name} v{last['version']}” holds exactly these frames and labels already. "
                "Nothing was frozen."
            )
        row = {
            "name": name, "version": last["version"] + 1 if last else 1, "origin": origin,
            "model_id": model_id, "reviewer": reviewer, "made_at": made_at.isoformat(),
            "follows": last["id"] if last else None, "count": len(frames), "frames": text,
        }  # fmt: skip
        row["id"] = _identity(row)
        _insert(db, row)
        db.execute("COMMIT")
    except BaseException:
        db.rollback()
        raise
    return _set_of(row)


def frozen_sets(db: Database) -> list[FrozenSet]:
    """Every version kept, by name and version."""
    return [_set_of(row) for row in db.query(f"SELECT {_LISTED} FROM frozen_sets {_ORDER}")]


def frozen_frames(db: Database, set_id: str) -> tuple[FrozenFrame, ...]:
    """The frames of one version, by content hash; () if there is none of that id."""
    row = next(db.query("SELECT frames FROM frozen_sets WHERE id = ?", [set_id]), None)
    return tuple(map(_frame, json.loads(row["frames"]))) if row else ()


def rows_in(other: sqlite3.Connection) -> list[Row]:
    """The rows of another database; [] if its version has no such table yet."""
    if not other.execute("SELECT 1 FROM sqlite_master WHERE name = 'frozen_sets'").fetchone():
        return []
    rows = other.execute(f"SELECT {', '.join(COLUMNS)} FROM frozen_sets ORDER BY id")
    return [dict(zip(COLUMNS, row, strict=True)) for row in rows]


def add(db: Database, rows: Iterable[Row]) -> tuple[int, tuple[str, ...]]:
    """
    Add the sets this database lacks; call inside a transaction.

    Returns:
        how many were new, and a line for each that does not hold what its id says.
    """
    known = {row["id"] for row in db.query("SELECT id FROM frozen_sets")}
    added, left_out = 0, []
    for row in rows:
        if row["id"] in known:
            continue
        if row["id"] != _identity(row):
            left_out.append(
                f"The frozen set “{row['name']} v{row['version']}” was changed by another "
                "program; it was left out."
            )
            continue
        _insert(db, row)
        known.add(row["id"])
        added += 1
    return added, tuple(left_out)


def _insert(db: Database, row: Row) -> None:
    db.execute(
        f"INSERT INTO frozen_sets ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})",
        [row[name] for name in COLUMNS],
    )


def _frames_text(frames: Sequence[FrozenFrame]) -> str:
    in_order = sorted(frames, key=lambda frame: frame.content_hash)
    return json.dumps([list(astuple(frame)) for frame in in_order], separators=(",", ":"))


def _held(text: str) -> list[tuple[str, str | None]]:
    """What makes two versions the same: content hashes and labels."""
    return [(frame.content_hash, frame.label) for frame in map(_frame, json.loads(text))]


def _frame(values: list[Any]) -> FrozenFrame:
    return FrozenFrame(*values)


def _identity(row: Row) -> str:
    said = [row[name] for name in COLUMNS if name != "id"]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def _set_of(row: Row) -> FrozenSet:
    return FrozenSet(
        id=row["id"],
        name=row["name"],
        version=row["version"],
        origin=row["origin"],
        model_id=row["model_id"],
        reviewer=row["reviewer"],
        made_at=datetime.fromisoformat(row["made_at"]),
        follows=row["follows"],
        frames=row["count"],
    )
