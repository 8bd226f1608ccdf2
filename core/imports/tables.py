"""Labels in a table: CSV of any program, and the tables Fieldcheck exports."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import pandas as pd

from core.errors import MetadataError
from core.frames.columns import label_column, path_column
from core.frames.csv_rows import read_csv_rows
from core.imports.rows import LabelFile, LabelRow, digest_of, file_bytes, text_of

OURS = frozenset({"content_hash", "label_now"})
_ANNOTATORS = ("reviewer", "annotator", "labeler", "labeller", "user", "completed_by")


def read_csv_labels(path: Path) -> LabelFile:
    """
    The labels of a CSV; of ours letter for letter, of others with columns guessed.

    Raises:
        MetadataError: it cannot be read, or has no column of pictures or labels.
    """
    content = file_bytes(path)
    own = _own_rows(content)
    if own is not None:
        header, lines = own
    else:
        header, *lines = [cells for _, cells in read_csv_rows(path).rows]
    rows = [dict(zip(header, cells, strict=False)) for cells in lines]
    return _labels(path.name, digest_of(content), header, rows)


def read_json_lines_labels(path: Path) -> LabelFile:
    """
    The labels of a table in JSON Lines; a line that cannot be read costs that line.

    Raises:
        MetadataError: it cannot be read, or no line is an object.
    """
    content = file_bytes(path)
    rows: list[dict[str, Any]] = []
    problems = []
    for number, line in enumerate(content.split(b"\n"), start=1):
        try:
            row = json.loads(line) if line.strip() else None
        except (ValueError, RecursionError) as error:
            problems.append(f"line {number}: {error}")
            row = None
        rows.append(row if isinstance(row, dict) else {})
    header = list(dict.fromkeys(str(key) for row in rows for key in row))
    return _labels(path.name, digest_of(content), header, rows, problems)


def read_parquet_labels(path: Path) -> LabelFile:
    """
    The labels of a Parquet table.

    Raises:
        MetadataError: it cannot be read, or has no column of pictures or labels.
    """
    content = file_bytes(path)
    try:
        table = pd.read_parquet(BytesIO(content), engine="pyarrow")
    except Exception as error:  # pyarrow's own errors have no common base
        raise MetadataError(f"{path.name} is no readable Parquet file ({error}).") from error
    plain = table.astype(object).where(table.notna(), None)
    rows = [{str(key): value for key, value in row.items()} for row in plain.to_dict("records")]
    return _labels(path.name, digest_of(content), [str(name) for name in table.columns], rows)


def _own_rows(content: bytes) -> tuple[list[str], list[list[str]]] | None:
    """Header and rows of a table Fieldcheck wrote, nothing stripped; None for any other."""
    try:
        text = content.decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(text, newline="")))
    except (UnicodeDecodeError, csv.Error):
        return None
    return (rows[0], rows[1:]) if rows and set(rows[0]) >= OURS else None


def _labels(
    name: str,
    digest: str,
    header: Sequence[str],
    rows: Sequence[dict[str, Any]],
    problems: Iterable[str] = (),
) -> LabelFile:
    labels, paths = _columns(name, header, rows)
    annotator = next((one for one in _ANNOTATORS if one in header), None)
    found = [
        LabelRow(
            number,
            _names(row, paths),
            text_of(row.get(labels)),
            content_hash=text_of(row.get("content_hash")),
            annotator=text_of(row.get(annotator)) if annotator else None,
            is_reviewed=labels != "label_now" or text_of(row.get(labels)) is not None,
        )
        for number, row in enumerate(rows, start=1)
        if any(text_of(value) for value in row.values())
    ]
    return LabelFile(name, digest, tuple(found), tuple(problems))


def _columns(
    name: str, header: Sequence[str], rows: Sequence[dict[str, Any]]
) -> tuple[str, str | None]:
    if not header:
        raise MetadataError(f"{name} holds no table. It needs a header and one row a picture.")
    table = pd.DataFrame(
        [[_plain(row.get(one)) for one in dict.fromkeys(header)] for row in rows],
        columns=[_plain(one) for one in dict.fromkeys(header)],
        dtype="str",
    )
    labels = "label_now" if "label_now" in header else label_column(table)
    if labels is None:
        raise MetadataError(
            f"{name} has no column of labels; it has {', '.join(header[:8])}. Name the one with "
            "the classes 'label'."
        )
    if "path" in header or "content_hash" in header:
        return labels, "path" if "path" in header else None
    return labels, path_column(table)


def _plain(value: object) -> str:
    """As text for guessing columns; half letters (lone surrogates) become question marks."""
    return (text_of(value) or "").encode("utf-8", "replace").decode("utf-8")


def _names(row: dict[str, Any], column: str | None) -> tuple[str, ...]:
    path = text_of(row.get(column)) if column else None
    if path is None:
        return ()
    folder = text_of(row.get("folder"))
    return (f"{folder}/{path}", path) if folder in ("field", "reference") else (path,)
