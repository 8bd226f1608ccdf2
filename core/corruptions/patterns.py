"""Soft seeded patterns, the same at every picture size and every severity."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from core.records import Image

Field = NDArray[np.float32]
"""Shape (height, width), 0..1."""


def clouds(
    rng: np.random.Generator, shape: tuple[int, ...], *, cells: int = 3, octaves: int = 5
) -> Field:
    """
    Cloud-like noise, 0..1: octaves of smooth random fields, each finer and fainter by half.

    Args:
        shape: (height, width, ...) of the picture.
        cells: random cells along the short side in the coarsest octave.
    """
    height, width = shape[:2]
    short = min(height, width)
    field = np.zeros((height, width), np.float32)
    for octave in range(octaves):
        per_short = cells * 2**octave
        grid = rng.random(
            (
                math.ceil(per_short * height / short) + 1,
                math.ceil(per_short * width / short) + 1,
            ),
            dtype=np.float32,
        )
        layer = cv2.resize(grid, (width, height), interpolation=cv2.INTER_CUBIC)
        field += layer * np.float32(0.5**octave)
    low, high = float(field.min()), float(field.max())
    spread: Field = (field - np.float32(low)) / np.float32(max(high - low, 1e-6))
    return spread


def grid_shape(shape: tuple[int, ...], scale: float) -> tuple[int, int]:
    """
    Rows and columns of a pattern drawn at the size where short side is 224, then enlarged.

    Pictures smaller than that get one cell per pixel.
    """
    per_cell = max(scale, 1.0)
    return max(1, round(shape[0] / per_cell)), max(1, round(shape[1] / per_cell))


def enlarged(field: Field, shape: tuple[int, ...]) -> Field:
    """A pattern of `grid_shape` stretched over the picture, (height, width); linear between."""
    if field.shape == shape[:2]:
        return field
    wide: Field = cv2.resize(field, (shape[1], shape[0]), interpolation=cv2.INTER_LINEAR)
    return wide


def smooth_step(values: Field, *, low: float, high: float) -> Field:
    """0 below `low`, 1 above `high`, an S-curve between."""
    t = np.clip((values - np.float32(low)) / np.float32(high - low), 0, 1)
    step: Field = t * t * (3 - 2 * t)
    return step


def mixed(
    image: NDArray[np.uint8] | Field, other: NDArray[np.float32], share: Field
) -> NDArray[np.float32]:
    """`image` where share is 0, `other` where it is 1; other broadcasts to (height, width, 3)."""
    base = image.astype(np.float32, copy=False)
    blend: NDArray[np.float32] = other - base
    blend *= cv2.merge((share, share, share))
    blend += base  # in place: at these sizes fresh memory costs more than the arithmetic
    return blend


def ambient_light(image: Image) -> NDArray[np.float32]:
    """
    The colour of the light that mist or water scatters into the lens, shape (3,), 0..255.

    Halfway between the picture's mean and its brightest tenth, and mostly grey: by night mist is
    dark, by day it is nearly white.
    """
    small = image[::8, ::8].reshape(-1, 3).astype(np.float32)
    bright = np.percentile(small, 95, axis=0).astype(np.float32)
    colour = (small.mean(axis=0) + bright) / 2
    light: NDArray[np.float32] = 0.7 * colour.mean() + 0.3 * colour
    return light
