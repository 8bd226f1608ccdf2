"""
Other makers of ImageNet-C's damages, as the corruption benchmark calls them.

Nothing is installed here: a peer that is not importable is named with the way to get it.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from core.corruptions.imagenet_c import IMAGENET_C
from core.records import Image

SHIM = Path(__file__).resolve().parents[3] / "shared" / "methods" / "imagecorruptions_shim.py"

Corrupt = Callable[[Image, str, int], Image]
"""(picture, name, severity) gives the damaged picture."""


@dataclass(frozen=True)
class Peer:
    """One library; `run` is None where it cannot be imported, and `why` says so."""

    name: str
    run: Corrupt | None
    why: str = ""
    unequal: frozenset[str] = frozenset()  # damages of the same name that are not ImageNet-C's
    lacks: frozenset[str] = frozenset()


def peers() -> list[Peer]:
    """The three peers, those that are missing included."""
    return [_imagecorruptions(), _corrupt_tta(), _albumentations()]


def _imagecorruptions() -> Peer:
    name = "imagecorruptions"
    if not SHIM.is_file():
        return Peer(name, None, f"its shim is not at {SHIM}")
    spec = importlib.util.spec_from_file_location("imagecorruptions_shim", SHIM)
    if spec is None or spec.loader is None:
        return Peer(name, None, f"{SHIM} cannot be read")
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except ImportError as error:
        return Peer(name, None, _missing("imagecorruptions==1.1.2", error))
    return Peer(name, lambda image, kind, level: module.corrupt(image, level, kind))


def _corrupt_tta() -> Peer:
    try:
        module = importlib.import_module("corrupt_tta")
    except ImportError as error:
        return Peer("corrupt-tta", None, _missing("corrupt-tta", error))
    return Peer("corrupt-tta", lambda image, kind, level: module.corrupt(image, level, kind))


def _albumentations() -> Peer:
    try:
        library = importlib.import_module("albumentations")
    except ImportError as error:
        return Peer("albumentations", None, _missing("albumentations==2.0.8", error))
    builders = {name: partial(build, library) for name, build in _CALLS.items()}
    made: dict[tuple[str, int], Any] = {}

    def run(image: Image, kind: str, level: int) -> Image:
        # Built once: its checks of arguments take longer than many a damage.
        if (kind, level) not in made:
            made[kind, level] = builders[kind](IMAGENET_C[kind].parameters[level], level)
        damaged: Image = made[kind, level](image=image)["image"]
        return damaged

    return Peer(
        "albumentations", run, "",
        unequal=frozenset({
            "shot_noise", "glass_blur", "motion_blur", "snow", "fog", "contrast",
            "elastic_transform", "spatter", "saturate",
        }),
        lacks=frozenset(IMAGENET_C) - frozenset(_CALLS),
    )  # fmt: skip


def _missing(requirement: str, error: ImportError) -> str:
    # --no-deps: they ask for another OpenCV wheel, which would overwrite ours.
    return (
        f"not importable ({error}). To compare: `pip install --no-deps --target FOLDER "
        f"{requirement}`, then `--peers FOLDER`"
    )


def _both(value: float) -> tuple[float, float]:
    return (value, value)


_Parameter = tuple[float, ...]

# The nearest call of albumentations 2.0.8 to each damage (methods.md, section 2.5); what its maths
# cannot make equal stands in `unequal`. Glass in its fast mode, which is weaker: the exact one
# takes as long as the original.
_CALLS: dict[str, Callable[[Any, _Parameter, int], Any]] = {
    "gaussian_noise": lambda a, p, n: a.GaussNoise(std_range=_both(p[0]), p=1),
    "shot_noise": lambda a, p, n: a.ShotNoise(scale_range=_both(p[0] ** 2), p=1),
    "impulse_noise": lambda a, p, n: a.SaltAndPepper(
        amount=_both(p[0]), salt_vs_pepper=_both(0.5), p=1
    ),
    "defocus_blur": lambda a, p, n: a.Defocus(
        radius=(round(p[0]), round(p[0])), alias_blur=_both(p[1]), p=1
    ),
    "glass_blur": lambda a, p, n: a.GlassBlur(
        sigma=p[0], max_delta=round(p[1]), iterations=round(p[2]), mode="fast", p=1
    ),
    "motion_blur": lambda a, p, n: a.MotionBlur(
        blur_limit=((7, 11, 15, 19, 25)[n - 1],) * 2, angle_range=(0, 45), p=1
    ),
    "zoom_blur": lambda a, p, n: a.ZoomBlur(
        max_factor=_both(1 + p[0] * p[1]), step_factor=_both(p[1]), p=1
    ),
    "snow": lambda a, p, n: a.RandomSnow(
        snow_point_range=_both(0.1 * n), brightness_coeff=2.5, p=1
    ),
    "fog": lambda a, p, n: a.RandomFog(fog_coef_range=_both(0.2 * n), p=1),
    "brightness": lambda a, p, n: a.HueSaturationValue(
        hue_shift_limit=0, sat_shift_limit=0, val_shift_limit=_both(255 * p[0]), p=1
    ),
    "contrast": lambda a, p, n: a.RandomBrightnessContrast(
        brightness_limit=0, contrast_limit=_both(p[0] - 1), p=1
    ),
    "elastic_transform": lambda a, p, n: a.ElasticTransform(alpha=p[0], sigma=p[1], p=1),
    "pixelate": lambda a, p, n: a.Downscale(
        scale_range=_both(p[0]), interpolation_pair={"downscale": 3, "upscale": 0}, p=1
    ),  # OpenCV's INTER_AREA and INTER_NEAREST
    "jpeg_compression": lambda a, p, n: a.ImageCompression(
        quality_range=(round(p[0]), round(p[0])), p=1
    ),
}
