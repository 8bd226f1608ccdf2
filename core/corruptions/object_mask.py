"""
Where the object is, by colour alone: no second model that would have shortcuts of its own.

GrabCut needs a first guess. Two guesses that share nothing are made: what differs in colour from
the picture's rim, and what lies in the middle. Where both lead to the same object it is believed;
where they do not, or the object is tiny, fills the frame or runs out of it, the picture has no
object that could be covered, and says so.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from core.records import Foreground, Image

LONG_SIDE = 160
"""px; outlines need no more, and the cost grows with the square."""

ROUNDS = 4
RIM = 0.06
"""Of the short side: what the camera frames last is taken for background."""

RIM_COLOURS = 5
LEAST_DISTANCE = 6.0
"""CIELAB units: a little more than grain and light falling off make."""

RIM_QUANTILE, BEYOND = 0.98, 1.25
MIDDLE = 0.65
"""Of each half side: the ellipse that counts as the middle."""

LEAST_AGREEMENT = 0.6
"""Common part over union of the two outlines; on tool and crate photos wrong ones lie below."""

LEAST_SHARE, MOST_SHARE = 0.01, 0.7
MOST_RIM = 0.25
"""Of the pixels just inside the rim: an object that covers more of them runs out of the frame."""

TINY, HUGE = "the object is too small to be told", "the object fills the frame"
CUT_OFF = "the object runs out of the frame"
UNCLEAR = "object and background cannot be told apart"

Mask = NDArray[np.bool_]


def foreground(image: Image) -> Foreground:
    """
    The object of a picture, or the reason why it should not be believed.

    Args:
        image: RGB uint8, shape (height, width, 3); not changed.

    Returns:
        The union of both outlines at the picture's own size, so that covering it covers all of
        it; the same for the same pixels, always.

    Source:
        GrabCut: Rother, Kolmogorov and Blake 2004 (OpenCV). Rim colours as background: the
        boundary prior of Wei et al. 2012. Two starts that must agree are ours.
    """
    small = _small(image)
    by_colour, by_place = _cut(small, _unlike_the_rim(small)), _cut(small, _in_the_middle(small))
    both = by_colour | by_place
    size = (image.shape[1], image.shape[0])
    full = cv2.resize(both.astype(np.float32), size, interpolation=cv2.INTER_LINEAR) > 0.5
    return Foreground(full, _doubt(by_colour, by_place))


def _doubt(one: Mask, other: Mask) -> str | None:
    both = one | other
    share = both.mean()
    if not one.any() or not other.any() or (one & other).sum() < LEAST_AGREEMENT * both.sum():
        return UNCLEAR
    if share < LEAST_SHARE:
        return TINY
    if share > MOST_SHARE:
        return HUGE
    inside = _rim(both.shape, 2 * RIM) & ~_rim(both.shape, RIM)
    return CUT_OFF if both[inside].mean() > MOST_RIM else None


def _small(image: Image) -> Image:
    height, width = image.shape[:2]
    scale = min(1.0, LONG_SIDE / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small: Image = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    return small


def _rim(shape: tuple[int, ...], part: float) -> Mask:
    width = max(1, round(part * min(shape)))
    rim = np.ones(shape, dtype=bool)
    rim[width:-width, width:-width] = False
    return rim


def _unlike_the_rim(small: Image) -> NDArray[np.uint8]:
    """First guess: further from the rim's usual colours than nearly all of the rim is itself."""
    lab = cv2.cvtColor(small.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    rim = _rim(small.shape[:2], RIM)
    samples = np.ascontiguousarray(lab[rim])
    stop = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 20, 0.5)
    colours = min(RIM_COLOURS, len(samples))
    cv2.setRNGSeed(0)  # OpenCV's generator is the thread's own: every call must start it anew
    _, _, centres = cv2.kmeans(samples, colours, None, stop, 1, cv2.KMEANS_PP_CENTERS)
    smooth = cv2.GaussianBlur(lab, (0, 0), 1.5)
    far = np.linalg.norm(smooth[:, :, None] - centres[None, None], axis=3).min(axis=2)
    limit = max(LEAST_DISTANCE, BEYOND * float(np.quantile(far[rim], RIM_QUANTILE)))
    return _guess(far > limit, rim)


def _in_the_middle(small: Image) -> NDArray[np.uint8]:
    """First guess: the ellipse in the middle."""
    x, y = _coordinates(small.shape[:2])
    return _guess((x / MIDDLE) ** 2 + (y / MIDDLE) ** 2 < 1, _rim(small.shape[:2], RIM))


def _coordinates(shape: tuple[int, int]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """x and y of every pixel, -1..1 from side to side."""
    y, x = np.meshgrid(np.linspace(-1, 1, shape[0]), np.linspace(-1, 1, shape[1]), indexing="ij")
    return x, y


def _guess(object_: Mask, rim: Mask) -> NDArray[np.uint8]:
    guess = np.where(object_, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    guess[rim] = cv2.GC_BGD
    return guess


def _cut(small: Image, guess: NDArray[np.uint8]) -> Mask:
    """GrabCut from a first guess, cleaned: specks and gaps closed, small parts dropped."""
    if not (guess == cv2.GC_PR_FGD).any():
        return np.zeros(guess.shape, dtype=bool)
    cv2.setRNGSeed(0)
    try:
        cv2.grabCut(
            np.ascontiguousarray(small[:, :, ::-1]), guess, None, np.zeros((1, 65)),
            np.zeros((1, 65)), ROUNDS, cv2.GC_INIT_WITH_MASK,
        )  # fmt: skip
    except cv2.error:  # a side of the cut ran out of pixels: there is no object to be told
        return np.zeros(guess.shape, dtype=bool)
    found = np.isin(guess, (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.uint8)
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (5, 5))
    # Lines one pixel wide are seams of the ground, not parts of an object.
    found = cv2.morphologyEx(found, cv2.MORPH_OPEN, np.ones((2, 2), dtype=np.uint8))
    found = cv2.morphologyEx(found, cv2.MORPH_CLOSE, disc)
    return _filled(_main_parts(found))


def _main_parts(found: NDArray[np.uint8]) -> Mask:
    """The largest connected part and those of at least a quarter of its size."""
    count, parts, measures, _ = cv2.connectedComponentsWithStats(found)
    if count < 2:
        return np.zeros(found.shape, dtype=bool)
    area = measures[1:, cv2.CC_STAT_AREA]
    return np.isin(parts, 1 + np.flatnonzero(area >= area.max() / 4))


def _filled(found: Mask) -> Mask:
    """With the holes filled: what is not joined to the picture's edge belongs to the object."""
    _, parts = cv2.connectedComponents((~found).astype(np.uint8))
    edge = np.concatenate([parts[0], parts[-1], parts[:, 0], parts[:, -1]])
    return found | ~np.isin(parts, edge)
