"""
What is kept of a picture to tell how its camera fares: exact fingerprints, single pixels, a view.

About 4 KB a picture, from one decoding. Fingerprints are of the decoded pixels in full size: files
of one picture may differ in their metadata.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from core.frames.images import decode
from core.records import Image

VERSION = 1
"""Of what is kept; rows of another version are made again."""

TILES = 12  # a side
SAMPLES = 32
VIEW = 48


@dataclass(frozen=True, slots=True)
class CameraView:
    """What is kept of one picture."""

    pixels: str  # SHA-256 of size and decoded pixels, hex
    tiles: NDArray[np.uint32]  # (12, 12), CRC-32 of each tile's pixels
    samples: NDArray[np.uint8]  # (32, 32), luma of single pixels on a lattice, never averaged
    view: NDArray[np.uint8]  # (48, 48), luma averaged over areas
    tint: float  # log2 of mean green over the mean of red and blue; 0 grey


def camera_view(source: Path | bytes) -> CameraView:
    """
    What is kept of a picture file.

    Raises:
        PictureError: as `decode`.
    """
    return view_of(decode(source))


def view_of(image: Image) -> CameraView:
    """
    What is kept of a picture: RGB uint8 (height, width, 3), any size from 1 × 1.

    Single pixels beside averaged ones, because averaging hides the sensor's noise, by which a live
    still scene differs from a stuck camera (methods 9.4).
    """
    height, width = image.shape[:2]
    luma = cv2.cvtColor(np.ascontiguousarray(image), cv2.COLOR_RGB2GRAY)
    rows, columns = _middles(height), _middles(width)
    red, green, blue = image.reshape(-1, 3).mean(axis=0)
    return CameraView(
        pixels=sha256(f"{width}x{height}|".encode() + image.tobytes()).hexdigest(),
        tiles=_tile_prints(image),
        samples=luma[np.ix_(rows, columns)],
        view=cv2.resize(luma, (VIEW, VIEW), interpolation=cv2.INTER_AREA),
        tint=float(np.log2((green + 1) / ((red + blue) / 2 + 1))),
    )


def _middles(length: int) -> NDArray[np.intp]:
    return ((np.arange(SAMPLES) + 0.5) * length / SAMPLES).astype(np.intp)


def _tile_prints(image: Image) -> NDArray[np.uint32]:
    down, across = (np.linspace(0, side, TILES + 1).astype(int) for side in image.shape[:2])
    return np.array(
        [
            [
                zlib.crc32(
                    image[down[row] : down[row + 1], across[column] : across[column + 1]].tobytes()
                )
                for column in range(TILES)
            ]
            for row in range(TILES)
        ],
        dtype=np.uint32,
    )
