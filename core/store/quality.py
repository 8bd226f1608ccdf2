"""The frame_quality table: what was measured of each picture, by content."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd
from sqlite_utils import Database

from core.store.choices import bump_revision
from core.tables import QUALITY


def save_quality(
    db: Database, rows: Iterable[tuple[str, Mapping[str, Any]]], *, version: int
) -> None:
    """
    Store one batch in one transaction; measured again, a picture's row is replaced.

    Args:
        rows: (content hash, the other columns of tables.QUALITY); None where nothing can be told.
        version: of the measures.
    """
    columns = [name for name in QUALITY if name != "content_hash"]
    sql = (
        f"INSERT OR REPLACE INTO frame_quality (content_hash, version, {', '.join(columns)}) "
        f"VALUES ({', '.join('?' * (2 + len(columns)))})"
    )
    with db.atomic():
        for content_hash, row in rows:
            db.execute(sql, [content_hash, version, *(row[name] for name in columns)])
        bump_revision(db)


def measured_hashes(db: Database, *, version: int) -> set[str]:
    """Content hashes measured in this version."""
    rows = db.query("SELECT content_hash FROM frame_quality WHERE version = ?", [version])
    return {row["content_hash"] for row in rows}


def load_quality(db: Database) -> pd.DataFrame:
    """tables.QUALITY of every picture measured, whatever the version."""
    rows = list(db.query(f"SELECT {', '.join(QUALITY)} FROM frame_quality ORDER BY content_hash"))
    return pd.DataFrame(rows, columns=list(QUALITY)).astype(QUALITY)
