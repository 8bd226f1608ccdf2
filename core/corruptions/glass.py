"""Frosted glass: pixels trade places with their neighbours."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from core.corruptions.blur import gaussian_blur
from core.corruptions.patterns import grid_shape
from core.records import Image


def glass_blur(
    image: Image, parameter: tuple[float, ...], scale: float, rng: np.random.Generator
) -> Image:
    """
    Blurred, shuffled within a few pixels and blurred again.

    Parameters: standard deviation of the blur, px; how far a pixel may come from, px; rounds of
    shuffling, the last one for a share of the pixels.

    In a picture larger than 224 whole squares of `scale` px are shuffled, as one pixel is there.
    """
    sigma, reach, rounds = parameter
    soft = gaussian_blur(image, (sigma,), scale, rng)
    rows, columns = grid_shape(image.shape, scale)
    per_cell = max(scale, 1.0)
    reach *= scale / per_cell
    source = shuffled((rows, columns), reach=reach, rounds=rounds * min(reach, 1.0), rng=rng)
    moved = _moved(soft, source, (rows, columns))
    return gaussian_blur(moved, (sigma,), scale, rng)


def shuffled(
    shape: tuple[int, int], *, reach: float, rounds: float, rng: np.random.Generator
) -> NDArray[np.int32]:
    """
    Where each cell's content comes from, as flat indices, shape (rows * columns,).

    In a round the cells are visited from the last to the first and each takes the content of a
    cell at most `reach` away: the new content where that one was visited before, else the old.
    (The original means to swap, but NumPy's views make it a copy.) So each cell points at
    another, and following the pointers until one meets old content gives the whole round at once.
    """
    height, width = shape
    here = np.arange(height * width, dtype=np.int32)
    source = here.copy()
    for rank in range(4):  # always all four, so that each keeps its luck while the dial moves
        luck = rng.random((3, height, width), dtype=np.float32)
        share = np.clip(rounds - rank, 0, 1)
        if share == 0:
            continue
        offsets = np.floor((2 * luck[:2] - 1) * np.float32(reach)).astype(np.int32)
        edge = int(np.ceil(reach))
        moves = np.zeros(shape, bool)
        moves[edge + 1 : height - edge + 1, edge + 1 : width - edge + 1] = True
        moves &= luck[2] < share
        target = here + np.where(moves, offsets[0] * width + offsets[1], 0).ravel()
        source = source[_followed(target, here)]
    return source


def _followed(target: NDArray[np.int32], here: NDArray[np.int32]) -> NDArray[np.int32]:
    """Each cell's last stop when content already replaced is followed to where it came from."""
    # A cell that points back at earlier cells, or at itself, takes old content: its way ends.
    # Such an end is written as itself in `onward`, and what it takes stays in `target`.
    onward = np.where(target > here, target, here)
    while True:
        further = onward[onward]
        if np.array_equal(further, onward):
            return target[onward]
        onward = further


def _moved(image: Image, source: NDArray[np.int32], shape: tuple[int, int]) -> Image:
    """The picture with each cell of the grid taken from its source."""
    height, width = image.shape[:2]
    if shape == (height, width):
        moved: Image = image.reshape(-1, 3)[source].reshape(image.shape)
        return moved
    rows, columns = np.divmod(source.reshape(shape), shape[1])
    down = (rows - np.arange(shape[0])[:, None]).astype(np.float32) * np.float32(height / shape[0])
    across = (columns - np.arange(shape[1])).astype(np.float32) * np.float32(width / shape[1])
    size = (width, height)
    down = cv2.resize(down, size, interpolation=cv2.INTER_NEAREST)
    across = cv2.resize(across, size, interpolation=cv2.INTER_NEAREST)
    squares: Image = cv2.remap(
        image,
        across + np.arange(width, dtype=np.float32),
        down + np.arange(height, dtype=np.float32)[:, None],
        cv2.INTER_NEAREST,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return squares
