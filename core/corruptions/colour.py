"""Colours that are off: the wrong white, a turned hue."""

from __future__ import annotations

import math

import numpy as np

from core.corruptions.pixels import rounded
from core.records import Image

_LUMA = np.array((0.299, 0.587, 0.114))  # ITU-R BT.601
_TO_YIQ = np.array([_LUMA, (0.5959, -0.2746, -0.3213), (0.2115, -0.5227, 0.3112)])
_TO_RGB = np.linalg.inv(_TO_YIQ)


def colour_cast(
    image: Image, parameter: tuple[float, ...], _scale: float, rng: np.random.Generator
) -> Image:
    """
    White balance off by `parameter[0]` (natural logarithm of red over blue, halved).

    The seed says whether the picture turns warm (a lamp) or cold (shade), and how green.
    """
    (strength,) = parameter
    towards = 1.0 if rng.random() < 0.5 else -1.0
    green = rng.uniform(-0.35, 0.35)
    gains = np.exp(strength * np.array((towards, green, -towards)))
    return rounded(image.astype(np.float32) * gains.astype(np.float32))


def hue_shift(
    image: Image, parameter: tuple[float, ...], _scale: float, rng: np.random.Generator
) -> Image:
    """
    All hues turned by `parameter[0]` degrees, one way or the other by the seed; brightness stays.

    Source:
        Rotation in the IQ plane of YIQ (NTSC 1953); grey stays grey.
    """
    angle = math.radians(parameter[0]) * (1 if rng.random() < 0.5 else -1)
    turn = np.array(
        [[1, 0, 0], [0, math.cos(angle), -math.sin(angle)], [0, math.sin(angle), math.cos(angle)]]
    )
    matrix = (_TO_RGB @ turn @ _TO_YIQ).astype(np.float32)
    return rounded(image.astype(np.float32) @ matrix.T)
