"""
Columns that slices can cut by, derived from a frame's time, its camera and its picture.

Pure: a table in, the same table with more columns out. What is not known is missing, never guessed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.settings import SETTINGS
from core.tables import QUALITY

DERIVED: dict[str, str] = {
    "hour": "Hour",
    "hour_block": "Time of day",
    "day_night": "Day or night",
    "day": "Day",
    "weekday": "Weekday",
    "month": "Month",
    "season": "Season",
    "picture_light": "Light in the picture",
    "brightness_third": "Brightness",
    "contrast_third": "Contrast",
    "sharpness_third": "Sharpness",
    "noise_third": "Noise",
    "warmth_third": "Colour of the light",
    "jpeg_third": "JPEG quality",
    "resolution_third": "Resolution",
}
"""Column added by `with_derived_columns`: its everyday title."""

FEW_VALUES = 3
"""A measure of so few different values is shown as it is, not cut in thirds."""

_BLOCKS = ((6, 10, "morning"), (10, 14, "midday"), (14, 18, "afternoon"), (18, 22, "evening"))
_SEASONS = ("winter", "spring", "summer", "autumn")  # December begins the northern winter
_SMALLEST_THIRD, _LARGEST_THIRD = 0.2, 0.5  # shares; beyond them "third" would be untrue


@dataclass(frozen=True, slots=True)
class _Cut:
    """A measure cut in three, its ends in words: ("darkest", "brightest"), ("darker", ...)."""

    source: str
    ends: tuple[str, str]
    halves: tuple[str, str]


_CUTS: dict[str, _Cut] = {
    "brightness_third": _Cut("brightness", ("darkest", "brightest"), ("darker", "brighter")),
    "contrast_third": _Cut("contrast", ("flattest", "starkest"), ("flatter", "starker")),
    "sharpness_third": _Cut("sharpness", ("least sharp", "sharpest"), ("less sharp", "sharper")),
    "noise_third": _Cut("noise", ("smoothest", "noisiest"), ("smoother", "noisier")),
    "warmth_third": _Cut("warmth", ("bluest", "reddest"), ("bluer", "redder")),
    "jpeg_third": _Cut("jpeg_quality", ("lowest", "highest"), ("lower", "higher")),
    "resolution_third": _Cut("pixels", ("smallest", "largest"), ("smaller", "larger")),
}


def with_derived_columns(
    frames: pd.DataFrame,
    *,
    day_hours: tuple[int, int] = (SETTINGS.day_begins, SETTINGS.day_ends),
    is_southern: bool = False,
) -> pd.DataFrame:
    """
    The frames with every column of DERIVED, each text or missing.

    Thirds are those of the field frames, or of all if there are none; other frames fall into the
    same cuts. A measure that does not differ gives a column that is missing throughout.

    Args:
        frames: folder, taken_at, width, height of tables.FRAMES and the measures of
            tables.QUALITY (nan where a frame was not measured).
        day_hours: the hours, 0..24, between which it is day; (20, 6) is read as over midnight.
        is_southern: seasons are those of the southern half of the earth.
    """
    return frames.assign(
        **_clock_columns(frames["taken_at"], day_hours),
        **_calendar_columns(frames["taken_at"], is_southern=is_southern),
        **_picture_columns(frames),
    )


def _clock_columns(
    taken_at: pd.Series[pd.Timestamp], day_hours: tuple[int, int]
) -> dict[str, pd.Series[str]]:
    hours = taken_at.dt.hour
    blocks = dict.fromkeys(range(24), "night (22–6)")
    for begins, ends, name in _BLOCKS:
        blocks |= dict.fromkeys(range(begins, ends), f"{name} ({begins}–{ends})")
    begins, ends = day_hours
    day = set(range(begins, ends)) if begins <= ends else {*range(begins, 24), *range(ends)}
    names = {
        hour: f"day ({begins}–{ends})" if hour in day else f"night ({ends}–{begins})"
        for hour in range(24)
    }
    return {
        "hour": _text(taken_at.dt.strftime("%H:00")),
        "hour_block": _text(hours.map(blocks)),
        "day_night": _text(hours.map(names)),
    }


def _calendar_columns(
    taken_at: pd.Series[pd.Timestamp], *, is_southern: bool
) -> dict[str, pd.Series[str]]:
    shift = 2 if is_southern else 0
    seasons = {month: _SEASONS[(month % 12 // 3 + shift) % 4] for month in range(1, 13)}
    return {
        "day": _text(taken_at.dt.strftime("%Y-%m-%d")),
        "weekday": _text(taken_at.dt.day_name()),
        "month": _text(taken_at.dt.month_name() + " " + taken_at.dt.strftime("%Y")),
        "season": _text(taken_at.dt.month.map(seasons)),
    }


def _picture_columns(frames: pd.DataFrame) -> dict[str, pd.Series[str]]:
    field = frames["folder"] == "field"
    counted = field if field.any() else ~field
    measures = frames.assign(pixels=frames["width"] * frames["height"])
    columns = {
        name: _thirds(measures[cut.source], counted=counted, cut=cut) for name, cut in _CUTS.items()
    }
    columns["jpeg_third"] = _jpeg(frames, columns["jpeg_third"], counted)
    sizes = _sizes(frames)
    if sizes[counted].nunique() <= FEW_VALUES:
        columns["resolution_third"] = sizes
    dark = frames["brightness"] < SETTINGS.dark_picture
    light = pd.Series(np.where(dark, "dark picture", "light picture"), frames.index, dtype="str")
    columns["picture_light"] = light.where(frames["brightness"].notna())
    return columns


def _thirds(values: pd.Series[float], *, counted: pd.Series[bool], cut: _Cut) -> pd.Series[str]:
    """
    "darkest third", "middle third", "brightest third"; equal values always share one.

    Where ties leave no fair thirds, "darker part" and "brighter part"; missing where the counted
    values do not differ.
    """
    known, counts = np.unique(values[counted].dropna().to_numpy(dtype=float), return_counts=True)
    if len(known) < 2:
        return pd.Series(None, index=values.index, dtype="str")
    shares = counts.cumsum()[:-1] / counts.sum()  # of frames up to each value but the last
    cuts = [int(np.abs(shares - target).argmin()) for target in (1 / 3, 2 / 3)]
    first, second = shares[cuts]
    sizes = (first, second - first, 1 - second)
    if min(sizes) >= _SMALLEST_THIRD and max(sizes) <= _LARGEST_THIRD:
        names = [f"{cut.ends[0]} third", "middle third", f"{cut.ends[1]} third"]
    else:
        cuts = [int(np.abs(shares - 0.5).argmin())]
        names = [f"{half} part" for half in cut.halves]
    which = np.searchsorted(known[cuts], values.to_numpy())  # equal to a cut: below it
    words = pd.Series(np.array(names, dtype=object)[which.clip(max=len(names) - 1)], values.index)
    return _text(words.where(values.notna()))


def _jpeg(frames: pd.DataFrame, thirds: pd.Series[str], counted: pd.Series[bool]) -> pd.Series[str]:
    """JPEG quality as it is where few values occur; other formats by name if both occur."""
    quality, is_measured = frames["jpeg_quality"], frames["brightness"].notna()
    if quality[counted].nunique() <= FEW_VALUES:
        thirds = _text("quality " + quality.astype("Int64").astype("string"))
    if quality[counted].notna().any():
        thirds = thirds.mask(is_measured & quality.isna(), "not a JPEG")
    return thirds


def _sizes(frames: pd.DataFrame) -> pd.Series[str]:
    """ "640 × 480", the longer side first: a turned camera has the same resolution."""
    longer = frames[["width", "height"]].max(axis=1).astype("str")
    shorter = frames[["width", "height"]].min(axis=1).astype("str")
    return _text(longer + " × " + shorter)


def _text(values: pd.Series[str]) -> pd.Series[str]:
    return values.astype("object").where(values.notna(), None).astype("str")


COMPUTED = (*DERIVED, *(name for name in QUALITY if name != "content_hash"))
"""Columns of the frames table that come from here or from measuring; metadata cannot have them."""
