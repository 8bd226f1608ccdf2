"""Light that falls unevenly: a hard shadow, a reflection in glass."""

from __future__ import annotations

import math

import cv2
import numpy as np

from core.corruptions.patterns import Field, smooth_step
from core.corruptions.pixels import rounded
from core.records import Image


def hard_shadow(
    image: Image, parameter: tuple[float, ...], _scale: float, rng: np.random.Generator
) -> Image:
    """A beam, post or person casts a sharp-edged shadow that takes `parameter[0]` of the light."""
    (taken,) = parameter
    angle = rng.uniform(0, math.pi)
    middle, half = rng.uniform(-0.25, 0.25), rng.uniform(0.22, 0.4)
    away = np.abs(_along(image.shape, angle) - np.float32(middle))
    shade = 1 - smooth_step(away, low=half - 0.012, high=half + 0.012)
    # Values are about the 1 / 2.2 power of light; shadows out of the sun are lit by blue sky.
    light = (1 - np.float32(taken) * shade) ** np.float32(1 / 2.2)
    tint = 1 + np.float32(0.1 * taken) * shade[..., None] * np.array((-1, 0, 1), np.float32)
    return rounded(image * light[..., None] * tint)


def reflection(
    image: Image, parameter: tuple[float, ...], scale: float, rng: np.random.Generator
) -> Image:
    """
    Glass before the lens mirrors bright windows over the picture, `parameter[0]` as bright as they.
    """
    (strength,) = parameter
    angle = rng.uniform(-0.3, 0.3)
    across, up = _along(image.shape, angle), _along(image.shape, angle + math.pi / 2)
    panes = np.zeros(image.shape[:2], np.float32)
    for _ in range(3):
        x, y = rng.uniform(-0.6, 0.6), rng.uniform(-0.5, 0.5)
        wide, tall = rng.uniform(0.12, 0.3), rng.uniform(0.15, 0.35)
        inside = np.maximum(
            np.abs(across - np.float32(x)) / wide, np.abs(up - np.float32(y)) / tall
        )
        bars = np.minimum(np.abs(across - np.float32(x)) / wide, np.abs(up - np.float32(y)) / tall)
        pane = (1 - smooth_step(inside, low=0.95, high=1.05)) * smooth_step(
            bars, low=0.02, high=0.06
        )
        panes = np.maximum(panes, pane * np.float32(rng.uniform(0.6, 1.0)))
    panes = cv2.GaussianBlur(panes, (0, 0), max(2.0 * scale, 0.1))
    light = (np.float32(0.08) + panes)[..., None] * np.array((225, 235, 245), np.float32)
    # Glass keeps back a little of what is behind it and adds what it mirrors.
    return rounded(image + np.float32(strength) * (light - np.float32(0.05) * image))


def _along(shape: tuple[int, ...], angle: float) -> Field:
    """Place of each pixel along a direction, in short sides from the middle."""
    height, width = shape[:2]
    short = min(height, width)
    x = (np.arange(width, dtype=np.float32) + 0.5 - width / 2) / short
    y = (np.arange(height, dtype=np.float32) + 0.5 - height / 2) / short
    cos, sin = np.float32(math.cos(angle)), np.float32(math.sin(angle))
    place: Field = (x[None, :] * cos + y[:, None] * sin).astype(np.float32)
    return place
