"""The cue_answers table: what a model said of changed frames, and which could not be changed."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from sqlite_utils import Database

from core.records import Answer

COLUMNS = {
    "content_hash": "str", "change": "str", "answer": "str", "confidence": "float64",
    "left_out": "str",
}  # fmt: skip


def save_cue_answers(
    db: Database,
    *,
    model_id: str,
    seed: int,
    content_hash: str,
    answers: Mapping[str, Answer],
    left_out: Mapping[str, str],
) -> None:
    """
    Store what was said of one frame under each change, in one transaction.

    Args:
        answers: by change.
        left_out: by change, why the frame was not asked.
    """
    rows: list[list[object]] = [
        [change, answer.label, answer.confidence, None] for change, answer in answers.items()
    ]
    rows += [[change, None, None, reason] for change, reason in left_out.items()]
    with db.atomic():
        for change, label, confidence, reason in rows:
            db.execute(
                "INSERT OR REPLACE INTO cue_answers VALUES (?, ?, ?, ?, ?, ?, ?)",
                [model_id, content_hash, change, seed, label, confidence, reason],
            )


def load_cue_answers(db: Database, *, model_id: str, seed: int) -> pd.DataFrame:
    """The stored rows: COLUMNS, by change and content hash; answer or left_out is missing."""
    rows = db.query(
        "SELECT content_hash, change, answer, confidence, left_out FROM cue_answers "
        "WHERE model_id = ? AND seed = ? ORDER BY change, content_hash",
        [model_id, seed],
    )
    return pd.DataFrame(list(rows), columns=list(COLUMNS)).astype(COLUMNS)
