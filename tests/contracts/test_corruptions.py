"""The one contract every corruption keeps, checked for each entry of the registry."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest

from core.corruptions import CORRUPTIONS, corrupt, corruption_names
from core.records import CorruptionSpec, Fidelity, Image, Mark

GRID = np.arange(0, 5.01, 0.5)
RANDOM = {
    "gaussian_noise",
    "shot_noise",
    "impulse_noise",
    "speckle_noise",
    "glass_blur",
    "motion_blur",
    "snow",
    "frost",
    "fog",
    "elastic_transform",
    "spatter",
    "low_light",
    "field_rain",
    "field_fog",
    "dirty_lens",
    "occlusion",
    "field_snow",
    "lens_drops",
    "glare",
    "lens_flare",
    "iso_noise",
    "dead_pixels",
    "colour_cast",
    "hue_shift",
    "low_bitrate",
    "field_motion_blur",
    "vibration",
    "hand",
    "box",
    "overlay",
    "tilt",
    "perspective",
    "off_centre",
    "rolling_shutter",
    "hard_shadow",
    "reflection",
}
# JPEG blocks are 8 pixels at every size, so only this damage depends on the size of the picture.
NOT_STRETCHED = {"jpeg_compression", "field_jpeg"}
# Quality, the count of squares and photons are whole numbers: these dials move in small clicks.
CLICKING = {"jpeg_compression", "field_jpeg", "pixelate", "shot_noise"}
# They turn or mix colours, and a grey picture has none.
COLOUR_ONLY = {"saturate", "hue_shift"}
# Flakes grow from the middle outwards, so those at the edges wander while the dial moves.
WANDERING = {"snow"}

every_corruption = pytest.mark.parametrize("name", sorted(CORRUPTIONS))


def natural_picture(height: int, width: int, *, seed: int = 0) -> Image:
    """Objects, shadows and texture with the 1/f detail of a photo; the same scene at any size."""
    small = cv2.resize(_scene(seed), (width, height), interpolation=cv2.INTER_AREA)
    return np.clip(small, 0, 255).astype(np.uint8)


@lru_cache(maxsize=8)
def _scene(seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    scene = np.zeros((480, 640, 3), np.float32)
    for octave in range(8):
        cells = 2 ** (octave + 1)
        grid = rng.normal(size=(cells, cells, 3)).astype(np.float32)
        grid = 0.7 * grid.mean(axis=2, keepdims=True) + 0.3 * grid
        scene += cv2.resize(grid, (640, 480), interpolation=cv2.INTER_CUBIC) / 1.45**octave
    scene = 110 + 28 * scene
    for _ in range(25):
        centre = (int(rng.integers(640)), int(rng.integers(480)))
        axes = (int(rng.integers(10, 90)), int(rng.integers(10, 90)))
        colour = rng.uniform(20, 235, 3).tolist()
        cv2.ellipse(scene, centre, axes, float(rng.uniform(0, 180)), 0, 360, colour, -1)
    return scene


def change(first: Image, second: Image) -> float:
    """Mean absolute difference in grey levels."""
    return float(np.abs(first.astype(np.int16) - second).mean())


@pytest.fixture(scope="module")
def picture() -> Image:
    return natural_picture(448, 597)


@every_corruption
def test_severity_0_leaves_every_pixel(name: str, picture: Image):
    untouched = corrupt(picture, name, severity=0, seed=3)

    assert np.array_equal(untouched, picture)


@every_corruption
def test_the_input_is_never_changed(name: str):
    picture = natural_picture(96, 128)
    before = picture.copy()
    picture.flags.writeable = False

    for severity in (0, 2.5, 5):
        damaged = corrupt(picture, name, severity=severity, seed=3)

        assert np.array_equal(picture, before)
        assert not np.shares_memory(damaged, picture)


@every_corruption
def test_the_same_seed_gives_the_same_pixels(name: str, picture: Image):
    first = corrupt(picture, name, severity=3.5, seed=11)
    second = corrupt(picture, name, severity=3.5, seed=11)

    assert np.array_equal(first, second)


@every_corruption
def test_another_seed_gives_other_pixels_exactly_where_chance_plays_a_part(
    name: str, picture: Image
):
    first = corrupt(picture, name, severity=3, seed=11)
    second = corrupt(picture, name, severity=3, seed=12)

    assert np.array_equal(first, second) == (name not in RANDOM)


@every_corruption
@pytest.mark.parametrize("seed", [0, 2**63 - 1])
def test_damage_grows_with_every_half_step(name: str, seed: int, picture: Image):
    damage = [
        change(corrupt(picture, name, severity=severity, seed=seed), picture) for severity in GRID
    ]

    assert damage[0] == 0
    assert damage[-1] > 3
    if CORRUPTIONS[name].is_monotone:
        assert all(milder < stronger for milder, stronger in pairwise(damage)), damage
    else:
        assert min(damage[1:]) > 0


@pytest.mark.parametrize(
    "name", sorted(name for name, spec in CORRUPTIONS.items() if not spec.is_monotone)
)
def test_what_is_called_not_monotone_is_not(name: str, picture: Image):
    damage = [
        [change(corrupt(picture, name, severity=s, seed=seed), picture) for s in GRID]
        for seed in range(3)
    ]

    assert any(milder > stronger for row in damage for milder, stronger in pairwise(row)), damage


@every_corruption
@pytest.mark.parametrize(
    "shape",
    [(8, 8), (1, 1), (3, 50), (33, 47), (64, 64), (225, 301), (400, 97), (1, 1500), (700, 2)],
)
def test_shape_and_dtype_are_kept(name: str, shape: tuple[int, int]):
    picture = natural_picture(*shape)

    for severity in (0.1, 1, 2.5, 5):
        damaged = corrupt(picture, name, severity=severity, seed=0)

        assert damaged.shape == picture.shape
        assert damaged.dtype == np.uint8
        assert damaged.flags.c_contiguous


@every_corruption
@pytest.mark.parametrize("level", [0, 128, 255])
def test_flat_and_blank_pictures_are_survived(name: str, level: int):
    blank = np.full((120, 160, 3), level, np.uint8)

    for severity in (0.01, 1, 5):
        assert corrupt(blank, name, severity=severity, seed=0).shape == blank.shape


@every_corruption
def test_a_grey_looking_picture_keeps_its_three_channels(name: str, picture: Image):
    grey = np.repeat(picture[:96, :128, :1], 3, axis=2)

    damaged = corrupt(grey, name, severity=3, seed=0)

    assert damaged.shape == grey.shape
    if name not in COLOUR_ONLY:
        assert not np.array_equal(damaged, grey)


@every_corruption
def test_a_view_of_a_larger_array_gives_what_its_copy_gives(name: str, picture: Image):
    view = picture[::-2, 10:250]

    of_view = corrupt(view, name, severity=2, seed=0)

    assert np.array_equal(of_view, corrupt(view.copy(), name, severity=2, seed=0))


@every_corruption
@pytest.mark.parametrize("side", [224, 448])
def test_a_small_step_of_the_dial_is_a_small_change(name: str, side: int):
    picture = natural_picture(side, side * 4 // 3)
    allowed = 15.0 if name in WANDERING else 8.0 if name in CLICKING else 2.0

    for severity in (0, 0.5, 1, 2.2, 3, 3.99, 4.5, 4.98):
        here = corrupt(picture, name, severity=severity, seed=5)
        there = corrupt(picture, name, severity=severity + 0.02, seed=5)

        assert change(here, there) < allowed, severity


@every_corruption
def test_a_severity_does_as_much_at_224_as_at_448(name: str):
    small, large = natural_picture(224, 299), natural_picture(448, 598)

    for severity in (1, 3, 5):
        at_small = change(corrupt(small, name, severity=severity, seed=5), small)
        at_large = change(corrupt(large, name, severity=severity, seed=5), large)

        if name not in NOT_STRETCHED:
            assert at_large == pytest.approx(at_small, rel=0.2), severity
        else:
            assert at_large < at_small


@every_corruption
def test_whole_severities_are_the_rows_of_the_table(name: str, picture: Image, monkeypatch):
    spec = CORRUPTIONS[name]
    received: list[tuple[float, ...]] = []

    def record(image: Image, parameter: tuple[float, ...], _scale: float, _rng: object) -> Image:
        received.append(parameter)
        return image.copy()

    fields = {field: getattr(spec, field) for field in CorruptionSpec.__dataclass_fields__}
    monkeypatch.setitem(CORRUPTIONS, name, CorruptionSpec(**{**fields, "apply": record}))
    for severity in (1, 2, 3.0, 4, 5, 2.5):
        corrupt(picture, name, severity=severity, seed=0)

    assert tuple(received[:5]) == spec.parameters[1:]
    assert received[5] == pytest.approx(np.mean(spec.parameters[2:4], axis=0))


@every_corruption
def test_the_entry_is_complete(name: str):
    spec = CORRUPTIONS[name]

    assert spec.name == name
    assert len(spec.parameters) == 6
    assert len({len(row) for row in spec.parameters}) == 1
    assert spec.group in {"noise", "blur", "weather", "digital", "camera", "view"}
    assert spec.mark in Mark
    assert spec.title
    assert "_" not in spec.title
    assert spec.looks_like.endswith(".")
    assert len(spec.looks_like) <= 100
    assert spec.unit
    assert spec.source
    assert (spec.fidelity == Fidelity.IMAGENET_C) == spec.source.startswith("Hendrycks")


def test_names_are_sorted_and_titles_differ():
    names = corruption_names()

    assert names == sorted(set(CORRUPTIONS))
    assert len({spec.title for spec in CORRUPTIONS.values()}) == len(names)


def test_importing_the_room_imports_neither_albumentations_nor_a_network():
    script = "import sys, json, core.corruptions; print(json.dumps(sorted(sys.modules)))"
    root = Path(__file__).resolve().parents[2]
    loaded = subprocess.run(
        [sys.executable, "-c", script], cwd=root, capture_output=True, text=True, check=True
    )

    modules = {module.split(".")[0] for module in json.loads(loaded.stdout)}
    assert "core" in modules
    assert not modules & {"albumentations", "torch", "streamlit", "pandas"}


@pytest.mark.parametrize(
    ("name", "option"),
    [(spec.name, option) for spec in CORRUPTIONS.values() for option in spec.options],
    ids=lambda value: value if isinstance(value, str) else value.name,
)
def test_a_chosen_option_changes_the_picture_and_nothing_of_the_contract(name, option):
    image = natural_picture(90, 120)
    kept = image.copy()
    ends = [
        corrupt(image, name, severity=3, seed=1, options=((option.name, value),))
        for value in (option.low, (option.low + option.high) / 2)
    ]

    assert all(found.shape == image.shape and found.dtype == np.uint8 for found in ends)
    assert (ends[0] != ends[1]).any()
    np.testing.assert_array_equal(image, kept)
    again = corrupt(image, name, severity=3, seed=1, options=((option.name, option.low),))
    np.testing.assert_array_equal(ends[0], again)
    untouched = corrupt(image, name, severity=0, seed=1, options=((option.name, option.low),))
    np.testing.assert_array_equal(untouched, image)
