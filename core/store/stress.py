"""The stress_answers table: what a model said of damaged frames, so that a sweep can resume."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from sqlite_utils import Database

from core.records import Answer

COLUMNS = {"content_hash": "str", "chain": "str", "answer": "str", "confidence": "float64"}


def save_stress_answers(
    db: Database,
    *,
    model_id: str,
    seed: int,
    content_hash: str,
    chains: Sequence[str],
    answers: Sequence[Answer],
) -> None:
    """Store what was said of one frame under each chain, in one transaction."""
    with db.atomic():
        for chain, answer in zip(chains, answers, strict=True):
            db.execute(
                "INSERT OR REPLACE INTO stress_answers VALUES (?, ?, ?, ?, ?, ?)",
                [model_id, content_hash, chain, seed, answer.label, answer.confidence],
            )


def load_stress_answers(
    db: Database, *, model_id: str, seed: int, chains: Sequence[str]
) -> pd.DataFrame:
    """The stored answers under any of the chains: COLUMNS, by chain and content hash."""
    rows = [
        row
        for chain in dict.fromkeys(chains)
        for row in db.query(
            "SELECT content_hash, chain, answer, confidence FROM stress_answers "
            "WHERE model_id = ? AND seed = ? AND chain = ? ORDER BY content_hash",
            [model_id, seed, chain],
        )
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(COLUMNS)
