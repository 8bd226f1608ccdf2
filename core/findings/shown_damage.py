"""Which damage a frame shows, by what was measured of it and by its tags."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

TAIL = 0.025  # of the reference on each side; what 95 of 100 stay within is usual
LEAST_YARDSTICK = 20  # pictures; fewer say nothing about what is usual
UNMEASURED = (1.0, 3.0)  # severities for a damage only a tag names: mild to moderate


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure of picture quality that tells of one damage."""

    column: str  # of tables.QUALITY
    is_high: bool  # the damage raises it
    corruption: str
    unless: str = ""  # a damage that explains it already


MEASURES: dict[str, Measure] = {
    "dark": Measure("brightness", False, "low_light"),
    "bright": Measure("brightness", True, "brightness"),
    "flat": Measure("contrast", False, "field_fog", unless="dark"),
    "blurred": Measure("sharpness", False, "field_defocus"),
    "grainy": Measure("noise", True, "iso_noise", unless="dark"),
    "packed": Measure("jpeg_quality", False, "field_jpeg"),
}
"""Damage in a word: how it is measured and which corruption makes it."""

TAGS: dict[str, str] = {
    "fog": "field_fog", "mist": "field_fog", "haze": "field_fog", "nebel": "field_fog",
    "rain": "field_rain", "regen": "field_rain", "snow": "field_snow", "schnee": "field_snow",
    "dark": "low_light", "night": "low_light", "dusk": "low_light", "dunkel": "low_light",
    "blur": "field_defocus", "blurred": "field_defocus", "unscharf": "field_defocus",
    "motion": "field_motion_blur", "shaken": "field_motion_blur", "vibration": "vibration",
    "dirt": "dirty_lens", "dirty": "dirty_lens", "smudge": "dirty_lens", "schmutz": "dirty_lens",
    "drops": "lens_drops", "glare": "glare", "flare": "lens_flare", "shadow": "hard_shadow",
    "schatten": "hard_shadow", "reflection": "reflection", "noise": "iso_noise",
    "grain": "iso_noise", "jpeg": "field_jpeg", "hidden": "occlusion", "covered": "occlusion",
    "occluded": "occlusion", "hand": "hand", "tilted": "tilt", "far": "too_far", "near": "too_near",
}  # fmt: skip
"""Word in a tag: the corruption it names."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One damage a frame shows."""

    corruption: str
    column: str | None  # the measure; None if only a tag names it
    value: float  # what was measured; nan if only a tag names it


def usual_ranges(reference: pd.DataFrame) -> dict[str, tuple[float, float]]:
    """
    Column: what 95 of 100 reference pictures stay within; columns too few were measured in lack.

    Args:
        reference: the columns of tables.QUALITY that MEASURES names, one row a picture.
    """
    found = {}
    for column in sorted({measure.column for measure in MEASURES.values()}):
        values = reference[column].dropna().to_numpy(dtype=np.float64)
        if len(values) >= LEAST_YARDSTICK:
            low, high = np.quantile(values, [TAIL, 1 - TAIL])
            found[column] = (float(low), float(high))
    return found


def damages_shown(
    row: Mapping[Any, Any], tags: Iterable[str], usual: Mapping[str, tuple[float, float]]
) -> list[Shown]:
    """The damages of one frame: measured ones first, then those only its tags name."""
    names: list[str] = []
    for name, measure in MEASURES.items():
        if measure.column in usual and measure.unless not in names:
            low, high = usual[measure.column]
            value = float(row[measure.column]) if pd.notna(row[measure.column]) else low
            if (value > high) if measure.is_high else (value < low):
                names.append(name)
    found = [
        Shown(MEASURES[name].corruption, MEASURES[name].column, float(row[MEASURES[name].column]))
        for name in names
    ]
    seen = {shown.corruption for shown in found}
    for word in sorted({word for tag in tags for word in tag.casefold().replace("-", " ").split()}):
        corruption = TAGS.get(word)
        if corruption and corruption not in seen:
            seen.add(corruption)
            found.append(Shown(corruption, None, float("nan")))
    return found


def severity_that_gives(value: float, curve: Mapping[float, float]) -> float:
    """
    The severity at which a damage brings the measure to a value, one decimal, 0.1..the last.

    Between the points of the curve it is a straight line; a value beyond its end gives its end.

    Args:
        curve: severity to the median measure of some clean pictures damaged so; from 0 up.
    """
    levels = sorted(curve)
    steps = [(low, high, curve[low], curve[high]) for low, high in pairwise(levels)]
    for low, high, before, after in steps:
        if before != after and min(before, after) <= value <= max(before, after):
            return max(0.1, round(low + (high - low) * (value - before) / (after - before), 1))
    return float(min(levels, key=lambda level: (abs(curve[level] - value), level)) or 0.1)
