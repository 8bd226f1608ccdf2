"""The frames table: one row per picture file, broken ones with their reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd
from sqlite_utils import Database

from core.records import BrokenFrame, Folder
from core.store.choices import bump_revision

COLUMNS = (
    "folder", "path", "size_bytes", "modified_ns", "content_hash", "width", "height",
    "picture_hash", "taken_at", "camera", "broken_reason",
)  # fmt: skip


def save_frames(db: Database, rows: Iterable[Mapping[str, Any]]) -> None:
    """Insert or replace rows by (folder, path), in one transaction."""
    sql = (
        f"INSERT OR REPLACE INTO frames ({', '.join(COLUMNS)}) "
        f"VALUES ({', '.join('?' * len(COLUMNS))})"
    )
    with db.atomic():
        for row in rows:
            values = {**row, "taken_at": _iso(row.get("taken_at"))}
            db.execute(sql, [values.get(column) for column in COLUMNS])
        bump_revision(db)


def forget_frames(db: Database, folder: Folder, paths: Iterable[str]) -> None:
    """Remove rows whose files are gone. Their reviews and predictions stay, by content."""
    with db.atomic():
        for path in paths:
            db.execute("DELETE FROM frames WHERE folder = ? AND path = ?", [folder.value, path])
        bump_revision(db)


def forget_folder(db: Database, folder: Folder) -> None:
    """Remove every row of a folder, because the project now points elsewhere."""
    with db.atomic():
        db.execute("DELETE FROM frames WHERE folder = ?", [folder.value])
        bump_revision(db)


def load_frames(db: Database) -> pd.DataFrame:
    """All readable frames, sorted by folder and path; label and clip are not stored here."""
    rows = list(
        db.query("SELECT * FROM frames WHERE content_hash IS NOT NULL ORDER BY folder, path")
    )
    table = pd.DataFrame(rows, columns=list(COLUMNS)).drop(columns="broken_reason")
    table["taken_at"] = pd.to_datetime(table["taken_at"], format="ISO8601").astype("datetime64[us]")
    return table.astype({
        "folder": "str", "path": "str", "size_bytes": "int64", "modified_ns": "int64",
        "content_hash": "str", "width": "int64", "height": "int64", "picture_hash": "str",
        "camera": "str",
    })  # fmt: skip


def known_files(db: Database, folder: Folder) -> pd.DataFrame:
    """path, size_bytes, modified_ns and is_broken of every indexed file of a folder."""
    rows = list(
        db.query(
            "SELECT path, size_bytes, modified_ns, broken_reason IS NOT NULL AS is_broken "
            "FROM frames WHERE folder = ?",
            [folder.value],
        )
    )
    columns = ["path", "size_bytes", "modified_ns", "is_broken"]
    return pd.DataFrame(rows, columns=columns).astype({"is_broken": bool})


def broken_frames(db: Database) -> list[BrokenFrame]:
    """Every file that could not be read, with its reason."""
    rows = db.query(
        "SELECT folder, path, broken_reason FROM frames WHERE broken_reason IS NOT NULL "
        "ORDER BY folder, path"
    )
    return [BrokenFrame(Folder(r["folder"]), r["path"], r["broken_reason"]) for r in rows]


def _iso(value: Any) -> str | None:
    return None if value is None or pd.isna(value) else pd.Timestamp(value).isoformat()
