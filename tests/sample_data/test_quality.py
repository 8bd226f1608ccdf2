"""Measured picture quality finds what was planted in the sample: low light and the dirty lens."""

from __future__ import annotations

import csv
import json
from dataclasses import asdict
from pathlib import Path

import pandas as pd
import pytest

from core.findings.columns import with_derived_columns
from core.frames.quality import measured

SAMPLE = Path(__file__).resolve().parents[2] / "sample_data"


@pytest.fixture(scope="module")
def field() -> pd.DataFrame:
    """Every third field frame, measured: path, camera, light, dirty and the derived columns."""
    with (SAMPLE / "metadata.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["path"].startswith("field/")][::3]
    facts = json.loads((SAMPLE / "planted.json").read_text(encoding="utf-8"))
    dirty = {f"field/{p}" for f in facts if f["kind"] == "dirty_lens" for p in f["paths"]}
    table = pd.DataFrame([row | asdict(measured(SAMPLE / row["path"])[1]) for row in rows])
    table["dirty"] = table["path"].isin(dirty)
    table["taken_at"] = pd.to_datetime(table["taken_at"]).astype("datetime64[us]")
    return with_derived_columns(table.assign(folder="field", width=320, height=240))


def share(frames: pd.DataFrame, column: str, value: str) -> float:
    return float((frames[column] == value).mean())


def test_dusk_and_night_fall_into_the_darkest_third(field):
    by_light = {light: share(group, "brightness_third", "darkest third")
                for light, group in field.groupby("light")}  # fmt: skip
    print(f"share in the darkest third: {by_light}")

    assert by_light["dusk"] > 0.4
    assert by_light["night"] > 0.6
    assert by_light["day"] < 0.25


def test_the_dirty_lens_is_less_sharp_than_the_same_camera_was_and_than_the_rest(field):
    cam3 = field[field["camera"] == "cam3"]
    dirty, clean = cam3[cam3["dirty"]], cam3[~cam3["dirty"]]
    shares = {
        name: share(frames, "sharpness_third", "least sharp third")
        for name, frames in (("dirty", dirty), ("clean", clean), ("rest", field[~field["dirty"]]))
    }
    print(f"share in the least sharp third: {shares}")

    assert shares["dirty"] > 0.5
    assert shares["clean"] < 0.25
    assert shares["rest"] < 0.4
    assert dirty["sharpness"].median() < clean["sharpness"].median() - 0.2
