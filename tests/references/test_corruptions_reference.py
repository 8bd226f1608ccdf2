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
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image as Pillow
from scipy import ndimage

from core.corruptions import CORRUPTIONS, corrupt
from core.corruptions.blur import motion_blurred
from core.records import Fidelity, Image

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
pytestmark = pytest.mark.skipif(not SHARED.is_dir(), reason="../shared is missing")

EQUAL = sorted(name for name, spec in CORRUPTIONS.items() if spec.fidelity == Fidelity.IMAGENET_C)
BY_CHANCE = {"gaussian_noise", "shot_noise", "impulse_noise", "speckle_noise", "snow", "glass_blur"}
# How much a few clouds or splashes cover differs so much from draw to draw that five seeds say
# little: here the original is given the very numbers ours draws.
SAME_LUCK = {"fog", "spatter"}
ELSEWHERE = {"motion_blur", "pixelate", "elastic_transform"}  # tests of their own, below
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


@pytest.fixture
def same_luck(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, int], None]:
    """Makes imagecorruptions draw what `corrupt` draws for a name and a seed."""

    def share(name: str, seed: int) -> None:
        rng = luck_of(name, seed)
        monkeypatch.setattr(
            np.random,
            "uniform",
            lambda low, high, size: low + (high - low) * rng.random(size, dtype=np.float32),
        )
        monkeypatch.setattr(
            np.random,
            "normal",
            lambda size, loc, scale: loc + scale * rng.standard_normal(size, dtype=np.float32),
        )

    return share


def luck_of(name: str, seed: int) -> np.random.Generator:
    return np.random.default_rng([seed, *name.encode()])


@pytest.mark.parametrize("severity", WHOLE_SEVERITIES)
@pytest.mark.parametrize("name", [name for name in EQUAL if name not in ELSEWHERE])
def test_damage_equals_the_originals(
    name: str, severity: int, photos: list[Image], original: ModuleType, same_luck
):
    # The original's glass takes half a second a picture; five pictures are 340,000 shuffled pixels.
    pictures = photos[::4] if name == "glass_blur" else photos
    seeds = range(5 if name in (BY_CHANCE | SAME_LUCK) - {"glass_blur"} else 1)
    ours, theirs = [], []
    for seed in seeds:
        np.random.seed(seed)  # the original draws from the global generator
        for picture in pictures:
            ours.append(damage(corrupt(picture, name, severity=severity, seed=seed), picture))
            if name in SAME_LUCK:
                same_luck(name, seed)
            theirs.append(damage(original.corrupt(picture, severity, name), picture))

    mean, spread = np.mean(ours, axis=0) / np.mean(theirs, axis=0)
    assert mean == pytest.approx(1, abs=0.03)
    assert spread == pytest.approx(1, abs=0.05)


@pytest.mark.parametrize("severity", WHOLE_SEVERITIES)
def test_fog_is_the_originals_of_the_same_luck(
    severity: int, photos: list[Image], original: ModuleType, same_luck
):
    for seed, picture in enumerate(photos[::4]):
        same_luck("fog", seed)
        theirs = original.corrupt(picture, severity, "fog").astype(np.int16)

        ours = corrupt(picture, "fog", severity=severity, seed=seed)

        assert np.abs(ours - theirs).max() <= 1


@pytest.mark.parametrize("severity", WHOLE_SEVERITIES)
def test_bending_is_the_formula_of_imagenet_c(severity: int, photos: list[Image]):
    """make_imagenet_c.py, made for square pictures; imagecorruptions bends differently."""
    for seed, picture in enumerate(photos[::2]):
        square = np.ascontiguousarray(picture[:224, :224])

        ours = corrupt(square, "elastic_transform", severity=severity, seed=seed)
        theirs = bent(square, severity=severity, rng=luck_of("elastic_transform", seed))

        assert damage(ours, square) == pytest.approx(damage(theirs, square), rel=0.03)
        assert np.abs(ours.astype(np.int16) - theirs).mean() < 0.3


