"""The readers of labels by name, and which one a file wants."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from core.errors import MetadataError
from core.imports.class_folders import read_class_folders
from core.imports.coco import read_coco_labels
from core.imports.fiftyone import read_fiftyone
from core.imports.label_studio import read_label_studio
from core.imports.rows import LabelFile
from core.imports.tables import read_csv_labels, read_json_lines_labels, read_parquet_labels

READERS: dict[str, Callable[[Path], LabelFile]] = {
    "csv": read_csv_labels,
    "jsonl": read_json_lines_labels,
    "parquet": read_parquet_labels,
    "coco": read_coco_labels,
    "label-studio": read_label_studio,
    "fiftyone": read_fiftyone,
    "class-folders": read_class_folders,
}
"""Name: file or folder to rows. Contract: a bad row costs that row."""

_SUFFIXES = {".csv": "csv", ".tsv": "csv", ".txt": "csv", ".jsonl": "jsonl", ".parquet": "parquet"}
_IN_FOLDER = {
    "samples.json": "fiftyone", "labels.json": "coco", "tasks.json": "label-studio",
    "training.jsonl": "jsonl",
}  # fmt: skip


def read_labels(path: Path, format_name: str | None = None) -> LabelFile:
    """
    The labels in a file or folder, its format guessed unless named.

    Raises:
        MetadataError: there is nothing there, no such format, or it cannot be read as one.
    """
    if not path.exists():
        raise MetadataError(f"There is nothing at {path}. Check the path.")
    if format_name is not None and format_name not in READERS:
        raise MetadataError(
            f"There is no format '{format_name}' to bring in. There are: {', '.join(READERS)}."
        )
    name = format_name or guessed(path)
    if path.is_dir() and name == "jsonl":
        path = path / "training.jsonl"
    return READERS[name](path)


def guessed(path: Path) -> str:
    """
    The format a file or folder seems to be in.

    Raises:
        MetadataError: it seems to be in none.
    """
    if path.is_dir():
        return next(
            (name for file, name in _IN_FOLDER.items() if (path / file).is_file()), "class-folders"
        )
    if path.suffix.lower() in _SUFFIXES:
        return _SUFFIXES[path.suffix.lower()]
    try:
        data = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise MetadataError(
            f"{path.name} is neither a table nor readable JSON. Bring in CSV, or the JSON of "
            "COCO, Label Studio or FiftyOne."
        ) from error
    if isinstance(data, list):
        return "label-studio"
    return "fiftyone" if isinstance(data, dict) and "samples" in data else "coco"
