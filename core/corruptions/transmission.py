"""What is lost on the way from the camera: too few bits, too few pixels."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from core.corruptions.patterns import grid_shape
from core.corruptions.pixels import rounded
from core.records import Image

_BLOCK = 8.0  # px at short side 224


def low_bitrate(
    image: Image, parameter: tuple[float, ...], scale: float, rng: np.random.Generator
) -> Image:
    """
    Video on a thin line: blocks in place of detail, and a smear of the picture before.

    Parameters: share of the detail lost to blocks; share taken over from the picture before.
    """
    blocky, smeared = parameter
    height, width = image.shape[:2]
    rows, columns = grid_shape(image.shape, _BLOCK * max(scale, 1 / _BLOCK))
    means = cv2.resize(image, (columns, rows), interpolation=cv2.INTER_AREA)
    blocks = cv2.resize(means, (width, height), interpolation=cv2.INTER_NEAREST)
    moved = rng.uniform(-1, 1, 2) * 9 * scale
    before = cv2.warpAffine(
        blocks, np.array([[1, 0, moved[0]], [0, 1, moved[1]]]), (width, height),
        flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE,
    )  # fmt: skip
    change = np.float32(blocky) * (blocks.astype(np.float32) - image)
    change += np.float32(smeared) * (before.astype(np.float32) - image)
    return rounded(image + change)


def downscale(
    image: Image, parameter: tuple[float, ...], scale: float, _rng: np.random.Generator
) -> Image:
    """Sent small and shown large: 1 / `parameter[0]` of the pixels a side at short side 224."""
    factor = parameter[0] * max(scale, 1.0)
    whole = math.floor(factor)
    if factor <= 1:
        return image.copy()
    soft = _shrunk(image, whole)
    if factor > whole:
        softer = _shrunk(image, whole + 1)
        soft = soft + np.float32(factor - whole) * (softer - soft)
    return rounded(soft)


def _shrunk(image: Image, factor: int) -> NDArray[np.float32]:
    height, width = image.shape[:2]
    size = (max(1, round(width / factor)), max(1, round(height / factor)))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    wide: NDArray[np.float32] = cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR)
    return wide.reshape(height, width, 3)
