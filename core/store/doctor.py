"""What the model said of frames prepared in other ways, and what the doctor made of it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from sqlite_utils import Database

Said = tuple[str, float | None]
"""An answer, and the log likelihood of the label in nats (None without a label)."""


Row = tuple[str, str, str, str, float | None]
"""
Identity of the model as it would be read with the preparation tried, how the picture was shown
("" as it is), content hash, answer, log likelihood of the label.
"""


def save_doctor_answers(db: Database, rows: Iterable[Row]) -> None:
    """Store answers in one transaction; a second answer to the same replaces the first."""
    with db.atomic():
        for row in rows:
            db.execute("INSERT OR REPLACE INTO doctor_answers VALUES (?, ?, ?, ?, ?)", list(row))


def load_doctor_answers(db: Database, *, model_id: str, view: str) -> dict[str, Said]:
    """What was said so far, by content hash."""
    rows = db.query(
        "SELECT content_hash, answer, likelihood FROM doctor_answers "
        "WHERE model_id = ? AND view = ?",
        [model_id, view],
    )
    return {row["content_hash"]: (row["answer"], row["likelihood"]) for row in rows}


def save_doctor_report(db: Database, *, identity: str, report: dict[str, Any]) -> None:
    """Keep a finished report. Not a change of the project: nothing read before becomes stale."""
    with db.atomic():
        db.execute(
            "INSERT OR REPLACE INTO doctor_reports VALUES (?, ?, ?)",
            [identity, datetime.now(UTC).isoformat(), json.dumps(report)],
        )


def load_doctor_report(db: Database, *, identity: str) -> dict[str, Any] | None:
    """The report made under exactly these circumstances, if there is one."""
    row = next(
        db.query("SELECT report FROM doctor_reports WHERE identity = ?", [identity]),
        None,
    )
    return json.loads(row["report"]) if row else None
