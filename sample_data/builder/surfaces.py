"""What tools lie on: wood, steel, concrete, mats, pegboard, paper and cloth, drawn by seed."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.float32]
"""RGB, shape (height, width, 3), 0..1, gamma as displayed."""
Rng = np.random.Generator


def noise(rng: Rng, shape: tuple[int, int], *, cell: tuple[float, float]) -> NDArray[np.float32]:
    """Smooth noise around 0 with spread 1; `cell` is the size of a blotch in pixels (y, x)."""
    height, width = shape
    grid = (max(3, round(height / cell[0]) + 3), max(3, round(width / cell[1]) + 3))
    coarse = rng.standard_normal(grid, dtype=np.float32)
    size = (round(grid[1] * cell[1]) + 1, round(grid[0] * cell[0]) + 1)
    fine = cv2.resize(coarse, size, interpolation=cv2.INTER_CUBIC)
    y, x = rng.integers(0, size[1] - height + 1), rng.integers(0, size[0] - width + 1)
    return fine[y : y + height, x : x + width]


def octaves(
    rng: Rng, shape: tuple[int, int], *, cell: float, count: int = 4
) -> NDArray[np.float32]:
    """Noise at several scales, each half as large and half as strong as the one before."""
    layers = [
        noise(rng, shape, cell=(max(1.0, cell / 2**k),) * 2) * np.float32(0.5**k)
        for k in range(count)
    ]
    return np.sum(layers, axis=0, dtype=np.float32)


def _tinted(colour: tuple[float, float, float], value: NDArray[np.float32]) -> Picture:
    return np.clip(np.array(colour, np.float32) * value[..., None], 0, 1).astype(np.float32)


def _grain(rng: Rng, shape: tuple[int, int]) -> NDArray[np.float32]:
    """Wood grain along x, around 0."""
    height, width = shape
    y = np.arange(height, dtype=np.float32)[:, None] / height
    bend = noise(rng, shape, cell=(height / 2.5, width / 1.5)) * 0.10
    rings = np.sin(
        2 * np.pi * rng.uniform(5, 9) * (y + bend + noise(rng, shape, cell=(60, 400)) * 0.02)
    )
    fibres = noise(rng, shape, cell=(1.6, 90)) + 0.7 * noise(rng, shape, cell=(3.5, 220))
    return (0.45 * rings + 0.5 * fibres).astype(np.float32)


def planks(
    rng: Rng, shape: tuple[int, int], *, colour: tuple[float, float, float], worn: float = 1.0
) -> Picture:
    """Boards along x with dark seams; `worn` scales grain, stains and differences of boards."""
    height, width = shape
    board = int(rng.integers(110, 190))
    value = np.empty(shape, np.float32)
    start = -int(rng.integers(0, board))
    seams = []
    while start < height:
        top, bottom = max(0, start), min(height, start + board)
        grain = _grain(rng, (board, width))[top - start : bottom - start]
        value[top:bottom] = 1 + 0.07 * worn * rng.standard_normal() + 0.075 * worn * grain
        seams.append(bottom)
        start += board
    for seam in seams[:-1]:
        value[max(0, seam - 2) : seam + 1] *= 0.45
    value += 0.035 * worn * octaves(rng, shape, cell=160)
    picture = _tinted(colour, value)
    warm = noise(rng, shape, cell=(200, 300))[..., None] * np.array(
        [0.012, 0.0, -0.016], np.float32
    )
    return np.clip(picture + warm, 0, 1)


def oak(rng: Rng, shape: tuple[int, int]) -> Picture:
    return scratched(rng, planks(rng, shape, colour=(0.58, 0.43, 0.28)), count=14)


def beech(rng: Rng, shape: tuple[int, int]) -> Picture:
    return planks(rng, shape, colour=(0.80, 0.68, 0.52), worn=0.55)


def steel(rng: Rng, shape: tuple[int, int]) -> Picture:
    """Brushed sheet with broad reflections and scratches."""
    value = (
        1 + 0.055 * noise(rng, shape, cell=(1.2, 140)) + 0.09 * noise(rng, shape, cell=(260, 180))
    )
    value += 0.02 * rng.standard_normal(shape, dtype=np.float32)
    return scratched(rng, _tinted((0.56, 0.58, 0.60), value), count=24, bright=True)


def concrete(rng: Rng, shape: tuple[int, int]) -> Picture:
    value = 1 + 0.075 * octaves(rng, shape, cell=150, count=5)
    value += 0.05 * rng.standard_normal(shape, dtype=np.float32)
    pits = noise(rng, shape, cell=(4, 4)) > 2.3
    value = np.where(pits, value * 0.62, value)
    return _tinted((0.55, 0.54, 0.51), cv2.GaussianBlur(value.astype(np.float32), (0, 0), 0.8))


def ribbed_mat(rng: Rng, shape: tuple[int, int]) -> Picture:
    """Black rubber with fine ribs, dusty."""
    height, width = shape
    x = np.arange(width, dtype=np.float32)[None] + 2 * noise(rng, shape, cell=(90, 90))
    ribs = np.sin(2 * np.pi * x / rng.uniform(9, 13))
    value = 0.22 + 0.045 * ribs + 0.018 * octaves(rng, shape, cell=120)
    value += 0.012 * rng.standard_normal((height, width), dtype=np.float32)
    return _tinted((1.0, 1.0, 1.03), value.astype(np.float32))


def cutting_mat(rng: Rng, shape: tuple[int, int]) -> Picture:
    """Green mat with a pale grid."""
    height, width = shape
    value = (
        1
        + 0.03 * octaves(rng, shape, cell=200)
        + 0.02 * rng.standard_normal(shape, dtype=np.float32)
    )
    picture = _tinted((0.13, 0.36, 0.30), value)
    step, first = 44, rng.integers(0, 44, 2)
    lines = np.zeros(shape, np.float32)
    for k, y in enumerate(range(int(first[0]), height, step)):
        lines[y : y + 1 + (k % 5 == 0)] = 0.30
    for k, x in enumerate(range(int(first[1]), width, step)):
        lines[:, x : x + 1 + (k % 5 == 0)] = 0.30
    picture += lines[..., None] * (np.array([0.75, 0.85, 0.70], np.float32) - picture)
    return scratched(rng, picture, count=18, bright=True)


def pegboard(rng: Rng, shape: tuple[int, int]) -> Picture:
    """Hardboard with a grid of holes."""
    height, width = shape
    value = (
        1
        + 0.03 * octaves(rng, shape, cell=140)
        + 0.03 * rng.standard_normal(shape, dtype=np.float32)
    )
    picture = _tinted((0.62, 0.50, 0.37), cv2.GaussianBlur(value, (0, 0), 0.7))
    step, radius = 56, 7
    y0, x0 = rng.integers(0, step, 2)
    holes, rims = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
    for y in range(int(y0) - step, height + step, step):
        for x in range(int(x0) - step, width + step, step):
            cv2.circle(holes, (x, y), radius, 1.0, -1, cv2.LINE_AA)
            cv2.circle(rims, (x + 1, y + 2), radius + 1, 1.0, 1, cv2.LINE_AA)
    picture += 0.18 * rims[..., None] * (1 - holes[..., None])
    return np.clip(picture * (1 - 0.82 * holes[..., None]), 0, 1).astype(np.float32)


def paper(rng: Rng, shape: tuple[int, int]) -> Picture:
    """White to grey card."""
    value = rng.uniform(0.62, 0.93) + 0.012 * octaves(rng, shape, cell=240, count=3)
    value = value + 0.012 * rng.standard_normal(shape, dtype=np.float32)
    return _tinted(tuple(1 + rng.uniform(-0.04, 0.02, 3)), value.astype(np.float32))


def cloth(rng: Rng, shape: tuple[int, int]) -> Picture:
    """A woven sheet in a muted colour."""
    height, width = shape
    y = np.arange(height, dtype=np.float32)[:, None]
    x = np.arange(width, dtype=np.float32)[None]
    weave = np.sin(2 * np.pi * x / 5.3) * np.sin(2 * np.pi * y / 5.3)
    folds = noise(rng, shape, cell=(200, 260))
    value = 1 + 0.05 * weave + 0.05 * folds + 0.03 * rng.standard_normal(shape, dtype=np.float32)
    colours = ((0.42, 0.47, 0.55), (0.66, 0.62, 0.55), (0.36, 0.44, 0.40), (0.60, 0.60, 0.62))
    return _tinted(colours[rng.integers(len(colours))], value.astype(np.float32))


def scratched(rng: Rng, picture: Picture, *, count: int, bright: bool = False) -> Picture:
    """The surface with thin scratches."""
    height, width = picture.shape[:2]
    marks = np.zeros((height, width), np.float32)
    for _ in range(count):
        start = rng.uniform((0, 0), (width, height))
        end = start + rng.normal(0, 1, 2) * rng.uniform(20, 130)
        points = [tuple(int(v) for v in point) for point in (start, end)]
        cv2.line(marks, *points, float(rng.uniform(0.15, 0.6)), 1, cv2.LINE_AA)
    amount = (0.20 if bright else -0.22) * marks[..., None]
    return np.clip(picture + amount * (1 - picture if bright else picture), 0, 1).astype(np.float32)


def stained(rng: Rng, picture: Picture, *, count: int) -> Picture:
    """The surface with dark oil blots and cup rings."""
    shape = picture.shape[:2]
    shade = np.zeros(shape, np.float32)
    for k in range(count):
        centre = [int(v) for v in rng.uniform((0, 0), shape[::-1])]
        radius = int(rng.uniform(14, 44))
        blot = np.zeros(shape, np.float32)
        cv2.circle(blot, centre, radius, 1.0, -1 if k % 3 else 3, cv2.LINE_AA)
        ragged = blot * np.clip(0.65 + 0.5 * noise(rng, shape, cell=(14, 14)), 0, 1)
        shade = np.maximum(shade, cv2.GaussianBlur(ragged, (0, 0), 3.0) * rng.uniform(0.2, 0.5))
    tone = 1 - shade[..., None] * np.array([0.55, 0.6, 0.65], np.float32)
    return (picture * tone).astype(np.float32)


SURFACES: dict[str, Callable[[Rng, tuple[int, int]], Picture]] = {
    "beech": beech,
    "cloth": cloth,
    "concrete": concrete,
    "cutting_mat": cutting_mat,
    "oak": oak,
    "paper": paper,
    "pegboard": pegboard,
    "ribbed_mat": ribbed_mat,
    "steel": steel,
}
