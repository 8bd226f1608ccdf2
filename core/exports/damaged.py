"""Damaged copies: their table of labels, made of nothing but the pictures of the manifest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from core.exports.csv_table import csv_bytes
from core.exports.folder import Placed
from core.exports.layout import json_bytes

LABELS = "labels.csv"
COLUMNS = ("file", "class_name", "damage", "seed", "folder", "path", "content_hash", "because")


def damaged_documents(pictures: Sequence[Placed]) -> Mapping[str, bytes]:
    """labels.csv for people, labels.json for programs (class names letter for letter)."""
    rows = [
        {
            "file": picture.file, "class_name": picture.facts.get("class_name"),
            "damage": picture.chain, "seed": picture.seed, "folder": picture.folder,
            "path": picture.path, "content_hash": picture.content_hash,
            "because": picture.facts.get("because", ""),
        }
        for picture in pictures
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    return {LABELS: csv_bytes(table), "labels.json": json_bytes(rows)}
