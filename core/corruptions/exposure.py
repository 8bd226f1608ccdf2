"""Too much light, or light in the wrong place: glare, flare, a curve that is off."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from core.corruptions.patterns import Field, smooth_step
from core.corruptions.pixels import rounded
from core.records import Image

_GHOSTS = 6


def glare(
    image: Image, parameter: tuple[float, ...], _scale: float, rng: np.random.Generator
) -> Image:
    """
    A low sun or lamp shines into the lens: all gets brighter, white around the light.

    Parameters: stops of over-exposure; strength of the veil around the light, 1 is white.
    """
    stops, veil = parameter
    height, width = image.shape[:2]
    across, down = rng.uniform(0.15, 0.85), rng.uniform(-0.1, 0.35)
    away = _away(height, width, across=across, down=down)
    bright = image.astype(np.float32) * np.float32(2 ** (stops / 2.2))
    glow = np.exp(-((away / np.float32(0.75)) ** 2)) * np.float32(255 * veil)
    return rounded(bright + glow[..., None] * np.array((1.0, 0.97, 0.9), np.float32))


def lens_flare(
    image: Image, parameter: tuple[float, ...], _scale: float, rng: np.random.Generator
) -> Image:
    """A lamp in the picture and its ghosts: pale disks on the line through the middle."""
    (strength,) = parameter
    height, width = image.shape[:2]
    across, down = rng.uniform(0.1, 0.4), rng.uniform(0.05, 0.4)
    if rng.random() < 0.5:
        across = 1 - across
    light = np.zeros((height, width, 3), np.float32)
    core = _away(height, width, across=across, down=down)
    star = np.exp(-((core / np.float32(0.16)) ** 2)) + 0.35 * np.exp(-core / np.float32(0.25))
    light += star[..., None] * np.array((1.0, 0.95, 0.85), np.float32)
    for _ in range(_GHOSTS):
        place = rng.uniform(0.5, 2.0)
        radius = np.float32(rng.uniform(0.06, 0.2))
        colour = rng.uniform(0.25, 0.6, 3).astype(np.float32)
        ghost = _away(
            height, width, across=across + place * (0.5 - across), down=down + place * (0.5 - down)
        )
        disk = smooth_step(-ghost, low=float(-radius * 1.1), high=float(-radius * 0.9))
        light += disk[..., None] * colour
    return rounded(image + np.float32(255 * strength) * light)


def gamma(
    image: Image, parameter: tuple[float, ...], _scale: float, _rng: np.random.Generator
) -> Image:
    """The brightness curve bent: values (0..1) to the power of `parameter[0]`; white stays."""
    curve = rounded(255 * (np.arange(256) / 255) ** parameter[0])
    bent: Image = cv2.LUT(image, curve)
    return bent


def _away(height: int, width: int, *, across: float, down: float) -> Field:
    """Distance of each pixel from a place given as shares of the sides, in short sides."""
    short = min(height, width)
    rows = (np.arange(height, dtype=np.float32) + 0.5 - down * height) / short
    columns = (np.arange(width, dtype=np.float32) + 0.5 - across * width) / short
    distance: NDArray[np.float32] = np.hypot(rows[:, None], columns[None, :])
    return distance
