"""What the pixels alone say: nothing to see, too dark, too bright, too small. No model is asked."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from core.records import Image

BLANK_SPREAD = 2.0  # standard deviation of brightness, 0..255; methods 7
BLANK_COLOURS = 16  # methods 7
DARK_LEVEL = 0.10  # of full brightness; ffmpeg's blackdetect
DARK_SHARE = 0.98  # of the pixels; ffmpeg's blackdetect
BRIGHT_LEVEL = 0.98  # ours: clipped but for noise
BRIGHT_SHARE = 0.90  # ours: a lamp in the picture must not count
TINY_SIDE = 32  # px, ours: the shorter side of ten characters of print


@dataclass(frozen=True, slots=True)
class PixelFacts:
    """What is measured of one picture."""

    width: int  # px, of the file
    height: int
    brightness: float  # mean luma, 0..255
    spread: float  # standard deviation of luma
    colours: int  # different ones
    dark_share: float  # of pixels at or under a tenth of full brightness, 0..1
    bright_share: float  # of pixels at 98 % of full brightness or over
    sharpness: float  # variance of the Laplacian; small in smooth pictures too, so no rule uses it
    entropy: float  # of the luma histogram, bits, 0..8


def pixel_facts(image: Image, *, width: int | None = None, height: int | None = None) -> PixelFacts:
    """
    Measure a picture, at any size: a thumbnail gives nearly the same and is much quicker.

    Args:
        image: RGB uint8.
        width, height: of the file, where `image` is a smaller copy; else its own.

    Source:
        methods 7, "pixel rules". Luma is Rec. 601, as OpenCV computes it.
    """
    luma = cv2.cvtColor(np.ascontiguousarray(image), cv2.COLOR_RGB2GRAY)
    packed = image.astype(np.uint32) @ np.array([65536, 256, 1], dtype=np.uint32)
    counts = np.bincount(luma.ravel(), minlength=256)
    return PixelFacts(
        width=image.shape[1] if width is None else width,
        height=image.shape[0] if height is None else height,
        brightness=float(luma.mean()),
        spread=float(luma.std()),
        colours=len(np.unique(packed)),
        dark_share=float((luma <= DARK_LEVEL * 255).mean()),
        bright_share=float((luma >= BRIGHT_LEVEL * 255).mean()),
        sharpness=float(cv2.Laplacian(luma, cv2.CV_64F).var()),
        entropy=_bits(counts),
    )


def pixel_reasons(facts: PixelFacts) -> tuple[str, ...]:
    """Why the pixels alone make a picture useless, in words, the plainest first; often none."""
    found = []
    if min(facts.width, facts.height) < TINY_SIDE:
        found.append("the picture is too small")
    if facts.dark_share >= DARK_SHARE:
        found.append("the picture is too dark")
    if facts.bright_share >= BRIGHT_SHARE:
        found.append("the picture is too bright")
    if facts.spread < BLANK_SPREAD or facts.colours < BLANK_COLOURS:
        found.append("there is nothing to see in the picture")
    return tuple(found)


def _bits(counts: NDArray[np.intp]) -> float:
    share = counts[counts > 0] / counts.sum()
    return float(max(0.0, -(share * np.log2(share)).sum()))
