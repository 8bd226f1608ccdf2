"""What the sensor itself does: grain of high ISO, dead dots, another colour filter."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from core.corruptions.patterns import grid_shape
from core.corruptions.pixels import rounded
from core.records import Image

# Ours: how a sensor with broader colour filters mixes the channels; rows sum to 1, grey stays.
_CROSSTALK = np.array([[0.62, 0.30, 0.08], [0.24, 0.58, 0.18], [0.06, 0.36, 0.58]], np.float32)


def iso_noise(
    image: Image, parameter: tuple[float, ...], scale: float, rng: np.random.Generator
) -> Image:
    """
    Grain of high ISO: fine in brightness, blotchy in colour.

    Parameters: standard deviation of the brightness noise and of the colour blotches, both as
    shares of white; a blotch is 2 px wide at short side 224.
    """
    fine, blotchy = parameter
    height, width = image.shape[:2]
    grain = rng.standard_normal((height, width), np.float32)
    rows, columns = grid_shape(image.shape, 2 * max(scale, 0.5))
    blotches = rng.standard_normal((rows, columns, 3), np.float32)
    colour = cv2.resize(blotches, (width, height), interpolation=cv2.INTER_CUBIC)
    colour = colour.reshape(height, width, 3)
    noise = np.float32(255 * fine) * grain[..., None] + np.float32(255 * blotchy) * colour
    return rounded(image + noise)


def dead_pixels(
    image: Image, parameter: tuple[float, ...], scale: float, rng: np.random.Generator
) -> Image:
    """
    Dots that stay black, white or one colour, `parameter[0]` of all at short side 224.

    They die one after another: those dead at a low severity are dead at a higher one.
    """
    (share,) = parameter
    rows, columns = grid_shape(image.shape, scale)
    fate = rng.random((rows, columns), dtype=np.float32)
    colours = np.where(rng.random((rows, columns, 3)) < 0.5, 0, 255).astype(np.uint8)
    size = (image.shape[1], image.shape[0])
    is_dead = cv2.resize((fate < share).astype(np.uint8), size, interpolation=cv2.INTER_NEAREST)
    stuck = cv2.resize(colours, size, interpolation=cv2.INTER_NEAREST).reshape(image.shape)
    damaged: Image = np.where(is_dead[..., None] > 0, stuck, image)
    return damaged


def sensor_change(
    image: Image, parameter: tuple[float, ...], _scale: float, _rng: np.random.Generator
) -> Image:
    """
    Seen by another sensor, `parameter[0]` of the way: broader colour filters, a Bayer mosaic.

    Each pixel keeps one colour (RGGB) and the two others come from its neighbours.
    """
    (share,) = parameter
    mixed = rounded(image.astype(np.float32) @ _CROSSTALK.T)
    other = _demosaiced(mixed).astype(np.float32)
    return rounded(image + np.float32(share) * (other - image))


def _demosaiced(image: Image) -> NDArray[np.uint8]:
    """Through an RGGB mosaic and back, linear between neighbours of a colour."""
    kept = np.zeros(image.shape, np.float32)
    weight = np.zeros(image.shape, np.float32)
    for channel, row, column in ((0, 0, 0), (1, 0, 1), (1, 1, 0), (2, 1, 1)):
        kept[row::2, column::2, channel] = image[row::2, column::2, channel]
        weight[row::2, column::2, channel] = 1
    near = np.array([[1, 2, 1], [2, 4, 2], [1, 2, 1]], np.float32)
    sums = cv2.filter2D(kept, -1, near, borderType=cv2.BORDER_REFLECT_101)
    weights = cv2.filter2D(weight, -1, near, borderType=cv2.BORDER_REFLECT_101)
    seen = np.where(weights > 0, sums / np.maximum(weights, 1e-6), image)
    return rounded(seen)
