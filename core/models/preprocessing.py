"""From a picture to the array a model wants, pixel for pixel as torchvision does it."""

from __future__ import annotations

import numpy as np
import PIL.Image
from numpy.typing import NDArray

from core.records import Image, InputSpec

_FILTERS = {
    "nearest": PIL.Image.Resampling.NEAREST,
    "bilinear": PIL.Image.Resampling.BILINEAR,
    "bicubic": PIL.Image.Resampling.BICUBIC,
    "lanczos": PIL.Image.Resampling.LANCZOS,
}


def preprocess(image: Image, spec: InputSpec) -> NDArray[np.float32]:
    """
    The picture as the model wants it: colour order, resize, centre crop, 0..1, mean and std.

    Args:
        image: RGB uint8, shape (height, width, 3).
        spec: with channels "L" the picture is turned grey before it is resized.

    Returns:
        Shape (channels, height, width); with a crop both sides are `spec.crop`.

    Source:
        torchvision 0.29 on Pillow pictures: Resize(short side), CenterCrop (which pads with black
        where the picture is smaller), ToTensor, Normalize. Pillow's filters are antialiased.
    """
    pixels = _prepared(image, spec)
    if spec.channels == "BGR":
        pixels = pixels[:, :, ::-1]
    scaled = np.ascontiguousarray(pixels.transpose(2, 0, 1), dtype=np.float32)
    scaled /= np.float32(255)
    scaled -= np.asarray(spec.mean, dtype=np.float32)[:, None, None]
    scaled /= np.asarray(spec.std, dtype=np.float32)[:, None, None]
    return scaled


def seen_image(image: Image, spec: InputSpec) -> Image:
    """
    What is left of the picture for the model, before it becomes numbers: resized and cropped.

    Args:
        image: RGB uint8, shape (height, width, 3).

    Returns:
        RGB uint8, grey three times where the model takes grey; the model's colour order is not
        shown, because to the model it is the usual one.
    """
    pixels = _prepared(image, spec)
    return np.repeat(pixels, 3, axis=2) if pixels.shape[2] == 1 else np.ascontiguousarray(pixels)


def _prepared(image: Image, spec: InputSpec) -> NDArray[np.uint8]:
    """(height, width, channels), still 0..255 and in RGB order."""
    picture = PIL.Image.fromarray(image)
    if spec.channels == "L":
        picture = picture.convert("L")
    if spec.resize is not None:
        picture = _resized(picture, spec.resize, _FILTERS[spec.interpolation])
    pixels: NDArray[np.uint8] = np.asarray(picture)
    if spec.crop is not None:
        pixels = _centre_crop(pixels, spec.crop)
    return pixels[:, :, None] if pixels.ndim == 2 else pixels


def _resized(
    picture: PIL.Image.Image, side: int, resampling: PIL.Image.Resampling
) -> PIL.Image.Image:
    width, height = picture.size
    short, long = min(width, height), max(width, height)
    if short == side:
        return picture
    longer = int(side * long / short)
    size = (side, longer) if width <= height else (longer, side)
    return picture.resize(size, resampling)


def _centre_crop(pixels: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    height, width = pixels.shape[:2]
    if height < side or width < side:
        above, left = max(side - height, 0), max(side - width, 0)
        padding = [(above // 2, (above + 1) // 2), (left // 2, (left + 1) // 2)]
        pixels = np.pad(pixels, padding + [(0, 0)] * (pixels.ndim - 2))
        height, width = pixels.shape[:2]
    # round() goes to the even number at .5, as torchvision's does
    top, start = round((height - side) / 2.0), round((width - side) / 2.0)
    return pixels[top : top + side, start : start + side]
