"""Hands, gloves and cloths that cover a tool: shapes with folds and shading, drawn by seed."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from builder.surfaces import Rng, noise

Sprite = NDArray[np.float32]
"""RGBA, shape (height, width, 4), 0..1, colour not multiplied by alpha."""

SKINS = ((0.86, 0.66, 0.54), (0.74, 0.52, 0.38), (0.45, 0.30, 0.22))
GLOVES = ((0.25, 0.27, 0.31), (0.20, 0.30, 0.48), (0.72, 0.44, 0.16), (0.58, 0.56, 0.52))
SLEEVES = ((0.18, 0.22, 0.33), (0.30, 0.31, 0.30), (0.42, 0.20, 0.17))
CLOTHS = ((0.25, 0.38, 0.62), (0.63, 0.20, 0.17), (0.74, 0.69, 0.58), (0.42, 0.45, 0.44))


def _shaded(
    height_map: NDArray[np.float32], colour: NDArray[np.float32], *, relief: float
) -> NDArray[np.float32]:
    """The colour under light from the upper left; `relief` scales the slopes."""
    dy, dx = np.gradient(cv2.GaussianBlur(height_map, (0, 0), 1.6))
    normal = np.dstack([-relief * dx, -relief * dy, np.ones_like(dx)])
    normal /= np.linalg.norm(normal, axis=2, keepdims=True)
    light = np.array([-0.45, -0.55, 0.70])
    lit = np.clip(normal @ (light / np.linalg.norm(light)), 0, 1)
    return np.clip(colour * (0.32 + 0.76 * lit[..., None]), 0, 1).astype(np.float32)


def _limb(
    shape: tuple[int, int], points: NDArray[np.float64], radii: tuple[float, float]
) -> NDArray[np.float32]:
    """Height of a round limb through the points, its radius going from the first to the second."""
    y, x = np.mgrid[: shape[0], : shape[1]].astype(np.float32)
    height = np.zeros(shape, np.float32)
    steps = len(points) - 1
    for k in range(steps):
        (x0, y0), (x1, y1) = points[k], points[k + 1]
        length2 = (x1 - x0) ** 2 + (y1 - y0) ** 2 + 1e-6
        t = np.clip(((x - x0) * (x1 - x0) + (y - y0) * (y1 - y0)) / length2, 0, 1)
        radius = radii[0] + (radii[1] - radii[0]) * (k + t) / steps
        distance2 = (x - x0 - t * (x1 - x0)) ** 2 + (y - y0 - t * (y1 - y0)) ** 2
        height = np.maximum(height, np.sqrt(np.clip(radius**2 - distance2, 0, None)))
    return height


HAND_SHAPE = (560, 440)
PALM = np.array([220.0, 235.0])


def _from_palm(*offsets: tuple[float, float]) -> NDArray[np.float64]:
    return np.add(PALM, offsets)


def _flesh(rng: Rng) -> NDArray[np.float32]:
    """Height of palm, four fingers and thumb."""
    parts = [
        0.9 * _limb(HAND_SHAPE, _from_palm((-26, 12), (28, 6)), (62, 58)),
        0.9 * _limb(HAND_SHAPE, _from_palm((0, 30), (2, 110)), (64, 46)),
    ]
    spread, curl = rng.uniform(0.10, 0.22), rng.uniform(0.75, 1.05)
    for k, reach in enumerate((118, 140, 134, 104)):
        (root,) = _from_palm((-60 + 40 * k, -30 + 6 * abs(k - 1.5)))
        angle = -np.pi / 2 + spread * (k - 1.5) + rng.normal(0, 0.05)
        bend = angle + rng.normal(0, 0.12)
        middle = root + 0.55 * reach * curl * np.array([np.cos(angle), np.sin(angle)])
        tip = middle + 0.45 * reach * curl * np.array([np.cos(bend), np.sin(bend)])
        parts.append(_limb(HAND_SHAPE, np.array([root, middle, tip]), (22, 16)))
    parts.append(_limb(HAND_SHAPE, _from_palm((-48, 40), (-104, -8), (-118, -70)), (30, 18)))
    return np.max(parts, axis=0)


def _skin(rng: Rng) -> NDArray[np.float32]:
    """Colour of a bare hand or of a work glove."""
    is_gloved = rng.random() < 0.5
    tones = GLOVES if is_gloved else SKINS
    tone = np.array(tones[rng.integers(len(tones))], np.float32)
    if is_gloved:
        return tone * (1 + 0.06 * noise(rng, HAND_SHAPE, cell=(3, 3))[..., None])
    mottle = 0.03 * noise(rng, HAND_SHAPE, cell=(22, 22))[..., None]
    flush = 0.05 * noise(rng, HAND_SHAPE, cell=(40, 40))[..., None]
    return tone * (1 + mottle) * (1 + flush * np.array([1.0, -0.4, -0.4], np.float32))


def hand(rng: Rng) -> Sprite:
    """A bare or gloved hand in a sleeve reaching in from below, its palm at (220, 235)."""
    flesh = _flesh(rng)
    arm = _limb(HAND_SHAPE, _from_palm((2, 100), (rng.uniform(-30, 30), 420)), (47, 66))
    relief = cv2.GaussianBlur(np.maximum(flesh, 0.95 * arm), (0, 0), 3)
    relief = relief + 0.5 * noise(rng, HAND_SHAPE, cell=(9, 9))
    colour = _shaded(relief, _skin(rng), relief=0.6)
    cuff = PALM[1] + rng.uniform(125, 170) + 3 * noise(rng, HAND_SHAPE, cell=(40, 40))
    is_sleeve = np.arange(HAND_SHAPE[0])[:, None] > cuff
    cloth = np.array(SLEEVES[rng.integers(len(SLEEVES))], np.float32)
    folds = 1.05 * arm + 5 * noise(rng, HAND_SHAPE, cell=(26, 90))
    fabric = _shaded(folds, np.broadcast_to(cloth, colour.shape), relief=0.8)
    colour = np.where(is_sleeve[..., None], fabric, colour)
    body = np.where(is_sleeve, arm > 0, np.maximum(flesh, arm) > 0)
    alpha = cv2.GaussianBlur(body.astype(np.float32), (0, 0), 1.3)
    return np.dstack([colour, alpha]).astype(np.float32)


def rag(rng: Rng) -> Sprite:
    """A crumpled workshop cloth on a 400x400 canvas, centred."""
    shape = (400, 400)
    y, x = np.mgrid[-1:1:400j, -1:1:400j].astype(np.float32)
    angle = np.arctan2(y, x)
    rim = np.full(shape, rng.uniform(0.62, 0.74), np.float32)
    for order in (2, 3, 4, 5, 9):
        rim += rng.normal(0, 0.16 / order) * np.sin(order * angle + rng.uniform(0, 6.3))
    radius = np.hypot(x * rng.uniform(0.85, 1.15), y)
    body = (radius < rim).astype(np.float32)
    creases = 24 * np.abs(noise(rng, shape, cell=(75, 120))) + 9 * np.abs(
        noise(rng, shape, cell=(38, 30))
    )
    puff = 34 * np.sqrt(np.clip(1 - (radius / rim) ** 2, 0, 1))
    tone = np.array(CLOTHS[rng.integers(len(CLOTHS))], np.float32)
    weave = 0.05 * np.sin(np.arange(400) * 1.3)[None] * np.sin(np.arange(400) * 1.3)[:, None]
    woven = tone * (1 + weave + 0.05 * noise(rng, shape, cell=(2, 2)))[..., None]
    hem = (np.abs(radius - rim + 0.07) < 0.008)[..., None]
    colour = _shaded(
        cv2.GaussianBlur(puff - creases, (0, 0), 2.5), woven * (1 - 0.25 * hem), relief=0.9
    )
    alpha = cv2.GaussianBlur(body, (0, 0), 1.3)
    return np.dstack([colour, alpha]).astype(np.float32)
