"""Something before the lens or over the picture: a hand, a box, the camera's own clock."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from core.corruptions.patterns import clouds, mixed, smooth_step
from core.corruptions.pixels import rounded
from core.records import Image

_SKINS = ((232, 190, 164), (205, 152, 118), (160, 108, 78), (104, 70, 52))  # RGB
_BOXES = ((176, 138, 96), (150, 150, 152), (62, 92, 128), (70, 70, 66))


def hand(
    image: Image,
    parameter: tuple[float, ...],
    _scale: float,
    rng: np.random.Generator,
    *,
    side: float | None = None,
) -> Image:
    """
    A hand reaches in from one side, fingers first, and covers `parameter[0]` of the picture.

    Args:
        side: it comes from, degrees: 0 right, 90 below, 180 left, 270 above; None: by chance.
    """
    (covered,) = parameter
    height, width = image.shape[:2]
    angle = rng.uniform(0, 2 * np.pi)
    angle = angle if side is None else math.radians(side)
    skin = np.array(_SKINS[rng.integers(len(_SKINS))], np.float32)
    where = rng.uniform(-0.3, 0.3)
    shade = clouds(rng, image.shape, cells=3, octaves=3)
    across = np.linspace(-1, 1, width, dtype=np.float32)[None, :]
    down = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    along = across * np.float32(np.cos(angle)) + down * np.float32(np.sin(angle))
    beside = down * np.float32(np.cos(angle)) - across * np.float32(np.sin(angle))
    beside -= np.float32(where)
    fingers = np.sqrt(np.abs(np.cos(np.float32(np.pi * 2.2) * beside)))
    reach = (along + 0.45 * fingers - 0.9 * beside**2).astype(np.float32)
    edge = float(np.quantile(reach[::4, ::4], 1 - covered))
    inside = smooth_step(reach, low=edge - 0.01, high=edge + 0.03)
    # Round at the rim, lit from above.
    depth = smooth_step(reach, low=edge, high=edge + 0.5)
    light = np.float32(0.55) + np.float32(0.35) * depth + np.float32(0.2) * shade
    return rounded(mixed(image, cv2.merge([light * c for c in skin]), inside))


def box(
    image: Image,
    parameter: tuple[float, ...],
    _scale: float,
    rng: np.random.Generator,
    *,
    x: float | None = None,
    y: float | None = None,
) -> Image:
    """
    A box with straight edges stands before the thing and covers `parameter[0]` of the view.

    Args:
        x, y: its middle, shares of the width and height; None: near the picture's, by chance.
    """
    (covered,) = parameter
    height, width = image.shape[:2]
    place = rng.uniform(0.4, 0.6, 2)
    place = np.array([place[0] if x is None else x, place[1] if y is None else y])
    shape = math.sqrt(rng.uniform(0.7, 1.4))
    turned = rng.uniform(-0.12, 0.12)
    card = np.array(_BOXES[rng.integers(len(_BOXES))], np.float32)
    grain = clouds(rng, image.shape, cells=6, octaves=3)
    across = (np.arange(width, dtype=np.float32) + 0.5)[None, :] - place[0] * width
    down = (np.arange(height, dtype=np.float32) + 0.5)[:, None] - place[1] * height
    along = (across * math.cos(turned) + down * math.sin(turned)) / (width * shape)
    up = (down * math.cos(turned) - across * math.sin(turned)) * shape / height
    size = np.maximum(np.abs(along), np.abs(up)).astype(np.float32)
    edge = math.sqrt(covered) / 2
    soft = 1.0 / min(height, width)
    inside = 1 - smooth_step(size, low=edge - soft, high=edge + soft)
    light = np.float32(0.85) + np.float32(0.25) * grain
    return rounded(mixed(image, cv2.merge([light * c for c in card]), inside))


def overlay(
    image: Image, parameter: tuple[float, ...], _scale: float, rng: np.random.Generator
) -> Image:
    """
    The camera writes its clock and its mark into the picture, on a strip at the top or bottom.

    Parameters: how opaque it is, 0..1; height of the strip, share of the picture's.
    """
    opacity, share = parameter
    height, width = image.shape[:2]
    is_top = rng.random() < 0.5
    stamp = "{:04}-{:02}-{:02} {:02}:{:02}:{:02}".format(
        *(int(rng.integers(low, high)) for low, high in (
            (2015, 2030), (1, 13), (1, 29), (0, 24), (0, 60), (0, 60),
        ))
    )  # fmt: skip
    strip = _strip(stamp, f"CAM {int(rng.integers(1, 30)):02}", width=width / height)
    tall = max(share * height, 1e-3)
    rows = np.arange(height, dtype=np.float32) + 0.5
    from_edge = rows if is_top else height - rows
    inside = np.clip(tall - from_edge + 0.5, 0, 1) * np.float32(opacity)
    y = (rows if is_top else rows - (height - tall)) * np.float32(len(strip) / tall) - 0.5
    x = (np.arange(width, dtype=np.float32) + 0.5) * np.float32(strip.shape[1] / width) - 0.5
    drawn = cv2.remap(
        strip,
        np.broadcast_to(x, (height, width)).astype(np.float32),
        np.broadcast_to(y[:, None], (height, width)).astype(np.float32),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    share_map = np.broadcast_to(inside[:, None], (height, width)).astype(np.float32)
    return rounded(mixed(image, drawn.astype(np.float32), share_map))


def _strip(stamp: str, mark: str, *, width: float) -> NDArray[np.uint8]:
    """White words on a black strip, 48 px tall, as wide as a picture of this aspect needs."""
    wide = int(np.clip(48 * width / 0.17, 520, 4000))
    strip = np.zeros((48, wide, 3), np.uint8)
    font, white = cv2.FONT_HERSHEY_SIMPLEX, (255, 255, 255)
    cv2.putText(strip, stamp, (10, 34), font, 0.9, white, 2, cv2.LINE_AA)
    left = wide - 20 - cv2.getTextSize(mark, font, 0.9, 2)[0][0]
    cv2.putText(strip, mark, (left, 34), font, 0.9, white, 2, cv2.LINE_AA)
    return strip
