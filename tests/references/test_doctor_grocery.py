"""The doctor finds each wrong setting that is planted in the real model's sidecar."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from core.models.sidecar import read_sidecar
from core.workflows import doctor, projects, scoring

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
GROCERY = SHARED / "grocery"
MODEL = GROCERY / "model" / "grocery_lite0.safetensors"
FIELD = ("Kiwi", 2)  # what the search has no use for, kept small

pytestmark = pytest.mark.skipif(not SHARED.is_dir(), reason="the folder shared/ is not here")

# What is planted, and every how many-th reference photo shows it: one that costs little needs more.
PLANTED = {
    "ImageNet's mean and std": (
        {"mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225]}, 0.6,
    ),
    "BGR": ({"channels": "BGR"}, 0.2),
    "128 px": ({"resize": 128, "crop": 128}, 0.3),
}  # fmt: skip


@pytest.fixture
def planted(tmp_path):
    """planted({"channels": "BGR"}, 0.2) is a scored project of that share of the reference."""

    def make(wrong: dict[str, object], share: float):
        model = tmp_path / "model" / MODEL.name
        model.parent.mkdir()
        shutil.copy(MODEL, model)
        told = json.loads(MODEL.with_name("grocery_lite0.model.json").read_text(encoding="utf-8"))
        told["input"] |= wrong
        model.with_suffix(".model.json").write_text(json.dumps(told), encoding="utf-8")
        for place in sorted((GROCERY / "reference").iterdir()):
            paths = sorted(place.iterdir())
            for path in paths[: max(1, round(share * len(paths)))]:
                copy = tmp_path / "reference" / place.name / path.name
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(path, copy)
        (tmp_path / "field" / FIELD[0]).mkdir(parents=True)
        for path in sorted((GROCERY / "field" / FIELD[0]).iterdir())[: FIELD[1]]:
            shutil.copy(path, tmp_path / "field" / FIELD[0] / path.name)
        project = projects.create_project(
            model=model, field=tmp_path / "field", reference=tmp_path / "reference",
            folder=tmp_path / "project",
        )  # fmt: skip
        scoring.prepare(project)
        return project

    return make


@pytest.fixture
def settings_only(monkeypatch):
    """Leave crop, decoder and colour out: other tests look at them, and they take half the time."""
    nothing = dict.fromkeys(("decoders", "crop", "larger_input", "colour"))
    monkeypatch.setattr(doctor, "_viewed", lambda *_: nothing)


@pytest.mark.usefixtures("settings_only")
@pytest.mark.parametrize("name", PLANTED)
def test_a_wrong_setting_planted_in_the_sidecar_is_found(name, planted):
    project = planted(*PLANTED[name])
    found = doctor.check_settings(project)
    advice = found["advice"]
    right = read_sidecar(MODEL).input

    assert found["state"] == "confirmed", doctor.headline(found)
    # Parts that make no difference on these photos may stay as they are: bilinear, 224 of 224.
    better = doctor.advice(found)
    assert (better.channels, better.mean, better.std) == (right.channels, right.mean, right.std)
    assert better.crop == right.crop
    assert advice["right"] >= advice["of"] - 2
    assert advice["low"] > 0
    assert "the setting is probably wrong" in doctor.headline(found).headline
    print(name, doctor.headline(found).headline, f"{found['seconds']} s")
