"""What a name pattern says of many frames: columns, a preview, and the names it does not fit."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import pandas as pd

from core.frames.metadata import MetadataTable, overridden
from core.frames.patterns import NamePattern, readings
from core.frames.times import parse_time

PREVIEWED = 10
PATH = "file path"  # of the tables here; with its space no placeholder has this name
_DAY_PARTS, _CLOCK_PARTS = {"year", "month", "day"}, {"hour", "minute"}
_MOMENT_PARTS = {"taken_at", "date", "time", "second", *_DAY_PARTS, *_CLOCK_PARTS}


@dataclass(frozen=True, slots=True)
class PatternResult:
    """Frames with what their names say, and the names that say nothing."""

    frames: pd.DataFrame
    unfitting: list[str]  # paths the pattern does not fit
    unclear: list[str]  # paths it fits in more than one way


@dataclass(frozen=True, slots=True)
class PatternPreview:
    """What a pattern would give, before it is chosen."""

    table: pd.DataFrame  # PATH and one column a fact, for up to ten pictures spread over all
    of: int
    unfitting: list[str]
    unclear: list[str]

    @property
    def fitting(self) -> int:
        """Pictures whose names it reads."""
        return self.of - len(self.unfitting) - len(self.unclear)


def apply_pattern(frames: pd.DataFrame, pattern: NamePattern) -> PatternResult:
    """
    The frames with the pattern's columns: camera, taken_at and label, or any other name.

    What a name says goes before what was known of the frame; a name that says nothing changes
    nothing. Names the product's own tables use get "meta_" before them.

    Args:
        frames: columns folder, path, camera, taken_at and label of tables.FRAMES.
    """
    paths = frames["path"].tolist()
    rows, unfitting, unclear = _rows(pattern, paths)
    rows = rows.set_axis(frames.index)
    table = MetadataTable(
        rows.fillna(""),
        separator="",
        encoding="",
        path=PATH,
        label="label" if "label" in rows else None,
        taken_at="taken_at" if "taken_at" in rows else None,
        camera="camera" if "camera" in rows else None,
    )
    joined, _ = overridden(frames, rows, table)
    return PatternResult(joined, unfitting, unclear)


def preview_pattern(pattern: NamePattern, paths: Sequence[str]) -> PatternPreview:
    """What the pattern would give for the paths (POSIX, below one frames folder)."""
    rows, unfitting, unclear = _rows(pattern, paths)
    spread = range(0, len(paths), max(1, -(-len(paths) // PREVIEWED)))
    shown = rows.iloc[list(spread)].reset_index(drop=True)
    return PatternPreview(shown, len(paths), unfitting, unclear)


def _rows(pattern: NamePattern, paths: Sequence[str]) -> tuple[pd.DataFrame, list[str], list[str]]:
    """One row a path: PATH and the columns, missing where the name says nothing."""
    tells_moment = _tells_moment(set(pattern.names))
    columns = [name for name in pattern.names if not (tells_moment and name in _MOMENT_PARTS)]
    unfitting: list[str] = []
    unclear: list[str] = []
    rows: list[dict[str, str | None]] = []
    for path in paths:
        found = readings(pattern, path)
        if len(found) != 1:
            (unclear if found else unfitting).append(path)
        said = dict(found[0]) if len(found) == 1 else {}
        moment = {"taken_at": moment_of(said)} if tells_moment else {}
        rows.append({PATH: path} | {name: said.get(name) for name in columns} | moment)
    names = [PATH, *columns, *(["taken_at"] if tells_moment else [])]
    return pd.DataFrame(rows, columns=names, dtype="str"), unfitting, unclear


def _tells_moment(names: set[str]) -> bool:
    has_day = "date" in names or names >= _DAY_PARTS
    has_clock = "time" in names or names >= _CLOCK_PARTS
    return "taken_at" in names or (has_day and has_clock)


def moment_of(said: dict[str, str]) -> str | None:
    """
    The moment a reading tells, as ISO text; None without a day and an hour.

    Args:
        said: placeholder: text.
    """
    if "taken_at" in said:
        return _iso(_taken_at(said["taken_at"]))
    day = said.get("date")
    if day is None and {"year", "month", "day"} <= said.keys():
        day = f"{said['year']}-{said['month']}-{said['day']}"
    clock = said.get("time")
    if clock is None and {"hour", "minute"} <= said.keys():
        clock = f"{said['hour']:0>2}:{said['minute']}:{said.get('second', '00')}"
    if day is None or clock is None:
        return None
    return _iso(f"{_spaced(day, (4, 2, 2), '-')} {_spaced(clock, (2, 2, 2), ':')}")


def _taken_at(text: str) -> str:
    if re.fullmatch(r"\d{10}|\d{13}", text):
        return text
    digits = re.sub(r"\D", "", text)
    return f"{_spaced(digits[:8], (4, 2, 2), '-')} {_spaced(digits[8:], (2, 2, 2), ':')}"


def _spaced(text: str, widths: tuple[int, ...], separator: str) -> str:
    """ "20260302" as "2026-03-02"; text that has separators of its own is cut at them."""
    pieces = re.split(r"\D", text)
    if len(pieces) == 1:
        edges = [sum(widths[:n]) for n in range(len(widths) + 1)]
        pieces = [text[a:b] for a, b in pairwise(edges) if text[a:b]]
    return separator.join(pieces)


def _iso(text: str) -> str | None:
    moment = parse_time(text)
    return moment.isoformat() if moment else None
