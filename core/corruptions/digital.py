"""What processing, storing and sending do to a picture."""

from __future__ import annotations

import cv2
import numpy as np
from PIL import Image as Pillow

from core.corruptions.pixels import truncated
from core.records import Image


def contrast(
    image: Image, parameter: tuple[float, ...], _scale: float, _rng: np.random.Generator
) -> Image:
    """Every value drawn towards its channel's mean; `parameter[0]` is the contrast kept."""
    (kept,) = parameter
    mean = (image / 255).mean(axis=(0, 1), keepdims=True)
    values = np.arange(256)[None, :, None] / 255
    table = truncated(((values - mean) * kept + mean) * 255)
    pale: Image = cv2.LUT(image, table)
    return pale


def saturate(
    image: Image, parameter: tuple[float, ...], _scale: float, _rng: np.random.Generator
) -> Image:
    """
    Saturation (HSV) times `parameter[0]` plus `parameter[1]`, at most 1; hue and value stay.

    Grey has no hue; as in the original it counts as red when saturation is added.
    """
    factor, added = parameter
    # Plane by plane: NumPy takes a maximum over an axis of three one triple at a time.
    planes = [plane / 255 for plane in cv2.split(image)]
    top = np.maximum(np.maximum(planes[0], planes[1]), planes[2])
    span = top - np.minimum(np.minimum(planes[0], planes[1]), planes[2])
    is_grey = span == 0
    wanted = np.clip(span / np.where(top > 0, top, 1) * factor + added, 0, 1)
    span[is_grey] = 1
    vivid: Image = np.empty_like(image)
    for channel, plane in enumerate(planes):
        depth = (top - plane) / span
        depth[is_grey] = 0 if channel == 0 else 1
        # Cut without the allowance for rounding of `truncated`: the original's own rounding shows.
        vivid[..., channel] = top * (1 - depth * wanted) * 255
    return vivid


def pixelate(
    image: Image, parameter: tuple[float, ...], scale: float, _rng: np.random.Generator
) -> Image:
    """
    Shrunk to `parameter[0]` of its size and enlarged again in squares.

    A square is 1 / parameter px at 224 and stretches with the picture; below severity 1 the
    stretching sets in with the damage, so that the dial starts at single pixels at every size.
    """
    (kept,) = parameter
    onset = min(1.0, (1 - kept) / 0.4)  # 0.4: what severity 1 takes away
    kept = min(1.0, kept * scale**-onset)
    height, width = image.shape[:2]
    small = (max(1, int(width * kept)), max(1, int(height * kept)))
    shrunk = Pillow.fromarray(image).resize(small, Pillow.Resampling.BOX)
    return np.array(shrunk.resize((width, height), Pillow.Resampling.BOX))


def jpeg_compression(
    image: Image, parameter: tuple[float, ...], _scale: float, _rng: np.random.Generator
) -> Image:
    """Stored as JPEG of quality `parameter[0]`, rounded to a whole number."""
    from albumentations import ImageCompression  # takes 2.5 s to import

    quality = round(parameter[0])
    compress = ImageCompression(compression_type="jpeg", quality_range=(quality, quality), p=1)
    # albumentations hands its array to OpenCV, which takes it for BGR; so BGR is what it gets.
    bgr = cv2.cvtColor(image, cv2.COLOR_RGB2BGR)
    stored: Image = cv2.cvtColor(compress(image=bgr)["image"], cv2.COLOR_BGR2RGB)
    return stored
