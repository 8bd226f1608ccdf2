"""Metadata tables: what a CSV says about the frames, joined by path."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path

import pandas as pd

from core import tables
from core.frames.columns import (
    camera_column,
    is_picture_name,
    label_column,
    path_column,
    time_columns,
    untimely_columns,
)
from core.frames.csv_rows import Row, read_csv_rows
from core.frames.times import has_slashed_date, is_month_first, parse_times
from core.records import Folder

_RESERVED = {*tables.FRAMES, *tables.PREDICTIONS}


@dataclass(frozen=True, slots=True)
class MetadataTable:
    """
    A table and what was guessed about it, to be shown and, by `dataclasses.replace`, corrected.

    `label`, `taken_at` and `camera` are column names, or None if no column looks like it.
    """

    frame: pd.DataFrame  # by line of the file; every column str, cells stripped, "" where empty
    separator: str
    encoding: str  # Python's name
    path: str
    label: str | None = None
    taken_at: str | None = None
    camera: str | None = None
    notes: tuple[str, ...] = ()  # what was odd


@dataclass(frozen=True, slots=True)
class JoinResult:
    """Frames with their metadata, and what found no partner."""

    frames: pd.DataFrame
    rows_without_frame: list[str]  # paths as the table writes them
    frames_without_row: list[str]  # "field/…" or "reference/…", then the path in that folder
    folders_without_row: list[Folder]  # of whose frames no row names one; not listed one by one
    repeated_rows: list[str]  # paths of rows that name a frame an earlier row named
    unread_times: list[str]  # texts in the time column that are no time


def read_metadata(path: Path) -> MetadataTable:
    """
    The table of a CSV file, its separator, encoding and columns guessed.

    The path column is the one whose cells look most like picture files. Where a day and a time of
    day stand in two columns, a joined one is added and taken for the time.

    Raises:
        MetadataError: missing, empty, not a text table, or no column names pictures.
    """
    read = read_csv_rows(path)
    frame, notes = _tabled(read.rows)
    others = frame.drop(columns=[paths := path_column(frame)])
    taken_at = None
    if columns := time_columns(others):
        taken_at = columns[0]
        if len(columns) > 1:
            taken_at = unused(" ".join(columns), frame.columns)
            frame[taken_at] = frame[columns[0]] + " " + frame[columns[1]]
        notes += slash_notes(frame[taken_at])
    else:
        notes += [
            f"Column '{name}' is not used as time: it does not hold days with times of day."
            for name in untimely_columns(others)
        ]
    return MetadataTable(
        frame,
        read.separator,
        read.encoding,
        path=paths,
        label=label_column(others),
        taken_at=taken_at,
        camera=camera_column(others),
        notes=(*read.notes, *notes),
    )


def join_metadata(
    frames: pd.DataFrame,
    table: MetadataTable,
    *,
    csv_folder: Path,
    folders: dict[Folder, Path],
) -> JoinResult:
    """
    The frames with the table's columns, each row joined to the frame its path names.

    A path is taken relative to the CSV's folder, else to each frames folder in turn; absolute
    paths count if they lie in a frames folder. Backslashes are read as slashes if nothing fits
    otherwise. A folder that no row names a frame of is told once, not frame by frame: tables
    often describe the field only. Label, time and camera of the table go before those in
    `frames` where they are not empty. The other columns keep their names, or get "meta_" before
    names the product's own tables use. If two rows name one frame, the first counts.

    Args:
        frames: FRAMES columns; `clip` may be missing.
        folders: the frames folders that were indexed.
    """
    keys = list(zip(frames["folder"], frames["path"], strict=True))
    book = PathBook(keys, csv_folder, folders)
    row_of: dict[int, int] = {}  # the frame's position: the table's
    lonely: list[str] = []
    repeated: list[str] = []
    for row, (line, text) in enumerate(table.frame[table.path].items()):
        found = book.find(text)
        if found is None:
            lonely.append(text or f"(line {line}: no path)")
        elif found in row_of:
            repeated.append(text)
        else:
            row_of[found] = row

    partners = [row_of.get(position, -1) for position in range(len(frames))]
    rows = table.frame.reset_index(drop=True).replace("", None).reindex(partners)
    joined, unread = overridden(frames, rows.set_axis(frames.index), table)
    named = {keys[position][0] for position in row_of}
    unnamed = [folder for folder in folders if folder in {key[0] for key in keys} - named]
    without = [
        f"{folder}/{path}"
        for n, (folder, path) in enumerate(keys)
        if folder in named and n not in row_of
    ]
    return JoinResult(joined, lonely, without, unnamed, repeated, unread)


def slash_notes(times: pd.Series[str]) -> list[str]:
    slashed = [text for text in times if has_slashed_date(text)]
    first = "month" if is_month_first(slashed) else "day"
    return [f"Times such as {slashed[0]} are read with the {first} first."] if slashed else []


def _tabled(rows: list[Row]) -> tuple[pd.DataFrame, list[str]]:
    """The rows under their header, each indexed by its line in the file."""
    notes: list[str] = []
    header = rows[0][1]
    if any(is_picture_name(cell) for cell in header):
        notes.append("The table has no header; its columns were numbered.")
        header = [""] * len(header)
    else:
        rows = rows[1:]
    names: list[str] = []
    for number, name in enumerate(header, start=1):
        names.append(unused(name or f"column {number}", names))

    body = []
    for line, cells in rows:
        body.append((cells + [""] * len(names))[: len(names)])
        if any(cells[len(names) :]):
            notes.append(
                f"Line {line} has {len(cells)} cells, the header {len(names)}; "
                "those beyond are left out."
            )
    lines = [line for line, _ in rows]
    return pd.DataFrame(body, index=lines, columns=names, dtype="str"), notes


def unused(name: str, used: Container[str]) -> str:
    """The name, or "name (2)" and so on if it is used."""
    candidates = chain([name], (f"{name} ({n})" for n in count(2)))
    return next(candidate for candidate in candidates if candidate not in used)


class PathBook:
    """
    Where the frames are by the paths a table may write.

    Only names are compared, no file is touched, so no path leads out of the folders.
    """

    def __init__(
        self, keys: Sequence[tuple[str, str]], csv_folder: Path, folders: dict[Folder, Path]
    ) -> None:
        self.position = {(folder, _composed(path)): n for n, (folder, path) in enumerate(keys)}
        self.bases = _spellings(csv_folder)
        self.roots = [(name, root) for name, path in folders.items() for root in _spellings(path)]
        self.folders = tuple(folders)

    def find(self, text: str) -> int | None:
        """The position of the frame that the table's path names."""
        text = _composed(text)
        for spelling in (text, text.replace("\\", "/")):
            for place in self._places(spelling):
                if place in self.position:
                    return self.position[place]
        return None

    def _places(self, text: str) -> Iterator[tuple[str, str]]:
        for base in self.bases:
            full = os.path.normpath(os.path.join(base, text))  # noqa: PTH118 (text, no file)
            for folder, root in self.roots:
                if os.path.normcase(full).startswith(os.path.normcase(root)):
                    yield folder.value, _posix(full[len(root) :])
        for folder in self.folders:
            yield folder.value, _posix(os.path.normpath(text))


