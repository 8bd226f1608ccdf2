"""
Our ImageNet-C corruptions beside imagecorruptions 1.1.2 and the golden pixels of methods 2.6.

imagecorruptions is run through the shim of ../shared and installed for this test only, with
`pip install --no-deps imagecorruptions==1.1.2` and `pip install scikit-image`.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import math
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from PIL import Image as Pillow

from core.corruptions import CORRUPTIONS, corrupt
from core.corruptions.blur import motion_blurred
from core.records import Fidelity, Image

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
pytestmark = pytest.mark.skipif(not SHARED.is_dir(), reason="../shared is missing")

EQUAL = sorted(name for name, spec in CORRUPTIONS.items() if spec.fidelity == Fidelity.IMAGENET_C)
BY_CHANCE = {"gaussian_noise", "shot_noise", "impulse_noise", "speckle_noise"}
WHOLE_SEVERITIES = (1, 2, 3, 4, 5)


@pytest.fixture(scope="module")
def original() -> ModuleType:
    missing = [
        package
        for package in ("imagecorruptions", "skimage")
        if importlib.util.find_spec(package) is None
    ]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}; the head of this file says how")
    path = SHARED / "methods" / "imagecorruptions_shim.py"
    spec = importlib.util.spec_from_file_location("imagecorruptions_shim", path)
    assert spec is not None
    assert spec.loader is not None
    spec.loader.exec_module(importlib.util.module_from_spec(spec))
    return importlib.import_module("imagecorruptions")


@pytest.fixture(scope="module")
def golden() -> dict[str, Any]:
    text = (SHARED / "methods" / "golden_vectors.json").read_text(encoding="utf-8")
    return json.loads(text)["corruption_pixels"]


@pytest.fixture(scope="module")
def photos() -> list[Image]:
    """Twenty photos, two of each class, with their short side at 224 px."""
    classes = sorted((SHARED / "grocery" / "reference").iterdir())
    files = [file for folder in classes for file in sorted(folder.glob("*.jpg"))[:2]]
    pictures = []
    for file in files:
        with Pillow.open(file) as opened:
            picture = opened.convert("RGB")
        ratio = 224 / min(picture.size)
        size = (round(picture.width * ratio), round(picture.height * ratio))
        pictures.append(np.asarray(picture.resize(size, Pillow.Resampling.BICUBIC)))
    assert len(pictures) == 20
    return pictures


@pytest.fixture(scope="module")
def step() -> Image:
    """The golden picture, left 50 and right 200, at the size where pixels are not stretched."""
    picture = np.full((224, 224, 3), 50, np.uint8)
    picture[:, 112:] = 200
    return picture


def damage(damaged: Image, clean: Image) -> tuple[float, float]:
    """Mean and standard deviation of the absolute pixel change."""
    change = np.abs(damaged.astype(np.float32) - clean)
    return float(change.mean()), float(change.std())


@pytest.mark.parametrize("severity", WHOLE_SEVERITIES)
@pytest.mark.parametrize(
    "name", [name for name in EQUAL if name not in {"motion_blur", "pixelate"}]
)
def test_damage_equals_the_originals(
    name: str, severity: int, photos: list[Image], original: ModuleType
):
    pictures = photos if name not in {"brightness", *BY_CHANCE} else photos[::4]
    seeds = range(5) if name in BY_CHANCE else range(1)
    ours, theirs = [], []
    for seed in seeds:
        np.random.seed(seed)  # the original draws from the global generator
        for picture in pictures:
            ours.append(damage(corrupt(picture, name, severity=severity, seed=seed), picture))
            theirs.append(damage(original.corrupt(picture, severity, name), picture))

    mean, spread = np.mean(ours, axis=0) / np.mean(theirs, axis=0)
    assert mean == pytest.approx(1, abs=0.03)
    assert spread == pytest.approx(1, abs=0.05)


@pytest.mark.parametrize("severity", WHOLE_SEVERITIES)
@pytest.mark.parametrize(
    ("name", "levels"),
    [
        ("contrast", 0),
        ("defocus_blur", 0),
        ("jpeg_compression", 0),
        ("gaussian_blur", 1),
        ("brightness", 1),
    ],
)
def test_every_pixel_equals_the_originals(
    name: str, levels: int, severity: int, photos: list[Image], original: ModuleType
):
    for picture in photos[::5]:
        ours = corrupt(picture, name, severity=severity, seed=0).astype(np.int16)

        assert np.abs(ours - original.corrupt(picture, severity, name)).max() <= levels


@pytest.mark.parametrize("severity", WHOLE_SEVERITIES)
@pytest.mark.parametrize("angle", [-44.0, -23.0, 0.0, 17.0, 45.0])
def test_motion_equals_the_original_at_the_same_angle(
    severity: int, angle: float, photos: list[Image], original: ModuleType
):
    radius, sigma = CORRUPTIONS["motion_blur"].parameters[severity]
    trail = original.corruptions._motion_blur

    for picture in photos[::7]:
        theirs = np.clip(trail(picture, int(radius), int(sigma), angle), 0, 255).astype(np.uint8)
        ours = motion_blurred(picture, radius=radius, sigma=sigma, angle=angle).astype(np.int16)

        assert np.abs(ours - theirs).max() <= 1


@pytest.mark.parametrize("severity", WHOLE_SEVERITIES)
def test_squares_equal_the_formula_of_imagenet_c(severity: int, photos: list[Image]):
    """imagecorruptions enlarges with NEAREST; make_imagenet_c.py with BOX, as we do."""
    kept = (0.6, 0.5, 0.4, 0.3, 0.25)[severity - 1]

    for picture in photos:
        height, width = picture.shape[:2]
        small = Pillow.fromarray(picture).resize(
            (int(width * kept), int(height * kept)), Pillow.Resampling.BOX
        )
        theirs = np.asarray(small.resize((width, height), Pillow.Resampling.BOX))

        assert np.array_equal(corrupt(picture, "pixelate", severity=severity, seed=0), theirs)


@pytest.mark.parametrize("name", ["contrast", "brightness"])
def test_golden_levels_are_exact(name: str, step: Image, golden: dict[str, Any]):
    for severity, expected in zip(WHOLE_SEVERITIES, golden[f"{name}_left_right"], strict=True):
        damaged = corrupt(step, name, severity=severity, seed=0)

        assert damaged[112, [20, 200], 0].tolist() == expected


@pytest.mark.parametrize("severity", [1, 5])
@pytest.mark.parametrize(
    ("name", "key"), [("gaussian_blur", "gaussian_blur"), ("defocus_blur", "defocus")]
)
def test_golden_edges_are_exact(
    name: str, key: str, severity: int, step: Image, golden: dict[str, Any]
):
    damaged = corrupt(step, name, severity=severity, seed=0)

    # The golden picture is 64 px wide with its edge at 32; ours has it at 112.
    assert damaged[112, 108:116, 0].tolist() == golden[f"{key}_s{severity}_row32_x28_35"]


def test_parameter_tables_are_the_published_ones():
    published = {
        "gaussian_noise": [0.08, 0.12, 0.18, 0.26, 0.38],
        "shot_noise": [1 / math.sqrt(photons) for photons in (60, 25, 12, 5, 3)],
        "impulse_noise": [0.03, 0.06, 0.09, 0.17, 0.27],
        "speckle_noise": [0.15, 0.2, 0.35, 0.45, 0.6],
        "motion_blur": [(10, 3), (15, 5), (15, 8), (15, 12), (20, 15)],
        "defocus_blur": [(3, 0.1), (4, 0.5), (6, 0.5), (8, 0.5), (10, 0.5)],
        "gaussian_blur": [1, 2, 3, 4, 6],
        "brightness": [0.1, 0.2, 0.3, 0.4, 0.5],
        "contrast": [0.4, 0.3, 0.2, 0.1, 0.05],
        "pixelate": [0.6, 0.5, 0.4, 0.3, 0.25],
        "jpeg_compression": [25, 18, 15, 10, 7],
    }

    assert set(EQUAL) == set(published)
    for name, rows in published.items():
        expected = [row if isinstance(row, tuple) else (row,) for row in rows]
        np.testing.assert_allclose(CORRUPTIONS[name].parameters[1:], expected, rtol=1e-12)
