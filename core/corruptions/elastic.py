"""ImageNet-C's elastic transform: the whole picture skewed, then rippled."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.fft import dctn, idctn

from core.corruptions.patterns import Field, enlarged, grid_shape
from core.corruptions.pixels import truncated
from core.records import Image

_CUT = 3  # standard deviations; where the smoothing Gaussian ends


def elastic_transform(
    image: Image, parameter: tuple[float, ...], scale: float, rng: np.random.Generator
) -> Image:
    """
    Parameters, px: strength and smoothness (standard deviation) of the ripples; how far each of
    three points around the middle may be pulled, which skews the picture.
    """
    alpha, sigma, reach = parameter
    height, width = image.shape[:2]
    middle = np.array((width // 2, height // 2), np.float32)
    arm = max(min(height, width) // 3, 1)
    corners = middle + arm * np.array(((1, 1), (1, -1), (-1, -1)), np.float32)
    pulls = rng.uniform(-1, 1, (3, 2)).astype(np.float32) * np.float32(reach * scale)
    skew = cv2.getAffineTransform(corners, corners + pulls)
    skewed = cv2.warpAffine(
        image.astype(np.float32), skew, (width, height), borderMode=cv2.BORDER_REFLECT_101
    )
    across, down = (
        _ripples(image.shape, alpha=alpha, sigma=sigma, scale=scale, rng=rng) for _ in range(2)
    )
    bent: NDArray[np.float32] = cv2.remap(
        skewed,
        across + np.arange(width, dtype=np.float32),
        down + np.arange(height, dtype=np.float32)[:, None],
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REFLECT,
    )
    return truncated(bent)


def _ripples(
    shape: tuple[int, ...], *, alpha: float, sigma: float, scale: float, rng: np.random.Generator
) -> Field:
    """A smooth displacement in px, shape (height, width): smoothed noise, -1..1, times alpha."""
    noise = 2 * rng.random(grid_shape(shape, scale), dtype=np.float32) - 1
    # On a grid of single pixels smaller than 224 fewer cells are averaged; hence the square.
    small = min(scale, 1.0)
    field = smoothed(noise, sigma=sigma * small) * np.float32(alpha * small**2)
    return enlarged(field, shape) * np.float32(max(scale, 1.0))


def smoothed(field: Field, *, sigma: float) -> Field:
    """
    A Gaussian filter cut off at three `sigma`, the field mirrored at its edges.

    Mirrored so, a field is a sum of cosines, and the filter scales each of them: as quick for a
    sigma of 170 px as for one of 2.
    """
    waves = dctn(field, type=2, norm="ortho")
    for axis, side in enumerate(field.shape):
        offsets = np.arange(1, int(_CUT * sigma + 0.5) + 1)
        weights = np.exp(-((offsets / max(sigma, 1e-6)) ** 2) / 2)
        frequencies = np.pi * np.arange(side) / side
        kept = 1 + 2 * (np.cos(np.outer(frequencies, offsets)) @ weights)
        kept /= 1 + 2 * weights.sum()
        waves *= np.expand_dims(kept.astype(np.float32), 1 - axis)
    soft: Field = idctn(waves, type=2, norm="ortho")
    return soft
