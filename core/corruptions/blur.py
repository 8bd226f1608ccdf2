"""Blur: detail is smeared over neighbouring pixels."""

from __future__ import annotations

import math
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from core.corruptions.pixels import truncated
from core.records import Image

_GRID = 8  # px at 224; the original builds disks up to this radius on one fixed grid


def gaussian_blur(
    image: Image, parameter: tuple[float, ...], scale: float, _rng: np.random.Generator
) -> Image:
    """Gaussian blur of standard deviation `parameter[0]` px, cut off at four of them."""
    sigma = parameter[0] * scale
    side = 2 * int(4 * sigma + 0.5) + 1
    values = image.astype(np.float32)
    return truncated(cv2.GaussianBlur(values, (side, side), sigma, borderType=cv2.BORDER_REPLICATE))


def defocus_blur(
    image: Image, parameter: tuple[float, ...], scale: float, _rng: np.random.Generator
) -> Image:
    """Out of focus: each point becomes a disk of radius `parameter[0]` px with a soft rim."""
    radius, rim = parameter[0] * scale, parameter[1] * scale
    below, above = math.floor(radius), math.ceil(radius)
    kernel = _disk(above, rim=rim, scale=scale)
    if above > below:  # disks exist for whole radii only; between two, a mix of both
        smaller = _disk(below, rim=rim, scale=scale)
        margin = (len(kernel) - len(smaller)) // 2
        kernel = (radius - below) * kernel + (above - radius) * np.pad(smaller, margin)
    blurred = cv2.filter2D(image / 255, -1, kernel) * 255
    if scale != 1:
        # A disk's weights sum to 1 but for rounding, so truncating turns a flat 50 into 49. At 224
        # that is what the original gives; at other sizes nothing asks for it.
        blurred += 1e-4
    return truncated(blurred)


def motion_blur(
    image: Image, parameter: tuple[float, ...], scale: float, rng: np.random.Generator
) -> Image:
    """Moved while the shutter was open; the direction, -45..45 degrees, comes from the seed."""
    angle = rng.uniform(-45, 45)
    return motion_blurred(
        image, radius=parameter[0] * scale, sigma=parameter[1] * scale, angle=angle
    )


def motion_blurred(image: Image, *, radius: float, sigma: float, angle: float) -> Image:
    """
    The picture dragged along one direction, fading as half a Gaussian.

    Args:
        radius: px; the trail has 2 * radius + 1 steps of one pixel, the last one in part.
        sigma: px; standard deviation of the fading.
        angle: degrees.

    Source:
        ImageMagick's MotionBlurImage as imagecorruptions 1.1.2 writes it; here the trail is one
        kernel, so that OpenCV does the sum.
    """
    return truncated(smeared(image.astype(np.float64), radius=radius, sigma=sigma, angle=angle))


def smeared(
    values: NDArray[np.floating[Any]], *, radius: float, sigma: float, angle: float
) -> NDArray[np.floating[Any]]:
    """`motion_blurred` for any floating array of shape (height, width) or (height, width, n)."""
    length = 2 * radius + 1
    steps = np.arange(math.ceil(length))
    weights = np.exp(-((steps / max(sigma, 1e-3)) ** 2) / 2) * np.clip(length - steps, 0, 1)
    direction = math.radians(angle)
    rows = np.ceil(steps * math.sin(direction) - 0.5).astype(int)
    columns = np.ceil(steps * math.cos(direction) - 0.5).astype(int)
    top, left = int(rows.min()), int(columns.min())
    kernel = np.zeros((int(rows.max()) - top + 1, int(columns.max()) - left + 1))
    np.add.at(kernel, (rows - top, columns - left), weights / weights.sum())
    trail: NDArray[np.floating[Any]] = cv2.filter2D(
        values, -1, kernel, anchor=(-left, -top), borderType=cv2.BORDER_REPLICATE
    )
    return trail


def zoom_blur(
    image: Image, parameter: tuple[float, ...], _scale: float, _rng: np.random.Generator
) -> Image:
    """
    Moved towards the thing while shooting: the mean of the picture and its enlargements.

    Parameters: how many enlargements, the last one in part; by how much each is larger than the
    one before it, the first being as large as the picture.
    """
    layers, step = parameter
    values = image.astype(np.float32)
    total = values.copy()
    for rank in range(math.ceil(layers)):
        weight = min(1.0, layers - rank)
        total += _enlarged(values, 1 + rank * step) * np.float32(weight)
    return truncated(total / np.float32(layers + 1))


def _enlarged(values: NDArray[np.float32], zoom: float) -> NDArray[np.float32]:
    """
    The middle of the picture at the picture's size.

    As the original does, the crop is whole pixels wide and its first and last pixel's centres go
    to those of the enlargement.
    """
    to_source = np.zeros((2, 3))
    for axis, side in enumerate((values.shape[1], values.shape[0])):
        crop = math.ceil(side / zoom)
        to_source[axis, axis] = (crop - 1) / max(round(crop * zoom) - 1, 1)
        to_source[axis, 2] = (side - crop) // 2
    large: NDArray[np.float32] = cv2.warpAffine(
        values,
        to_source,
        (values.shape[1], values.shape[0]),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return large


def _disk(radius: int, *, rim: float, scale: float) -> NDArray[np.float32]:
    """A filled circle that sums to 1, its rim softened by `rim` px, as the original builds it."""
    half = max(round(_GRID * scale), radius)
    offsets = np.arange(-half, half + 1)
    disk = (offsets**2 + offsets[:, None] ** 2 <= radius**2).astype(np.float32)
    disk /= np.sum(disk)
    reach = max(1, round((1 if radius <= _GRID * scale else 2) * scale))
    side = 2 * reach + 1
    soft: NDArray[np.float32] = cv2.GaussianBlur(disk, (side, side), rim)
    return soft
