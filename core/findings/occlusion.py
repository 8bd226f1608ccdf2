"""Where does covering flip the answer? A grey patch slid over one picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from core.records import Image

PATCH_SHARE = 0.25
"""Side of the patch over the short side of the picture. Ours: about the size of a hand."""

Box = tuple[int, int, int, int]
"""top, left, bottom, right in px, the last two excluded."""


@dataclass(frozen=True, eq=False)
class OcclusionMap:
    """What the model says with a patch at each place of a grid."""

    answer: str  # of the picture with nothing covered
    confidence: float  # in it, 0..1
    boxes: tuple[Box, ...]  # row by row
    flips: NDArray[np.bool_]  # (rows, columns): another answer
    loss: NDArray[np.float64]  # (rows, columns): confidence in `answer` lost, -1..1


def patch_grid(height: int, width: int) -> list[list[Box]]:
    """
    The places of the patch, row by row: each overlaps its neighbours by half, all sides reached.

    Args:
        height, width: of the picture, px.

    Source:
        Zeiler and Fergus 2014, section 3.2 (occlusion sensitivity); size and step are ours.
    """
    side = max(1, round(PATCH_SHARE * min(height, width)))

    def starts(length: int) -> NDArray[np.int64]:
        last = length - side
        return np.linspace(0, last, max(1, round(2 * last / side)) + 1).round().astype(np.int64)

    return [
        [(int(y), int(x), int(y) + side, int(x) + side) for x in np.unique(starts(width))]
        for y in np.unique(starts(height))
    ]


def covered(image: Image, box: Box) -> Image:
    """The picture with one patch in its own mean colour."""
    top, left, bottom, right = box
    found = image.copy()
    found[top:bottom, left:right] = image.reshape(-1, 3).mean(axis=0).round()
    return found


def occlusion_map(
    grid: Sequence[Sequence[Box]],
    *,
    answer: str,
    confidence: float,
    answers: Sequence[str],
    confidences: Sequence[float],
) -> OcclusionMap:
    """
    The map from the answers to the covered pictures.

    Args:
        grid: as `patch_grid`.
        answer, confidence: of the uncovered picture.
        answers: of each covered picture, row by row.
        confidences: of each in `answer`, 0..1.
    """
    shape = (len(grid), len(grid[0]))
    return OcclusionMap(
        answer,
        confidence,
        tuple(box for row in grid for box in row),
        np.array([said != answer for said in answers], bool).reshape(shape),
        confidence - np.asarray(confidences, np.float64).reshape(shape),
    )


def places_that_flip(found: OcclusionMap) -> str:
    """ "in the upper left", "in the middle": where the centre of the flipping places lies."""
    rows, columns = found.flips.shape
    y, x = np.nonzero(found.flips)
    up = _third(y.mean() / max(1, rows - 1), ("upper", "", "lower"))
    along = _third(x.mean() / max(1, columns - 1), ("left", "", "right"))
    words = [word for word in (up, along) if word]
    if not words:
        return "in the middle"
    return f"in the {' '.join(words)}{' part' if len(words) == 1 else ''}"


def _third(place: float, names: tuple[str, str, str]) -> str:
    return names[0] if place < 1 / 3 else names[2] if place > 2 / 3 else names[1]


def draw_occlusion(image: Image, found: OcclusionMap) -> Image:
    """
    The picture dimmed, bright where covering costs confidence, outlined where it flips the answer.

    Args:
        image: RGB uint8, shape (height, width, 3), as it was covered.
    """
    height, width = image.shape[:2]
    cost, times = np.zeros((height, width)), np.zeros((height, width))
    flipped = np.zeros((height, width), np.uint8)
    for (top, left, bottom, right), flips, loss in zip(
        found.boxes, found.flips.ravel(), found.loss.ravel(), strict=True
    ):
        cost[top:bottom, left:right] += max(0.0, loss)
        times[top:bottom, left:right] += 1
        # The inner half only: neighbours overlap by half, and whole patches would cover it all.
        inset = (bottom - top) // 4
        if flips:
            flipped[top + inset : bottom - inset, left + inset : right - inset] = 1
    share = cost / np.maximum(times, 1)
    drawn = image.copy()
    if share.max() > 0:
        # Added to as well as kept: on a dark frame there is little to keep.
        light = (share / share.max())[:, :, None]
        drawn = np.minimum(255, image * (0.35 + 0.65 * light) + 40 * light).astype(np.uint8)
    outlines, _ = cv2.findContours(flipped, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    thick = max(1, round(min(height, width) / 110))
    return np.asarray(cv2.drawContours(drawn, outlines, -1, (255, 140, 0), thick), np.uint8)