def bent(picture: Image, *, severity: int, rng: np.random.Generator) -> Image:
    """elastic_transform as methods 2.1 gives it: skew by three points, then smoothed noise."""
    alpha, sigma, reach = (
        (244 * 2, 244 * 0.7, 244 * 0.1),
        (244 * 2, 244 * 0.08, 244 * 0.2),
        (244 * 0.05, 244 * 0.01, 244 * 0.02),
        (244 * 0.07, 244 * 0.01, 244 * 0.02),
        (244 * 0.12, 244 * 0.01, 244 * 0.02),
    )[severity - 1]
    values = picture.astype(np.float32) / 255
    height, width = picture.shape[:2]
    centre, arm = np.array((height, width)) // 2, min(height, width) // 3
    points = np.float32([centre + arm, (centre[0] + arm, centre[1] - arm), centre - arm])
    pulled = points + rng.uniform(-1, 1, (3, 2)).astype(np.float32) * np.float32(reach)
    matrix = cv2.getAffineTransform(points, pulled)
    skewed = cv2.warpAffine(values, matrix, (width, height), borderMode=cv2.BORDER_REFLECT_101)
    across, down = (
        alpha
        * ndimage.gaussian_filter(
            2 * rng.random((height, width), dtype=np.float32) - 1, sigma, mode="reflect", truncate=3
        )
        for _ in range(2)
    )
    rows, columns = np.mgrid[:height, :width]
    channels = [
        ndimage.map_coordinates(
            skewed[..., channel], (rows + down, columns + across), order=1, mode="reflect"
        )
        for channel in range(3)
    ]
    return (np.clip(np.stack(channels, axis=2), 0, 1) * 255).astype(np.uint8)


@pytest.mark.parametrize("severity", WHOLE_SEVERITIES)
@pytest.mark.parametrize(
    ("name", "levels"),
    [
        ("contrast", 0),
        ("defocus_blur", 0),
        ("jpeg_compression", 0),
        ("gaussian_blur", 1),
        ("brightness", 1),
        ("zoom_blur", 1),
        ("saturate", 1),
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


def test_golden_colours_are_exact(golden: dict[str, Any]):
    orange = np.full((224, 224, 3), (200, 100, 50), np.uint8)

    vivid = [corrupt(orange, "saturate", severity=s, seed=0)[9, 9] for s in WHOLE_SEVERITIES]

    assert np.array_equal(vivid, golden["saturate_solid_200_100_50"])


def test_frost_weighs_picture_and_ice_as_imagenet_c_does():
    weights = ((1, 0.4), (0.8, 0.6), (0.7, 0.7), (0.65, 0.7), (0.6, 0.75))

    assert CORRUPTIONS["frost"].parameters[1:] == weights


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
        "glass_blur": [(0.7, 1, 2), (0.9, 2, 1), (1, 2, 3), (1.1, 3, 2), (1.5, 4, 2)],
        "zoom_blur": [
            (len(np.arange(1, *ends)), ends[1])
            for ends in ((1.11, 0.01), (1.16, 0.01), (1.21, 0.02), (1.26, 0.02), (1.31, 0.03))
        ],
        "snow": [
            (0.1, 0.3, 3, 0.5, 10, 4, 0.8),
            (0.2, 0.3, 2, 0.5, 12, 4, 0.7),
            (0.55, 0.3, 4, 0.9, 12, 8, 0.7),
            (0.55, 0.3, 4.5, 0.85, 12, 8, 0.65),
            (0.55, 0.3, 2.5, 0.85, 12, 12, 0.55),
        ],
        "fog": [(1.5, 2), (2, 2), (2.5, 1.7), (2.5, 1.5), (3, 1.4)],
        "elastic_transform": [
            (488, 170.8, 24.4),
            (488, 19.52, 48.8),
            (12.2, 2.44, 4.88),
            (17.08, 2.44, 4.88),
            (29.28, 2.44, 4.88),
        ],
        "spatter": [
            (0.65, 0.3, 4, 0.69, 0.6, 0),
            (0.65, 0.3, 3, 0.68, 0.6, 0),
            (0.65, 0.3, 2, 0.68, 0.5, 0),
            (0.65, 0.3, 1, 0.65, 1.5, 1),
            (0.67, 0.4, 1, 0.65, 1.5, 1),
        ],
        "saturate": [(0.3, 0), (0.1, 0), (2, 0), (5, 0.1), (20, 0.2)],
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
