"""The predictions table: what each model said about each picture, kept per model."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlite_utils import Database

from core.records import Answer
from core.store.choices import bump_revision

MOST_NAMED = 500
"""Pictures asked for by name; for more of them the whole table is read in one go."""


def save_predictions(
    db: Database,
    *,
    model_id: str,
    content_hashes: Sequence[str],
    answers: Sequence[Answer],
    logits: NDArray[np.float32],
    embeddings: NDArray[np.float32],
) -> None:
    """Store one batch in one transaction; a second score of the same picture replaces the first."""
    with db.atomic():
        for content_hash, answer, logit, embedding in zip(
            content_hashes, answers, logits, embeddings, strict=True
        ):
            db.execute(
                "INSERT OR REPLACE INTO predictions VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    model_id,
                    content_hash,
                    answer.label,
                    answer.confidence,
                    answer.entropy,
                    json.dumps([[top.label, top.confidence] for top in answer.top3]),
                    np.ascontiguousarray(logit, dtype="<f4").tobytes(),
                    np.ascontiguousarray(embedding, dtype="<f4").tobytes(),
                ],
            )
        bump_revision(db)


def scored_hashes(db: Database, model_id: str) -> set[str]:
    """Content hashes this model has answered."""
    rows = db.query("SELECT content_hash FROM predictions WHERE model_id = ?", [model_id])
    return {row["content_hash"] for row in rows}


def load_predictions(db: Database, model_id: str) -> pd.DataFrame:
    """tables.PREDICTIONS of one model."""
    rows = list(
        db.query(
            "SELECT content_hash, answer, confidence, entropy, top3 FROM predictions "
            "WHERE model_id = ? ORDER BY content_hash",
            [model_id],
        )
    )
    table = pd.DataFrame(
        rows, columns=["content_hash", "answer", "confidence", "entropy", "top3"]
    ).astype({"content_hash": "str", "answer": "str", "confidence": float, "entropy": float})
    table["top3"] = pd.Series([json.loads(text) for text in table["top3"]], dtype=object)
    return table


def load_vectors(
    db: Database, model_id: str, column: str, content_hashes: Iterable[str]
) -> NDArray[np.float32]:
    """
    The stored logits or embeddings of the given pictures, in their order.

    Args:
        column: "logits" or "embedding".

    Returns:
        Shape (n, n_classes) or (n, n_features); (0, 0) for no pictures.

    Raises:
        KeyError: a picture has not been scored by this model.
    """
    if column not in ("logits", "embedding"):
        raise ValueError(f"column must be 'logits' or 'embedding', got {column!r}")
    asked = list(content_hashes)
    query = f"SELECT content_hash, {column} FROM predictions WHERE model_id = ?"
    few = sorted(set(asked)) if len(asked) <= MOST_NAMED else []
    if few:
        query += f" AND content_hash IN ({','.join('?' * len(few))})"
    stored: dict[str, Any] = {
        row["content_hash"]: row[column] for row in db.query(query, [model_id, *few])
    }
    vectors = [np.frombuffer(stored[content_hash], dtype="<f4") for content_hash in asked]
    return np.stack(vectors) if vectors else np.empty((0, 0), dtype=np.float32)
