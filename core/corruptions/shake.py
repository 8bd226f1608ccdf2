"""The camera moves: a swing any way, the tremble of a machine."""

from __future__ import annotations

import math

import cv2
import numpy as np

from core.corruptions.pixels import rounded
from core.records import Image

_MOMENTS = 96


def field_motion_blur(
    image: Image,
    parameter: tuple[float, ...],
    scale: float,
    rng: np.random.Generator,
    *,
    angle: float | None = None,
) -> Image:
    """
    Moved evenly by `parameter[0]` px while the shutter was open.

    Args:
        angle: of the trail, degrees, 0 is level and 90 upright; None lets chance decide.
    """
    way_of = _radians(angle, rng)
    way = (np.arange(_MOMENTS) + 0.5) / _MOMENTS - 0.5
    return _dragged(image, way * parameter[0] * scale, way_of)


def vibration(
    image: Image,
    parameter: tuple[float, ...],
    scale: float,
    rng: np.random.Generator,
    *,
    angle: float | None = None,
) -> Image:
    """
    Trembling to and fro by `parameter[0]` px each way: edges doubled, not smeared.

    A swing is slow at its ends, so most of the light falls there.

    Args:
        angle: of the swing, degrees, 0 is level and 90 upright; None lets chance decide.
    """
    way_of = _radians(angle, rng)
    swing = np.cos(math.pi * (np.arange(_MOMENTS) + 0.5) / _MOMENTS)
    return _dragged(image, swing * parameter[0] * scale, way_of)


def _radians(angle: float | None, rng: np.random.Generator) -> float:
    """The angle chosen, in degrees, or one by chance, as radians."""
    drawn = rng.uniform(0, math.pi)
    return drawn if angle is None else math.radians(angle)


def _dragged(
    image: Image, way: np.ndarray[tuple[int], np.dtype[np.float64]], angle: float
) -> Image:
    """The mean of the picture moved to each place of `way` (px) along a direction."""
    across, down = way * math.cos(angle), way * math.sin(angle)
    reach = math.ceil(float(np.abs(way).max())) + 1
    kernel = np.zeros((2 * reach + 1, 2 * reach + 1))
    left, top = np.floor(across).astype(int), np.floor(down).astype(int)
    right_share, low_share = across - left, down - top
    for row, column, weight in (
        (top, left, (1 - low_share) * (1 - right_share)),
        (top, left + 1, (1 - low_share) * right_share),
        (top + 1, left, low_share * (1 - right_share)),
        (top + 1, left + 1, low_share * right_share),
    ):
        np.add.at(kernel, (row + reach, column + reach), weight / len(way))
    values = image.astype(np.float32)
    return rounded(cv2.filter2D(values, -1, kernel, borderType=cv2.BORDER_REPLICATE))