def _posix(path: str) -> str:
    return path.replace(os.sep, "/")


def _spellings(folder: Path) -> list[str]:
    """The folder's absolute path, as given and without links, ending in a separator."""
    given = os.path.abspath(folder)  # noqa: PTH100 (keeps links, as tables do)
    spellings = dict.fromkeys(_composed(path) for path in (given, str(folder.resolve())))
    return [os.path.join(path, "") for path in spellings]  # noqa: PTH118 (keeps the separator)


def _composed(text: str) -> str:
    """One spelling of accented letters; macOS writes names decomposed."""
    return unicodedata.normalize("NFC", text)


def overridden(
    frames: pd.DataFrame, rows: pd.DataFrame, table: MetadataTable
) -> tuple[pd.DataFrame, list[str]]:
    """
    Frames with the facts and columns of their rows, and the times not understood.

    Args:
        rows: the table's columns on the index of `frames`, missing where it says nothing.
    """
    joined = frames.copy()
    unread: list[str] = []
    if table.label:
        joined["label"] = rows[table.label].fillna(frames["label"]).astype("str")
    if table.camera:
        joined["camera"] = rows[table.camera].fillna(frames["camera"]).astype("str")
    if table.taken_at:
        texts = table.frame[table.taken_at].tolist()
        moments = dict(zip(texts, parse_times(texts), strict=True))
        unread = sorted(text for text, moment in moments.items() if text and moment is None)
        told = [moments.get(text) for text in rows[table.taken_at]]
        times = pd.Series(told, index=frames.index, dtype=tables.FRAMES["taken_at"])
        joined["taken_at"] = times.fillna(frames["taken_at"])

    taken = {table.path, table.label, table.camera, table.taken_at}
    for column in rows.columns:
        if column not in taken:
            name = f"meta_{column}" if column in _RESERVED else column
            joined[unused(name, joined.columns)] = rows[column]
    return joined, unread
