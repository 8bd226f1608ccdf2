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
    return _clipped(values + hair)


def rounded(values: NDArray[np.floating[Any]]) -> Image:
    """Values on the 0..255 scale clipped and rounded to the nearest uint8."""
    return _clipped(values + 0.5)


def _clipped(values: NDArray[np.floating[Any]]) -> Image:
    # In place: at these sizes fresh memory costs more than the arithmetic.
    cut: Image = np.clip(values, 0, 255, out=values).astype(np.uint8)
    return cut
