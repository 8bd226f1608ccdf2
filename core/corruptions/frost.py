"""Our frost: needles of ice, grown in tufts that each have their own direction."""

from __future__ import annotations

import cv2
import numpy as np

from core.corruptions.patterns import Field, clouds, enlarged, grid_shape, smooth_step
from core.corruptions.pixels import truncated
from core.records import Image

_TUFTS = (30, 140)  # per square of one short side: long needles below, short ones above
_TILE = 256  # px; side of the random field the needles are taken from
_THIN = np.array((52, 78, 96), np.float32)  # RGB of clear ice
_THICK = np.array((222, 234, 244), np.float32)  # RGB of white ice


def frost(
    image: Image, parameter: tuple[float, ...], scale: float, rng: np.random.Generator
) -> Image:
    """
    `parameter[0]` times the picture plus `parameter[1]` times the ice.

    The weights are ImageNet-C's. The photos of frost that go with them are not ours to ship, so
    the ice is drawn, about as bright and as rough as in those.
    """
    kept, weight = parameter
    thickness = enlarged(_ice(grid_shape(image.shape, scale), rng), image.shape)
    share = cv2.merge((thickness, thickness, thickness))
    ice = _THIN + (_THICK - _THIN) * share
    return truncated(np.float32(kept) * image + np.float32(weight) * ice)


def _ice(shape: tuple[int, int], rng: np.random.Generator) -> Field:
    """How thick the ice is, 0..1."""
    long, short = (_needles(shape, tufts, rng) for tufts in _TUFTS)
    drifts = clouds(rng, shape, cells=2, octaves=4)
    level = 0.42 + 0.16 * np.maximum(long, short - 0.4) + 0.7 * (drifts - 0.5)
    return smooth_step(level.astype(np.float32), low=-0.15, high=1.05)


def _needles(shape: tuple[int, int], tufts: int, rng: np.random.Generator) -> Field:
    """
    Needles that lie the same way within a tuft, mean 0, standard deviation 1.

    A random field drawn out along its columns is looked up in each tuft's own turned axes.
    """
    height, width = shape
    n = round(tufts * max(shape) / min(shape))
    roots = np.ones(shape, np.uint8)
    rows, columns = (rng.random((2, n)) * np.array(shape)[:, None]).astype(int)
    roots[rows, columns] = 0
    _, tuft = cv2.distanceTransformWithLabels(roots, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
    angle = rng.uniform(0, 2 * np.pi, n + 1).astype(np.float32)
    cosine, sine = np.cos(angle)[tuft], np.sin(angle)[tuft]
    noise = rng.standard_normal((_TILE, _TILE), dtype=np.float32)
    drawn_out = cv2.GaussianBlur(noise, (0, 0), sigmaX=0.9, sigmaY=160 / np.sqrt(tufts) / 3)
    drawn_out /= float(drawn_out.std())
    x, y = np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32)[:, None]
    needles: Field = cv2.remap(
        drawn_out,
        _wrapped(x * cosine + y * sine),
        _wrapped(y * cosine - x * sine),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_WRAP,
    )
    return needles


def _wrapped(place: Field) -> Field:
    """`np.mod(place, _TILE)` to the last bit, 25 times faster: the tile is a power of two."""
    within: Field = place - np.float32(_TILE) * np.floor(place * np.float32(1 / _TILE))
    return within
