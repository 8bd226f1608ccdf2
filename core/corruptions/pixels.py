"""From computed values back to pixels."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.records import Image


def truncated(values: NDArray[np.floating[Any]]) -> Image:
    """
    Values on the 0..255 scale cut to uint8 as ImageNet-C does: clipped, then truncated.

    A value below a whole number by no more than rounding error counts as that number; otherwise
    flat areas would turn into a speckle of n and n - 1.
    """
    hair = 1e4 * np.finfo(values.dtype).resolution
    cut: Image = np.clip(values + hair, 0, 255).astype(np.uint8)
    return cut


def rounded(values: NDArray[np.floating[Any]]) -> Image:
    """Values on the 0..255 scale clipped and rounded to the nearest uint8."""
    cut: Image = np.clip(values + 0.5, 0, 255).astype(np.uint8)
    return cut
