"""
How good a picture is as a picture: light, contrast, edges, noise, packing, and the pixel rules.

Everything is measured at the working size, upright, because that is what the model and the person
see. What cannot be told of a picture (the edges of an even wall) is None, never a guess.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.frames.exif import make_and_model
from core.frames.images import decode, open_picture, working_image
from core.frames.jpeg_quality import jpeg_quality
from core.records import Image

VERSION = 1
"""Of the measures; rows of another version are measured again."""

DARK = 0.10  # of full scale; ffmpeg blackdetect's pixel threshold, methods 7
BRIGHT = 0.98  # ours: what a sensor has clipped
_FINE, _COARSE = 1.0, 3.0  # px, the two blurs whose gradients are compared
_LEAST_GRADIENT = 3.0  # levels per px; weaker edges are noise, JPEG's blocks and shading
_LINE = 6  # px; an edge that falls back within it is a thin line
_LEAST_EDGE = 30  # px of edge; with fewer nothing is said about sharpness
_LEAST_EDGE_SHARE = 0.0005
_CLIPPED = (4.0, 251.0)  # levels; noise at the ends of the scale is cut off
_LEAST_UNCLIPPED = 0.1
_ROWS = 100
_COUNTED = 1 << 14  # pixels
_SECOND_DIFFERENCES = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], dtype=np.float32)

Plane = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Quality:
    """What was measured of one picture; tables.QUALITY holds one row of these a content hash."""

    brightness: float  # mean luma, 0..1
    contrast: float  # standard deviation of luma, 0..0.5
    sharpness: float | None  # 1 blurred, 2.6 a clean edge; None without edges
    noise: float | None  # levels of 255, standard deviation; None if nearly all is black or white
    warmth: float  # log2 of mean red over mean blue; 0 grey, 1 twice as much red
    dark_share: float  # pixels with luma <= 0.10, 0..1
    bright_share: float  # pixels with luma >= 0.98, 0..1
    colours: int  # different ones among up to 16,384 pixels
    luma_entropy: float  # bits, 0..8
    laplacian_variance: float  # levels²; reported only: smooth pictures have little (methods 7)
    jpeg_quality: int | None = None  # 1..100; None for other formats
    camera_make: str | None = None
    camera_model: str | None = None


def measured(source: Path | bytes) -> tuple[Image, Quality]:
    """
    The picture at the working size, and its quality, from one decoding.

    Raises:
        PictureError: as `decode`.
    """
    image = working_image(decode(source))
    with open_picture(source) as picture:
        tables = getattr(picture, "quantization", None)
        make, model = make_and_model(picture)
    quality = replace(
        picture_quality(image),
        jpeg_quality=jpeg_quality(tables),
        camera_make=make,
        camera_model=model,
    )
    return image, quality


def picture_quality(image: Image) -> Quality:
    """
    What can be told from the pixels of one picture.

    Args:
        image: RGB uint8 (height, width, 3), any size from 1 × 1; meant at the working size.

    Source:
        Luma is Rec. 601, rounded to 8 bits for everything counted. Methods 7 for the pixel rules;
        `sharpness` and `noise_level` for theirs.
    """
    luma = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    share = cv2.calcHist([luma], [0], None, [256], [0, 256]).ravel() / luma.size
    levels = np.arange(256)
    mean = float(share @ levels)
    fine = cv2.cvtColor(image.astype(np.float32), cv2.COLOR_RGB2GRAY)
    noise = noise_level(fine)
    red, _, blue, _ = cv2.mean(image)
    held = share[share > 0]
    return Quality(
        brightness=mean / 255,
        contrast=float(np.sqrt(share @ (levels - mean) ** 2)) / 255,
        sharpness=sharpness(fine, noise=noise or 0.0),
        noise=noise,
        warmth=float(np.log2((red + 1) / (blue + 1))),  # + 1 level: black is neutral
        dark_share=float(share[levels <= DARK * 255].sum()),
        bright_share=float(share[levels >= BRIGHT * 255].sum()),
        colours=_colours(image),
        luma_entropy=abs(float(held @ np.log2(held))),
        laplacian_variance=_spread(cv2.Laplacian(luma, cv2.CV_32F)) ** 2,
    )


def noise_level(luma: Plane) -> float | None:
    """
    Standard deviation of the noise in levels of 255; None if nearly all is black or white.

    Fine texture over most of the picture counts as noise: no single picture tells them apart.

    Args:
        luma: float32 (height, width), 0..255.

    Source:
        Immerkær 1996, difference of two Laplacians, whose response has six times the noise's
        spread; we take the median of its size instead of the mean, so that edges do not count
        (median absolute deviation, 0.6745 of a standard deviation).
    """
    if min(luma.shape) < 3:
        return None
    step = max(1, luma.shape[0] // _ROWS)  # a median of 100 rows is as good as one of 448
    response = cv2.filter2D(luma, cv2.CV_32F, _SECOND_DIFFERENCES)[1:-1:step, 1:-1]
    inner = luma[1:-1:step, 1:-1]
    low, high = _CLIPPED
    unclipped = response[(inner > low) & (inner < high)]
    if unclipped.size < max(1, _LEAST_UNCLIPPED * inner.size):
        return None
    return float(np.median(np.abs(unclipped))) / (0.6745 * 6)


def sharpness(luma: Plane, *, noise: float = 0.0) -> float | None:
    """
    How steep the picture's strongest edges are against the same edges blurred by 3 px.

    1 is blurred throughout, 2.6 a clean edge; 2.1 is an edge blurred by 1 px, 1.2 one by 4 px. It
    depends neither on the edges' contrast nor on how many there are, so a smooth wall is no
    blurred picture: None if there is too little edge to tell. Sharpened pictures go beyond 2.6.
    Strong JPEG packing, whose blocks have edges, and strong noise make it guess high.

    Args:
        luma: float32 (height, width), 0..255.
        noise: levels; edges must stand out of it.

    Source:
        Zhuo and Sim 2011, section 3: an edge blurred by s has gradient 1 / sqrt(s² + a²) after
        a further blur a, so the ratio is sqrt((s² + b²) / (s² + a²)). Median over the ridges of
        the gradient that lie a standard deviation above its mean, without thin lines, which are
        no edges and would rate wood grain as sharper than any tool on it.
    """
    if min(luma.shape) < 8:
        return None
    gradients = _gradients(cv2.GaussianBlur(luma, (0, 0), _FINE))
    # Rounded, and summed by NumPy: the last bits differ with threads and memory, and a ridge of
    # equal levels would then be another one from run to run.
    fine = np.round(cv2.magnitude(*gradients), 2)
    mean, spread = float(fine.mean(dtype=np.float64)), float(fine.std(dtype=np.float64))
    edge = _edges(gradients, fine, least=max(_LEAST_GRADIENT, noise, mean + spread))
    if len(edge) < max(_LEAST_EDGE, _LEAST_EDGE_SHARE * luma.size):
        return None
    coarse = cv2.magnitude(*_gradients(cv2.GaussianBlur(luma, (0, 0), _COARSE)))
    return float(np.median(fine.take(edge) / np.maximum(coarse.take(edge), 1e-3)))


def _gradients(luma: Plane) -> tuple[Plane, Plane]:
    return (
        cv2.Sobel(luma, cv2.CV_32F, 1, 0, ksize=1, scale=0.5),
        cv2.Sobel(luma, cv2.CV_32F, 0, 1, ksize=1, scale=0.5),
    )


def _edges(gradients: tuple[Plane, Plane], size: Plane, *, least: float) -> NDArray[np.intp]:
    """Flat places of edges: ridges of the gradient of at least `least`, no thin lines."""
    strong = np.zeros(size.shape, dtype=bool)
    strong[1:-1, 1:-1] = size[1:-1, 1:-1] >= least
    places = np.flatnonzero(strong)
    across, down = (plane.take(places) for plane in gradients)
    is_upright = np.abs(across) >= np.abs(down)
    step = np.where(is_upright, 1, size.shape[1])
    here = size.take(places)
    is_top = (here >= size.take(places - step)) & (here > size.take(places + step))
    places, step, is_upright = places[is_top], step[is_top], is_upright[is_top]
    slope = np.where(is_upright, across[is_top], down[is_top])
    is_line = np.zeros(len(places), dtype=bool)
    for distance in range(2, _LINE + 1):
        for there in (places - distance * step, places + distance * step):
            # past a side the next row's other end is asked: a handful of places, not the median
            other = np.where(
                is_upright,
                gradients[0].take(there, mode="clip"),
                gradients[1].take(there, mode="clip"),
            )
            is_line |= other * np.sign(slope) < -0.5 * np.abs(slope)
    return places[~is_line]


def _spread(plane: Plane) -> float:
    """Standard deviation."""
    return float(plane.std(dtype=np.float64))


def _colours(image: Image) -> int:
    """Different colours among at most _COUNTED pixels, evenly spread."""
    stride = -(-image.shape[0] * image.shape[1] // _COUNTED)
    wide = image.reshape(-1, 3)[::stride].astype(np.int32)
    return len(pd.unique((wide[:, 0] << 16) | (wide[:, 1] << 8) | wide[:, 2]))
