"""The crossed_answers table: what a learner that had not seen a frame said of it, fold by fold."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sqlite_utils import Database


def save_crossed(
    db: Database,
    *,
    identity: str,
    fold: int,
    content_hashes: Sequence[str],
    probabilities: NDArray[np.float64],
) -> None:
    """Store one fold in one transaction; a fold without frames is stored as done, too."""
    with db.atomic():
        db.execute("INSERT OR REPLACE INTO crossed_folds VALUES (?, ?)", [identity, fold])
        for content_hash, row in zip(content_hashes, probabilities, strict=True):
            db.execute(
                "INSERT OR REPLACE INTO crossed_answers VALUES (?, ?, ?)",
                [identity, content_hash, np.ascontiguousarray(row, dtype="<f8").tobytes()],
            )


def crossed_folds(db: Database, identity: str) -> set[int]:
    """Folds that are done."""
    rows = db.query("SELECT fold FROM crossed_folds WHERE identity = ?", [identity])
    return {int(row["fold"]) for row in rows}


def load_crossed(db: Database, identity: str) -> dict[str, NDArray[np.float64]]:
    """Probabilities, shape (n_classes,), by content hash."""
    rows = db.query(
        "SELECT content_hash, probabilities FROM crossed_answers WHERE identity = ?", [identity]
    )
    return {row["content_hash"]: np.frombuffer(row["probabilities"], "<f8") for row in rows}


def forget_crossed(db: Database, *, but: str, beginning: str) -> None:
    """Drop what other labels or frames gave; `beginning` is what the kept identity begins with."""
    with db.atomic():
        for table in ("crossed_folds", "crossed_answers"):
            db.execute(
                f"DELETE FROM {table} WHERE identity != ? AND substr(identity, 1, ?) = ?",
                [but, len(beginning), beginning],
            )
