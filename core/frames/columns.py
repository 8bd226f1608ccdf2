"""Which column of a metadata table holds the paths, labels, times and cameras."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import PureWindowsPath
from typing import Any

import pandas as pd

from core.errors import MetadataError
from core.frames.listing import SUFFIXES
from core.frames.times import parse_times

SAMPLE = 1000  # rows a guess looks at

_PATH_NAMES = (
    *("path", "filepath", "imagepath", "file", "filename", "image", "imagename", "imagefile"),
    *("frame", "picture", "photo", "img", "name", "datei", "bild", "pfad"),
)
_LABEL_NAMES = (
    *("label", "truelabel", "groundtruth", "class", "classname", "classlabel", "target"),
    *("category", "categoryname", "klasse", "kategorie"),
)
_TIME_NAMES = (
    *("takenat", "datetimeoriginal", "datetime", "timestamp", "capturetime", "capturedat"),
    *("datecaptured", "capturedate"),
    *("time", "createdat", "recordedat", "date", "zeitstempel", "zeitpunkt", "zeit", "datum"),
)
_CAMERA_NAMES = (
    *("camera", "cameraid", "cameraname", "cam", "camid", "kamera"),
    *("device", "deviceid", "devicename", "sensor", "sensorid"),
)
_DAY_NAMES = ("date", "day", "datum", "tag")
_CLOCK_NAMES = ("time", "clock", "timeofday", "uhrzeit", "zeit")


def is_picture_name(text: str) -> bool:
    """Whether the text ends like a picture file, with slashes or backslashes before."""
    return PureWindowsPath(text).suffix.lower() in SUFFIXES


def path_column(table: pd.DataFrame) -> str:
    """
    Of the columns with most picture files, the one with the best name, then most different cells.

    Raises:
        MetadataError: no cell is a picture file.
    """
    share = {name: _share(is_picture_name, _sample(table[name])) for name in table.columns}
    best = max(share.values())
    if best == 0:
        raise MetadataError(
            f"No column names pictures (as cam1/0001.jpg). Found: {', '.join(table.columns)}. "
            "Add a column 'path' with each picture's path."
        )
    likely = [name for name in table.columns if share[name] >= best / 2]
    ranks = {name: rank for rank, name in enumerate(_PATH_NAMES)}
    return min(
        likely, key=lambda name: (ranks.get(_plain(name), len(ranks)), -table[name].nunique())
    )


def label_column(table: pd.DataFrame) -> str | None:
    """The column named most like a label."""
    return next(iter(_named(table, _LABEL_NAMES)), None)


def camera_column(table: pd.DataFrame) -> str | None:
    """The column named most like a camera."""
    return next(iter(_named(table, _CAMERA_NAMES)), None)


def time_columns(table: pd.DataFrame) -> tuple[str, ...]:
    """
    The column named like a time whose cells are times; or a day's and a clock's column together.

    Empty if there is none: a day without its time of day is no time.
    """
    for name in _named(table, _TIME_NAMES):
        if _holds_times(table[name]):
            return (name,)
    for day in _named(table, _DAY_NAMES):
        for clock in _named(table, _CLOCK_NAMES):
            if day != clock and _holds_times(table[day] + " " + table[clock]):
                return (day, clock)
    return ()


def untimely_columns(table: pd.DataFrame) -> list[str]:
    """Columns named like a time whose cells are none."""
    return [name for name in _named(table, _TIME_NAMES) if not _holds_times(table[name])]


def _named(table: pd.DataFrame, names: Sequence[str]) -> list[str]:
    """The columns called by one of the names that hold anything, in the order of the names."""
    called = [name for name in table.columns if _plain(name) in names and any(table[name])]
    return sorted(called, key=lambda name: names.index(_plain(name)))


def _plain(name: str) -> str:
    return "".join(filter(str.isalnum, name.casefold()))


def _holds_times(column: pd.Series[str]) -> bool:
    return _share(bool, parse_times(_sample(column))) >= 0.5


def _sample(column: pd.Series[str]) -> list[str]:
    return [text for text in column.head(SAMPLE) if text]


def _share(holds: Callable[[Any], bool], values: Sequence[object]) -> float:
    return sum(map(holds, values)) / len(values) if values else 0.0
