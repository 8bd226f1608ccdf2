"""Tools and animals cut out of their photos: RGBA pictures with a soft edge."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

PHOTOS = Path(__file__).resolve().parents[1] / "photos"

Outline = tuple[tuple[float, float], ...]
"""Corners as shares of the photo's width and height."""

TOOLS: dict[str, tuple[str, ...]] = {
    "Hammer": ("hammer1", "hammer2", "hammer4", "hammer5", "hammer6", "hammer7", "hammer8"),
    "Measuring tape": (
        "measuringTape1",
        "measuringTape2",
        "measuringTape3",
        "measuringTape4",
        "measuringTape6",
    ),
    "Multimeter": ("multimeter1", "multimeter2", "multimeter3"),
    "Pliers": ("plier1", "plier2", "plier3", "plier4"),
    "Scissors": ("scissors1", "scissors2", "scissors3", "scissors4"),
    "Screwdriver": ("screwDriver1", "screwDriver2", "screwDriver3"),
}
CLUTTER = ("wrench", "wrench1", "tweezer1")
ANIMALS = ("cat", "duck", "scarlet_macaw")
WORKING_SIDE = 480  # px, long side at which photos are cut out


@dataclass(frozen=True)
class Recipe:
    """How one photo is cut out: what differs from its plain background, and what we drew by eye."""

    distance: float = 10.0  # Lab units from the background that make a pixel the object's
    shade: float = 0.5  # weight of lightness in that distance: low where shadows lie beside it
    fill: float = 0.02  # holes up to this share of the photo belong to the object
    within: Outline = ()  # the object lies inside this outline
    solid: tuple[Outline, ...] = ()  # parts that vanish against the background
    outline: Outline = ()  # the whole object, where the background is not plain


RECIPES: dict[str, Recipe] = {
    "hammer1": Recipe(distance=42, shade=0.0),
    "hammer4": Recipe(within=((0.08, 0.32), (0.95, 0.32), (0.95, 0.80), (0.08, 0.80))),
    "hammer5": Recipe(
        distance=7,
        fill=0.05,
        solid=(((0.20, 0.22), (0.27, 0.22), (0.50, 0.48), (0.46, 0.58), (0.22, 0.32)),
               ((0.09, 0.26), (0.22, 0.08), (0.28, 0.10), (0.26, 0.26), (0.16, 0.40),
                (0.10, 0.42))),
    ),
    "hammer6": Recipe(
        outline=(
            (0.135, 0.345), (0.155, 0.325), (0.195, 0.33), (0.21, 0.37), (0.20, 0.445),
            (0.27, 0.455), (0.915, 0.445), (0.925, 0.50), (0.918, 0.565), (0.30, 0.552),
            (0.19, 0.54), (0.187, 0.67), (0.15, 0.695), (0.105, 0.675), (0.105, 0.61),
            (0.11, 0.50), (0.125, 0.42),
        )
    ),
    "measuringTape2": Recipe(
        distance=17,
        shade=0.2,
        solid=(
            ((0.275, 0.675), (0.33, 0.70), (0.39, 0.75), (0.51, 0.80), (0.51, 0.86),
             (0.35, 0.80), (0.29, 0.75)),
        ),
    ),
    "measuringTape4": Recipe(
        solid=(
            ((0.175, 0.37), (0.42, 0.36), (0.55, 0.365), (0.70, 0.40), (0.757, 0.44),
             (0.757, 0.50), (0.75, 0.63), (0.66, 0.67), (0.55, 0.69), (0.42, 0.66),
             (0.42, 0.57), (0.36, 0.56), (0.36, 0.69), (0.30, 0.635), (0.19, 0.55)),
        )
    ),
    "measuringTape6": Recipe(
        solid=(
            ((0.098, 0.82), (0.12, 0.87), (0.57, 0.585), (0.535, 0.515)),
            ((0.51, 0.36), (0.58, 0.30), (0.60, 0.55), (0.56, 0.58), (0.51, 0.49)),
        )
    ),
    "multimeter1": Recipe(
        outline=(
            (0.045, 0.05), (0.09, 0.015), (0.50, 0.005), (0.88, 0.012), (0.94, 0.05),
            (0.965, 0.25), (0.985, 0.55), (0.97, 0.80), (0.93, 0.92), (0.82, 0.975),
            (0.50, 0.99), (0.27, 0.975), (0.16, 0.93), (0.08, 0.80), (0.035, 0.55),
            (0.035, 0.25),
        )
    ),
    "multimeter2": Recipe(distance=16, shade=0.05, fill=1.0),
    "multimeter3": Recipe(
        outline=(
            (0.005, 0.14), (0.04, 0.127), (0.96, 0.127), (0.99, 0.14), (0.99, 0.70),
            (0.985, 0.975), (0.90, 0.993), (0.10, 0.993), (0.012, 0.975), (0.005, 0.70),
        )
    ),
    "scissors1": Recipe(fill=0.003),
    "scissors2": Recipe(distance=24, shade=0.7, fill=0.003),
    "scissors3": Recipe(fill=0.003),
    "scissors4": Recipe(
        distance=22,
        shade=0.2,
        fill=0.004,
        solid=(
            ((0.03, 0.885), (0.20, 0.79), (0.31, 0.70), (0.455, 0.60), (0.565, 0.46),
             (0.60, 0.53), (0.51, 0.64), (0.47, 0.735), (0.20, 0.86)),
            ((0.018, 0.545), (0.03, 0.53), (0.46, 0.645), (0.60, 0.65), (0.62, 0.755),
             (0.52, 0.70), (0.42, 0.69), (0.20, 0.64), (0.02, 0.585)),
        ),
    ),
    "screwDriver1": Recipe(
        distance=13,
        shade=0.6,
        solid=(((0.108, 0.80), (0.122, 0.825), (0.68, 0.415), (0.665, 0.385)),),
    ),
    "screwDriver3": Recipe(within=((0.0, 0.30), (0.45, 0.30), (0.60, 1.0), (0.0, 1.0))),
    "tweezer1": Recipe(within=((0.0, 0.0), (0.50, 0.0), (0.32, 1.0), (0.0, 1.0))),
    "wrench1": Recipe(fill=0.003),
    "duck": Recipe(
        distance=34,
        shade=0.8,
        fill=0.05,
        within=((0.10, 0.20), (0.90, 0.15), (0.83, 0.80), (0.60, 0.82), (0.60, 0.93), (0.20, 0.93)),
    ),
    "scarlet_macaw": Recipe(
        outline=(
            (0.345, 0.125), (0.265, 0.20), (0.255, 0.33), (0.31, 0.36), (0.40, 0.47),
            (0.445, 0.60), (0.535, 0.73), (0.55, 0.82), (0.48, 0.88), (0.52, 0.93),
            (0.66, 0.88), (0.66, 0.81), (0.77, 0.80), (0.865, 0.84), (0.89, 0.76),
            (0.82, 0.60), (0.73, 0.445), (0.61, 0.34), (0.50, 0.235), (0.455, 0.155),
        )
    ),
    "cat": Recipe(
        distance=26,
        shade=0.3,
        within=((0.15, 0.10), (1.0, 0.10), (1.0, 0.76), (0.56, 0.70), (0.40, 0.62), (0.15, 0.45)),
    ),
}  # fmt: skip


