"""One picture shown to a model in other ways: all of it, only the part the crop keeps."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from core.models.preprocessing import preprocess
from core.records import Image, InputSpec


def cut_off(height: int, width: int, spec: InputSpec) -> float:
    """Share of a picture of that size (px) that the centre crop leaves out, 0..1."""
    top, bottom, left, right = _window(height, width, spec)
    return 1 - (bottom - top) * (right - left) / (height * width)


def window(
    height: int, width: int, spec: InputSpec
) -> tuple[tuple[float, float, float, float], tuple[int, int]]:
    """
    Where what the model gets lies on a picture of that size (px), and how large it is.

    Returns:
        Left, top, width and height as shares of the picture's sides, outside 0..1 where the
        crop pads; width and height in px, as `preprocess` makes them.
    """
    wide, tall = width, height
    if spec.resize is not None:
        short, long = spec.resize, int(spec.resize * max(wide, tall) / min(wide, tall))
        wide, tall = (short, long) if width <= height else (long, short)
    if spec.crop is None:
        return (0.0, 0.0, 1.0, 1.0), (wide, tall)
    left, top = round((wide - spec.crop) / 2), round((tall - spec.crop) / 2)
    place = (left / wide, top / tall, spec.crop / wide, spec.crop / tall)
    return place, (spec.crop, spec.crop)


def whole(image: Image, spec: InputSpec) -> NDArray[np.float32]:
    """The whole picture, shrunk until it fits, padded with the colour that is 0 to the model."""
    return _fitted(image, spec)


def window_only(image: Image, spec: InputSpec) -> NDArray[np.float32]:
    """
    As `whole`, with what the centre crop leaves out painted over.

    Against `whole` it tells what the left-out part says from what the smaller scale does.
    """
    height, width = image.shape[:2]
    top, bottom, left, right = _window(height, width, spec)
    seen = np.empty_like(image)
    seen[:] = _padding(spec)
    seen[top:bottom, left:right] = image[top:bottom, left:right]
    return _fitted(seen, spec)


def balanced(image: Image, gains: tuple[float, float, float]) -> Image:
    """The picture with red, green and blue multiplied by the gains (0 or more)."""
    light = image.astype(np.float32) * np.asarray(gains, dtype=np.float32)
    cut: Image = np.clip(light + 0.5, 0, 255).astype(np.uint8)
    return cut


def shrunk_by_opencv(image: Image, spec: InputSpec) -> NDArray[np.float32]:
    """As `preprocess`, but shrunk by OpenCV's bilinear filter, which skips pixels between."""
    height, width = image.shape[:2]
    if spec.resize is not None and spec.resize != min(height, width):
        scale = spec.resize / min(height, width)
        size = (max(1, int(width * scale)), max(1, int(height * scale)))
        size = (spec.resize, size[1]) if width <= height else (size[0], spec.resize)
        image = cv2.resize(image, size, interpolation=cv2.INTER_LINEAR).astype(np.uint8)
    return preprocess(image, replace(spec, resize=None))


def _window(height: int, width: int, spec: InputSpec) -> tuple[int, int, int, int]:
    """Rows and columns of the picture that the centre crop keeps."""
    if spec.crop is None:
        return 0, height, 0, width
    side = spec.crop * (min(height, width) / spec.resize if spec.resize else 1.0)
    tall, wide = min(height, round(side)), min(width, round(side))
    top, left = (height - tall) // 2, (width - wide) // 2
    return top, top + tall, left, left + wide


def _fitted(image: Image, spec: InputSpec) -> NDArray[np.float32]:
    height, width = image.shape[:2]
    side = max(height, width)
    square = np.empty((side, side, 3), dtype=np.uint8)
    square[:] = _padding(spec)
    top, left = (side - height) // 2, (side - width) // 2
    square[top : top + height, left : left + width] = image
    fits = spec.crop or spec.resize or side
    return preprocess(square, replace(spec, resize=fits, crop=fits))


def _padding(spec: InputSpec) -> NDArray[np.uint8]:
    colour = np.clip(np.round(255 * np.asarray(spec.mean)), 0, 255).astype(np.uint8)
    colour = colour[::-1] if spec.channels == "BGR" else colour
    return np.broadcast_to(colour, (3,))
