"""ImageNet-C's spatter: water on the lens, then mud."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from core.corruptions.patterns import Field, enlarged, grid_shape
from core.corruptions.pixels import truncated
from core.records import Image

_WATER = np.array((175, 238, 238), np.float32)  # RGB; pale turquoise
_MUD = np.array((63, 42, 20), np.float32)
_THIN = 0.8  # a film of mud thinner than this is not seen


def spatter(
    image: Image, parameter: tuple[float, ...], scale: float, rng: np.random.Generator
) -> Image:
    """
    Splashes cut from smoothed noise: water adds light at their rims, mud covers.

    Parameters: mean and standard deviation of the noise; its blur, px; the threshold above which
    there is liquid; strength of water or blur of mud's edge, px; share of mud. Between 0 and 1 the
    share fades from water to mud, which the original never does.
    """
    mean, spread, blur, threshold, strength, mud = parameter
    noise = rng.standard_normal(grid_shape(image.shape, scale), dtype=np.float32)
    small = min(scale, 1.0)
    liquid = _soft(np.float32(mean) + np.float32(spread) * noise, sigma=blur * small)
    splashed: Image | NDArray[np.float32] = image
    if mud < 1:
        wet = _water(np.where(liquid < threshold, 0, liquid)) * np.float32(strength * (1 - mud))
        water = enlarged(wet, image.shape)[..., None] * _WATER
        splashed = np.clip(image + water, 0, 255)
    if mud > 0:
        film = _soft((liquid > threshold).astype(np.float32), sigma=strength * small)
        film = np.where(film < _THIN, np.float32(0), film * np.float32(mud))
        cover = enlarged(film, image.shape)[..., None]
        splashed = splashed * (1 - cover) + _MUD * cover
    return truncated(splashed * np.float32(1))


def _water(liquid: Field) -> Field:
    """Where water shines, 0..1: near the rims of the splashes, lit from the upper left."""
    level = (liquid * 255).astype(np.uint8)
    away = cv2.distanceTransform(255 - cv2.Canny(level, 50, 150), cv2.DIST_L2, 5)
    near = cv2.blur(np.minimum(away, 20), (3, 3)).astype(np.uint8)
    relief = np.array(((-2, -1, 0), (-1, 1, 1), (0, 1, 2)), np.float32)
    lit = cv2.filter2D(cv2.equalizeHist(near), cv2.CV_8U, relief)
    shine: Field = level * cv2.blur(lit, (3, 3)).astype(np.float32)
    return shine / max(float(shine.max()), 1.0)


def _soft(field: Field, *, sigma: float) -> Field:
    """Gaussian filter of `sigma` px, cut off at four of them."""
    side = 2 * int(4 * sigma + 0.5) + 1
    soft: Field = cv2.GaussianBlur(field, (side, side), sigma, borderType=cv2.BORDER_REPLICATE)
    return soft
