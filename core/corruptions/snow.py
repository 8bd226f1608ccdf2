"""ImageNet-C's snow."""

from __future__ import annotations

import math

import cv2
import numpy as np

from core.corruptions.blur import smeared
from core.corruptions.patterns import Field
from core.corruptions.pixels import truncated
from core.records import Image

_FINEST = 2.0  # px at short side 224; flakes of no severity are smaller


def snow(
    image: Image, parameter: tuple[float, ...], scale: float, rng: np.random.Generator
) -> Image:
    """
    Streaks of snow, laid over once as they fall and once turned by 180 degrees; colours go pale.

    Parameters: mean and standard deviation of the random field the flakes are cut from; px of one
    cell of it; the threshold above which a cell is a flake; half length and fading of the trail,
    px; share of the picture that is not made pale.
    """
    mean, spread, cell, threshold, radius, sigma, kept = parameter
    angle = rng.uniform(-135, -45)
    field = _zoomed_noise(image.shape, cell=cell * scale, finest=_FINEST * scale, rng=rng)
    field = np.float32(mean) + np.float32(spread) * field
    flakes = np.clip(np.where(field < threshold, np.float32(0), field), 0, 1)
    trails = smeared(flakes, radius=radius * scale, sigma=sigma * scale, angle=angle)
    layer = np.round(trails * np.float32(255))
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(np.float32)
    pale = np.maximum(image, (grey * np.float32(1.5) + np.float32(127.5))[..., None])
    falling = (layer + layer[::-1, ::-1])[..., None]
    return truncated(np.float32(kept) * image + np.float32(1 - kept) * pale + falling)


def _zoomed_noise(
    shape: tuple[int, ...], *, cell: float, finest: float, rng: np.random.Generator
) -> Field:
    """Standard normal noise in cells of `cell` px, linear between; larger cells grow outwards."""
    noise = rng.standard_normal(
        [math.ceil(side / max(finest, 1.0)) for side in shape[:2]], dtype=np.float32
    )
    to_noise = np.zeros((2, 3))
    for axis, (side, cells) in enumerate(zip(shape[1::-1], noise.shape[::-1], strict=True)):
        # As in the original the outermost cells' centres lie on the outermost pixels' centres:
        # pixels then fall between cells in ever new ways, where 1 / cell would repeat a few.
        slope = max(side / max(cell, 1.0) - 1, 0) / max(side - 1, 1)
        to_noise[axis, axis] = slope
        to_noise[axis, 2] = ((cells - 1) - slope * (side - 1)) / 2
    field: Field = cv2.warpAffine(
        noise,
        to_noise,
        (shape[1], shape[0]),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return field
