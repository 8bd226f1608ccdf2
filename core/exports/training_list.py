"""A list to train on: each picture's class, and how much it should count."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from core.exports.csv_table import csv_bytes
from core.exports.json_lines import json_lines_bytes

TELLING = 2.0
"""
How much more a relabelled or hard picture counts. Ours, a plain choice and not tuned: enough to be
noticed, too little to drown the rest. Both at once count once: they are often the same pictures.
"""

COLUMNS = (
    "folder", "path", "content_hash", "class_name", "weight", "factor", "clip_pictures", "why",
    "label_before", "label_now", "reviewer", "reviewed_at",
)  # fmt: skip


def nowhere(table: pd.DataFrame, _seed: int) -> list[str]:
    """The list takes no pictures along."""
    return [""] * len(table)


def list_documents(table: pd.DataFrame, _classes: tuple[str, ...]) -> Mapping[str, bytes]:
    """training.csv for people, training.jsonl for programs (class names letter for letter)."""
    weighted = with_weights(table)[list(COLUMNS)]
    return {
        "training.csv": csv_bytes(weighted),
        "training.jsonl": json_lines_bytes(weighted),
    }


def with_weights(table: pd.DataFrame) -> pd.DataFrame:
    """
    The table with weight, factor, clip_pictures and why.

    factor is TELLING for a picture whose label was changed or that is a hard case, else 1. It is
    divided by the number of the list's pictures in the same clip, so a burst of ten counts as one
    picture, and scaled so that the weights' mean is 1.
    """
    before = table["label_before"].fillna("")
    relabelled = table["label_now"].notna() & (table["label_now"].fillna("") != before)
    hard = table["hard_case"].astype(bool)
    factor = pd.Series(1.0, index=table.index).mask(relabelled | hard, TELLING)
    pictures = table.groupby("clip")["content_hash"].transform("size")
    share = factor / pictures
    why = [
        " and ".join(word for word, holds in (("relabelled", a), ("hard case", b)) if holds)
        or "as it is"
        for a, b in zip(relabelled, hard, strict=True)
    ]
    weight = (share / share.mean()).round(6) if len(table) else share
    return table.assign(weight=weight, factor=factor, clip_pictures=pictures, why=why)
