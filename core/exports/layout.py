"""
What a folder format is: where each picture goes, and what is written beside the pictures.

Both are pure: the table in, names and bytes out. Writing them whole, stopping and going on is the
same for all and lies in `folder`.

The table has one row a picture, and these columns among others:

picture      a flat file name that any system can hold, unique in the table
class_name   what the picture shows as far as is known, None where nobody knows
is_reviewed  whether a person decided it
locked       whether a locked test set holds it
clip         the unit of evidence
width, height  px, upright
placed       where its picture went (documents only)
and those of the export: folder, path, content_hash, label_before, label_now, decision, hard_case,
tags, note, reviewer, reviewed_at, answer, leaning, confidence, camera, taken_at, model_id.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from core.exports.csv_table import csv_bytes

Row = dict[str, Any]
Place = Callable[[pd.DataFrame, int], list[str]]
"""place(table, seed): where each row's picture goes, POSIX, relative; "" takes no picture along."""
Documents = Callable[[pd.DataFrame, tuple[str, ...]], Mapping[str, bytes]]
"""documents(table, classes of the model): file name to content."""


@dataclass(frozen=True, slots=True)
class FolderFormat:
    """One way to hand pictures over."""

    place: Place
    documents: Documents
    needs_class: bool  # a picture nobody knows the class of has no place in it
    is_learnt_from: bool  # locked frames stay out


PROVENANCE = (
    "folder", "path", "content_hash", "class_name", "label_before", "label_now", "decision",
    "is_reviewed", "hard_case", "tags", "note", "reviewer", "reviewed_at", "answer", "leaning",
    "confidence", "camera", "taken_at", "clip", "locked", "model_id",
)  # fmt: skip
"""What the manifest says of each picture beside its file."""


def rows_of(table: pd.DataFrame) -> list[Row]:
    """The rows as plain Python values; what is missing is None."""
    plain = table.astype(object).where(table.notna(), None)
    return [
        {str(key): value.item() if hasattr(value, "item") else value for key, value in row.items()}
        for row in plain.to_dict("records")
    ]


def json_bytes(data: Any) -> bytes:
    """JSON for programs; ASCII, so that nothing in it can be misread or lost."""
    return (json.dumps(data, indent=1, allow_nan=False) + "\n").encode("ascii")


def class_list(table: pd.DataFrame, classes: tuple[str, ...]) -> list[str]:
    """The model's classes in order, then the others the table names, sorted."""
    named = {str(name) for name in table["class_name"].dropna()}
    return [*classes, *sorted(named - set(classes))]


def classes_csv(table: pd.DataFrame) -> bytes:
    """classes.csv: which folder stands for which class."""
    pairs = {
        str(row["class_name"]): str(row["placed"]).split("/")[-2]
        for row in table[["class_name", "placed"]].to_dict("records")
    }
    rows = sorted(pairs.items())
    return csv_bytes(pd.DataFrame(rows, columns=["class_name", "folder_name"], dtype="str"))


def of_row(row: Row) -> Row:
    """What a program may want to know of one picture, and what an import needs."""
    return {name: row[name] for name in PROVENANCE}
