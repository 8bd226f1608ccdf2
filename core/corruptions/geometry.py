"""How the thing stands in the picture: tilted, from the side, off the middle, too far or near."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from core.corruptions.patterns import mixed, smooth_step
from core.corruptions.pixels import rounded
from core.records import Image

_FADE = 0.1  # short sides beyond the edge after which a third of the light is left
_SURROUND = 0.5  # light of the soft surround of a thing too far away
_FOCAL = 1.6  # short sides from the eye to the picture: a normal lens


def tilt(
    image: Image, parameter: tuple[float, ...], _scale: float, rng: np.random.Generator
) -> Image:
    """
    Turned by `parameter[0]` degrees, one way or the other, about a place near the middle.
    """
    angle = math.radians(parameter[0]) * (1 if rng.random() < 0.5 else -1)
    x, y = rng.uniform(-0.08, 0.08, 2)
    cos, sin = math.cos(angle), math.sin(angle)
    return _warped(
        image,
        np.array([
            [cos, -sin, x - cos * x + sin * y], [sin, cos, y - sin * x - cos * y], [0, 0, 1],
        ]),
    )  # fmt: skip


def perspective(
    image: Image, parameter: tuple[float, ...], _scale: float, rng: np.random.Generator
) -> Image:
    """Seen from the side: the picture's plane turned by `parameter[0]` degrees about an axis."""
    angle = math.radians(parameter[0])
    axis = rng.uniform(0, 2 * math.pi)
    spin = np.array([
        [math.cos(axis), -math.sin(axis), 0], [math.sin(axis), math.cos(axis), 0], [0, 0, 1],
    ])  # fmt: skip
    # Picture to eye: x shrinks by cos, and depth grows by sin along it.
    seen = np.array([[math.cos(angle), 0, 0], [0, 1, 0], [math.sin(angle) / _FOCAL, 0, 1]])
    return _warped(image, np.linalg.inv(spin @ seen @ spin.T))


def off_centre(
    image: Image, parameter: tuple[float, ...], _scale: float, rng: np.random.Generator
) -> Image:
    """The thing moved off the middle by `parameter[0]` short sides, cut off at the edge."""
    direction = rng.uniform(0, 2 * math.pi)
    right, down = parameter[0] * math.cos(direction), parameter[0] * math.sin(direction)
    return _warped(image, np.array([[1, 0, right], [0, 1, down], [0, 0, 1]]))


def too_far(
    image: Image, parameter: tuple[float, ...], scale: float, _rng: np.random.Generator
) -> Image:
    """The thing small in the middle, `parameter[0]` of its size, before a dim, soft surround."""
    (size,) = parameter
    height, width = image.shape[:2]
    soft = max(6 * scale, 0.1)
    shrink = max(1.0, soft / 2)
    small_size = (max(1, round(width / shrink)), max(1, round(height / shrink)))
    surround = cv2.GaussianBlur(
        cv2.resize(image, small_size, interpolation=cv2.INTER_AREA), (0, 0), soft / shrink
    )
    surround = cv2.resize(surround, (width, height), interpolation=cv2.INTER_LINEAR)
    sharp = image if size > 0.7 else cv2.GaussianBlur(image, (0, 0), 0.35 / size)
    small = _warped(sharp, np.diag([1 / size, 1 / size, 1.0]))
    across = np.abs(np.linspace(-1, 1, width, dtype=np.float32))[None, :]
    down = np.abs(np.linspace(-1, 1, height, dtype=np.float32))[:, None]
    away = np.maximum(across, down)
    feather = min(0.06, (1 - size) / 2) + 1e-4  # none at the start, or the edge would jump in
    inside = 1 - smooth_step(away, low=size - feather, high=size)
    return rounded(mixed(surround * np.float32(_SURROUND), small.astype(np.float32), inside))


def too_near(
    image: Image, parameter: tuple[float, ...], _scale: float, _rng: np.random.Generator
) -> Image:
    """The thing larger than the picture: the middle enlarged `parameter[0]` times."""
    return _warped(image, np.diag([1 / parameter[0], 1 / parameter[0], 1.0]))


def rolling_shutter(
    image: Image, parameter: tuple[float, ...], _scale: float, rng: np.random.Generator
) -> Image:
    """
    Read row by row while it moves: upright edges lean and sway.

    Parameters: how far the last row runs ahead of the first, short sides; sway, short sides.
    """
    lean, sway = parameter
    side = 1 if rng.random() < 0.5 else -1
    phase = rng.uniform(0, 2 * math.pi)
    height, width = image.shape[:2]
    short = min(height, width)
    time = (np.arange(height, dtype=np.float32) + 0.5) / height - 0.5
    ahead = side * lean * time + sway * np.sin(4 * math.pi * time + phase)
    columns = np.arange(width, dtype=np.float32)[None, :] + (ahead * short)[:, None]
    rows = np.broadcast_to(np.arange(height, dtype=np.float32)[:, None], (height, width))
    return _remapped(image, columns.astype(np.float32), np.ascontiguousarray(rows))


def _warped(image: Image, to_source: NDArray[np.float64]) -> Image:
    """
    The picture through a homography given in short sides from the middle, target to source.

    What lies beyond the edge is the picture mirrored there, fading into the dark: nobody knows
    what the camera would have seen, and with a bright surround more of it would not do more.
    """
    height, width = image.shape[:2]
    short = min(height, width)
    x = (np.arange(width, dtype=np.float32) + 0.5 - width / 2) / short
    y = ((np.arange(height, dtype=np.float32) + 0.5 - height / 2) / short)[:, None]
    m = to_source.astype(np.float32)
    depth = np.maximum(m[2, 0] * x + m[2, 1] * y + m[2, 2], np.float32(0.05))
    columns = (m[0, 0] * x + m[0, 1] * y + m[0, 2]) / depth * short + (width / 2 - 0.5)
    rows = (m[1, 0] * x + m[1, 1] * y + m[1, 2]) / depth * short + (height / 2 - 0.5)
    beyond = np.hypot(
        np.maximum(np.maximum(-columns, columns - (width - 1)), 0),
        np.maximum(np.maximum(-rows, rows - (height - 1)), 0),
    )
    seen = _remapped(image, columns, rows)
    light = np.exp(-beyond / np.float32(_FADE * short))
    return rounded(seen * light[..., None]) if beyond.any() else seen


def _remapped(image: Image, columns: NDArray[np.float32], rows: NDArray[np.float32]) -> Image:
    # OpenCV mirrors at most so far beyond an edge that its 16-bit places hold.
    height, width = image.shape[:2]
    warped: Image = cv2.remap(
        image,
        np.clip(columns, -3 * width, 4 * width).astype(np.float32),
        np.clip(rows, -3 * height, 4 * height).astype(np.float32),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REFLECT,
    )
    return warped
