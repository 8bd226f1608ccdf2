"""Text tables as people's programs write them: bytes to rows of cells."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from core.errors import MetadataError

SEPARATORS = (",", ";", "\t", "|")
_EMPTY = "The table is empty. It needs a header and one row per picture."
_HEAD = 1 << 16  # characters the separator is guessed from
_NOT_TABLES = {
    b"PK\x03\x04": "an Excel workbook or a ZIP archive",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"SQLite format 3": "a database",
    b"PAR1": "a Parquet file",
    b"%PDF": "a PDF document",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"{": "a JSON file",
    b"[": "a JSON file",
    b"<": "a web page",
}

Row = tuple[int, list[str]]
"""A row's last line in the file, and its cells."""


class CsvRows(NamedTuple):
    """Rows that hold anything, cells stripped, and how they were read."""

    rows: list[Row]
    separator: str
    encoding: str  # Python's name
    notes: list[str]  # what was odd


def read_csv_rows(path: Path) -> CsvRows:
    """
    The rows of a CSV file, its encoding and separator guessed.

    Raises:
        MetadataError: missing, empty, or not a table as text.
    """
    text, encoding = _decoded(_file_bytes(path))
    text, announced = _announced_separator(text)
    separator = announced or _guessed_separator(text)
    rows, notes = _rows(text, separator)
    if not rows:
        raise MetadataError(_EMPTY)
    return CsvRows(rows, separator, encoding, notes)


def _file_bytes(path: Path) -> bytes:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise MetadataError(
            f"The table {path} could not be opened ({error.strerror}). Check that it is there."
        ) from error
    if not data.strip():
        raise MetadataError(_EMPTY)
    for magic, kind in _NOT_TABLES.items():
        if data.startswith(magic):
            raise MetadataError(f"This is {kind}, not a table as text. Save it as CSV.")
    return data


def _decoded(data: bytes) -> tuple[str, str]:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings: tuple[str, ...] = ("utf-16",)
    elif 3 * data[:200].count(0) > len(data[:200]):  # UTF-16 without its mark
        encodings = ("utf-16-le",) if data[1] == 0 else ("utf-16-be",)
    else:
        encodings = ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not re.search(r"[\0-\x08\x0e-\x1f]", text):
            return text, encoding
    raise MetadataError("The file holds no readable text. Save the table as CSV in UTF-8.")


def _announced_separator(text: str) -> tuple[str, str | None]:
    """Excel's first line "sep=;" emptied, and its separator."""
    match = re.match(r"sep=(.)(?=\r?\n)", text)
    return (text[match.end() :], match[1]) if match else (text, None)


def _guessed_separator(text: str) -> str:
    """The separator that cuts the header into most parts and most rows into as many."""
    head = text if len(text) <= _HEAD else text[:_HEAD].rpartition("\n")[0]

    def fitness(separator: str) -> float:
        widths = [len(cells) for _, cells in _rows(head, separator)[0]]
        return (widths[0] - 1) * widths.count(widths[0]) / len(widths) if widths else 0.0

    return max(SEPARATORS, key=fitness)


def _rows(text: str, separator: str) -> tuple[list[Row], list[str]]:
    """Rows that hold anything, cells stripped; and a note if the quotation marks do not match."""
    try:
        return list(_parsed(text, separator, is_strict=True)), []
    except csv.Error as error:
        problem = str(error)
    # A mark never closed would swallow the rest of the file, so marks mean nothing then.
    is_literal = "expected after" not in problem
    note = f"Quotation marks do not match ({problem}); check the rows that hold any."
    try:
        return list(_parsed(text, separator, is_literal=is_literal)), [note]
    except csv.Error as error:
        raise MetadataError(
            f"The table's rows cannot be told apart ({error}). Save it as CSV."
        ) from error


def _parsed(
    text: str,
    separator: str,
    *,
    is_strict: bool = False,
    is_literal: bool = False,
) -> Iterator[Row]:
    reader = csv.reader(
        io.StringIO(text, newline=""),
        delimiter=separator,
        strict=is_strict,
        quoting=csv.QUOTE_NONE if is_literal else csv.QUOTE_MINIMAL,
    )
    for row in reader:
        cells = [cell.strip() for cell in row]
        if any(cells):
            yield reader.line_num, cells