@cache
def cutout(name: str) -> NDArray[np.uint8]:
    """The object of a photo, cropped to its box: RGBA, shape (height, width, 4)."""
    path = next(PHOTOS.rglob(f"{name}.webp"))
    with Image.open(path) as opened:
        photo = opened.convert("RGB")
    factor = WORKING_SIDE / max(photo.size)
    size = (round(photo.width * factor), round(photo.height * factor))
    rgb = np.asarray(photo.resize(size, Image.Resampling.BICUBIC))
    mask = _mask(rgb, RECIPES.get(name, Recipe()))
    # The rim mixes object and background; drawing it in takes the old background's halo away.
    mask = cv2.erode(mask, np.ones((3, 3), np.uint8))
    alpha = cv2.GaussianBlur(mask, (0, 0), 1.0)
    rows, columns = np.nonzero(alpha > 8)
    box = np.s_[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    return np.dstack([rgb, alpha])[box]


def _mask(rgb: NDArray[np.uint8], recipe: Recipe) -> NDArray[np.uint8]:
    """255 on the object, 0 elsewhere."""
    shape = rgb.shape[:2]
    if recipe.outline:
        return _drawn(recipe.outline, shape)
    lab = cv2.cvtColor(rgb.astype(np.float32) / 255, cv2.COLOR_RGB2Lab)
    difference = (lab - _background(lab)) * (recipe.shade, 1.0, 1.0)
    mask = (np.linalg.norm(difference, axis=2) > recipe.distance).astype(np.uint8) * 255
    if recipe.within:
        mask &= _drawn(recipe.within, shape)
    for part in recipe.solid:
        mask |= _drawn(part, shape)
    mask = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    mask = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    return _without_small_holes(_largest_part(mask), recipe.fill)


def _drawn(outline: Outline, shape: tuple[int, ...]) -> NDArray[np.uint8]:
    height, width = shape
    corners = np.array([(round(x * width), round(y * height)) for x, y in outline], np.int32)
    return cv2.fillPoly(np.zeros(shape, np.uint8), [corners], 255)


def _background(lab: NDArray[np.float32]) -> NDArray[np.float32]:
    """The plain background under the object: a quadratic fitted robustly to the photo's border."""
    height, width = lab.shape[:2]
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    terms = np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], -1)
    frame = max(4, height // 16)
    border = np.ones((height, width), bool)
    border[frame:-frame, frame:-frame] = False
    basis, colours = terms[border], lab[border]
    keep = np.ones(len(basis), bool)
    for _ in range(5):
        fit = np.linalg.lstsq(basis[keep], colours[keep], rcond=None)[0]
        error = np.linalg.norm(basis @ fit - colours, axis=1)
        keep = error <= max(4.0, 2.5 * float(np.median(error)))
    return (terms.reshape(-1, 6) @ fit).reshape(lab.shape).astype(np.float32)


def _largest_part(mask: NDArray[np.uint8]) -> NDArray[np.uint8]:
    _, parts, stats, _ = cv2.connectedComponentsWithStats(mask)
    largest = 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))
    return np.where(parts == largest, 255, 0).astype(np.uint8)


def _without_small_holes(mask: NDArray[np.uint8], share: float) -> NDArray[np.uint8]:
    count, parts, stats, _ = cv2.connectedComponentsWithStats(255 - mask)
    height, width = mask.shape
    for part in range(1, count):
        left, top, wide, high, area = stats[part]
        open_to_the_edge = left == 0 or top == 0 or left + wide == width or top + high == height
        if not open_to_the_edge and area <= share * mask.size:
            mask[parts == part] = 255
    return mask
