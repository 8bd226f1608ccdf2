"""Which pictures look nearly like one of some others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from core.frames.clips import BLANK_HASHES
from core.settings import SETTINGS

_BLOCK = 1024  # hashes compared with all others at once


def is_near_copy(hashes: Sequence[str], others: Iterable[str]) -> NDArray[np.bool_]:
    """
    Whether each picture hash differs from any of the others in at most `near_copy_bits` bits.

    Blank pictures have no pattern to be near to: they are near-copies of nothing.

    Args:
        hashes: n picture hashes, 16 hex digits each.

    Returns:
        Shape (n,).

    Source:
        methods 10; the distance of frames.hashing.hash_distance.
    """
    wanted, known = _numbers(hashes), np.unique(_numbers(list(others)))
    blanks = np.array(sorted(BLANK_HASHES), dtype=np.uint64)
    known = known[~np.isin(known, blanks)]
    near = np.zeros(len(wanted), dtype=bool)
    for start in range(0, len(wanted), _BLOCK):
        apart = np.bitwise_count(wanted[start : start + _BLOCK, None] ^ known[None, :])
        near[start : start + _BLOCK] = (apart <= SETTINGS.near_copy_bits).any(axis=1)
    return near & ~np.isin(wanted, blanks)


def _numbers(hashes: Sequence[str]) -> NDArray[np.uint64]:
    return np.array([int(text, 16) for text in hashes], dtype=np.uint64)
