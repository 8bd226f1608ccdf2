"""ImageNet-C's fog: clouds of a plasma fractal."""

from __future__ import annotations

import numpy as np

from core.corruptions.patterns import Field, enlarged, grid_shape
from core.corruptions.pixels import truncated
from core.records import Image

_LARGEST = 1024  # px; a longer picture gets a stretched fractal


def fog(
    image: Image, parameter: tuple[float, ...], scale: float, rng: np.random.Generator
) -> Image:
    """
    A plasma fractal of weight `parameter[0]` beside the picture's 1, made to fit the white it had.

    `parameter[1]` says how much fainter each octave of the fractal is.
    """
    weight, decay = parameter
    rows, columns = grid_shape(image.shape, scale)
    side = min(1 << (max(rows, columns) - 1).bit_length(), _LARGEST)
    clouds = plasma(side, decay=decay, rng=rng)[:rows, :columns]
    brightest = float(image.max()) / 255
    share = brightest / max(brightest + weight, 1e-6)
    light = enlarged(np.ascontiguousarray(clouds), image.shape)
    bright = np.float32(255 * weight * share) * light
    return truncated(image * np.float32(share) + bright[..., None])


def plasma(side: int, *, decay: float, rng: np.random.Generator) -> Field:
    """
    A height map, 0..1, shape (side, side), that joins up with itself at its edges.

    Args:
        side: a power of two.
        decay: an octave's displacements are those of the one before it, divided by decay².

    Source:
        Fournier, Fussell & Carpenter 1982, midpoint displacement; displacements as in ImageNet-C.
    """
    heights = np.zeros((1, 1), np.float32)
    amplitude = 1.0
    while len(heights) < side:
        n = len(heights)
        luck = np.float32(amplitude) * (2 * rng.random((3, n, n), dtype=np.float32) - 1)
        right = np.roll(heights, -1, axis=1)
        below = np.roll(heights, -1, axis=0)
        middle = (heights + right + below + np.roll(right, -1, axis=0)) / 4 + luck[0]
        finer = np.empty((2 * n, 2 * n), np.float32)
        finer[::2, ::2] = heights
        finer[1::2, 1::2] = middle
        finer[::2, 1::2] = (heights + right + middle + np.roll(middle, 1, axis=0)) / 4 + luck[1]
        finer[1::2, ::2] = (heights + below + middle + np.roll(middle, 1, axis=1)) / 4 + luck[2]
        heights = finer
        amplitude /= decay**2
    low, high = float(heights.min()), float(heights.max())
    spread: Field = (heights - np.float32(low)) / np.float32(max(high - low, 1e-6))
    return spread
