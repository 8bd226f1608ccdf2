"""What the camera and its place do to a picture: too little light, a dirty lens, a cover."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from core.corruptions.noise import CHANCES, drawn
from core.corruptions.patterns import Field, clouds, mixed, smooth_step
from core.corruptions.pixels import rounded
from core.records import Image

_SPECKS = 60
_CLOTHS = ((84, 78, 72), (58, 72, 96), (120, 64, 56), (96, 98, 70), (40, 42, 46))  # RGB, muted


def low_light(
    image: Image, parameter: tuple[float, ...], _scale: float, rng: np.random.Generator
) -> Image:
    """
    Less light on the sensor, in linear light, with shot and read noise.

    Parameters: stops of light lost; shot noise variance of white at full light; standard
    deviation of the read noise, as a share of white.

    Source:
        Foi et al. 2008, "Practical Poissonian-Gaussian noise modeling and fitting for
        single-image raw-data": variance = a * signal + b²; sRGB curve of IEC 61966-2-1.
    """
    stops, shot, read = parameter
    signal = _linear(np.arange(256) / 255)[:, None] * 2.0**-stops
    quantiles = signal + ndtri(CHANCES) * np.sqrt(shot * signal + read**2)
    return drawn(rounded(255 * _encoded(quantiles.astype(np.float32))), image, rng)


def dirty_lens(
    image: Image, parameter: tuple[float, ...], scale: float, rng: np.random.Generator
) -> Image:
    """
    Greasy smudges that blur and veil, and specks of dust too near to be sharp.

    Parameters: share of the lens smudged; how much a smudge hides; share of the specks settled.
    """
    covered, hiding, settled = parameter
    grease = clouds(rng, image.shape, cells=2, octaves=4)
    edge = float(np.quantile(grease[::4, ::4], 1 - min(covered, 0.98)))
    smudge = smooth_step(grease, low=edge - 0.12, high=edge + 0.18) * np.float32(hiding)
    smeared = _smeared(image, px=9 * scale)
    veil = 0.72 * smeared + 0.28 * np.array((168, 160, 146), np.float32)
    veiled = mixed(image, veil, smudge)
    dust = _dust(image.shape, settled=settled, scale=scale, rng=rng)
    return rounded(mixed(veiled, 0.35 * smeared, dust))


def occlusion(
    image: Image,
    parameter: tuple[float, ...],
    _scale: float,
    rng: np.random.Generator,
    *,
    side: float | None = None,
) -> Image:
    """
    A cloth comes in from one side and covers `parameter[0]` of the picture.

    Args:
        side: it comes from, degrees: 0 right, 90 below, 180 left, 270 above; None: by chance.
    """
    (covered,) = parameter
    height, width = image.shape[:2]
    angle = rng.uniform(0, 2 * np.pi)
    angle = angle if side is None else float(np.radians(side))
    cloth = np.array(_CLOTHS[rng.integers(len(_CLOTHS))], np.float32)
    outline = clouds(rng, image.shape, cells=2, octaves=2)
    folds = clouds(rng, image.shape, cells=4, octaves=3)
    across = np.linspace(-1, 1, width, dtype=np.float32) * np.float32(np.cos(angle))
    down = np.linspace(-1, 1, height, dtype=np.float32) * np.float32(np.sin(angle))
    nearness = across[None, :] + down[:, None] + np.float32(0.35) * outline
    edge = float(np.quantile(nearness[::4, ::4], 1 - covered))
    inside = smooth_step(nearness, low=edge - 0.01, high=edge + 0.02)
    shade = np.float32(0.7) + np.float32(0.6) * folds
    return rounded(mixed(image, cv2.merge([shade * c for c in cloth]), inside))


def _linear(encoded: NDArray[np.float64]) -> NDArray[np.float64]:
    """sRGB values, 0..1, as amounts of light, 0..1."""
    light: NDArray[np.float64] = np.where(
        encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4
    )
    return light


def _encoded(linear: Field) -> Field:
    """Amounts of light as sRGB values, 0..1; what is below no light or above white is cut."""
    light = np.clip(linear, 0, 1)
    curve: Field = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    return curve


def _smeared(image: Image, *, px: float) -> NDArray[np.float32]:
    """The picture blurred by about `px`, computed on a smaller copy."""
    height, width = image.shape[:2]
    step = max(1.0, px / 2)
    small = (max(1, round(width / step)), max(1, round(height / step)))
    shrunk = cv2.resize(image, small, interpolation=cv2.INTER_AREA).astype(np.float32)
    soft = cv2.GaussianBlur(shrunk, (0, 0), max(px / step, 0.1))
    wide: NDArray[np.float32] = cv2.resize(soft, (width, height), interpolation=cv2.INTER_LINEAR)
    return wide


def _dust(
    shape: tuple[int, ...], *, settled: float, scale: float, rng: np.random.Generator
) -> Field:
    """How dark each pixel is from specks, 0..1; they settle one after another."""
    height, width = shape[:2]
    places = rng.random((_SPECKS, 2))
    radii = rng.uniform(0.8, 3.2, _SPECKS) * scale
    layer = np.zeros((height, width), np.uint8)
    # Last comes first, so that a speck still settling never paints over one that has.
    for rank in reversed(range(min(_SPECKS, math.ceil(settled * _SPECKS)))):
        strength = min(1.0, settled * _SPECKS - rank)
        centre = (int(places[rank, 0] * width * 16), int(places[rank, 1] * height * 16))
        colour = 150 * strength
        cv2.circle(layer, centre, int(radii[rank] * 16), colour, -1, cv2.LINE_AA, shift=4)
    soft = cv2.GaussianBlur(layer, (0, 0), max(1.1 * scale, 0.1))
    darkness: Field = soft.astype(np.float32) / np.float32(255)
    return darkness
