"""How strongly a JPEG was packed, read back from its quantisation table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

_LUMINANCE = np.array(
    [
        *(16, 11, 10, 16, 24, 40, 51, 61),
        *(12, 12, 14, 19, 26, 58, 60, 55),
        *(14, 13, 16, 24, 40, 57, 69, 56),
        *(14, 17, 22, 29, 51, 87, 80, 62),
        *(18, 22, 37, 56, 68, 109, 103, 77),
        *(24, 35, 55, 64, 81, 104, 113, 92),
        *(49, 64, 78, 87, 103, 121, 120, 101),
        *(72, 92, 95, 98, 112, 100, 103, 99),
    ]
)
"""ITU-T T.81, table K.1, row by row."""


def jpeg_quality(tables: Mapping[int, Sequence[int]] | None) -> int | None:
    """
    The quality, 1..100, whose table is nearest to the file's; None without a table.

    Exact for programs that scale the standard's table as libjpeg does. Cameras and some editors
    bring tables of their own: for these it is the libjpeg quality that packs about as strongly.

    Args:
        tables: as Pillow's `quantization`; table 0 (brightness), row by row.

    Source:
        libjpeg's jpeg_quality_scaling and jpeg_add_quant_table, turned round by trying all 100;
        distance in logarithms, because a step from 2 to 4 costs as much as one from 20 to 40.
    """
    table = np.asarray((tables or {}).get(0, ()), dtype=float)
    if table.size != _LUMINANCE.size:
        return None
    distance = np.abs(np.log(_SCALED) - np.log(np.maximum(table, 1))).sum(axis=1)
    # of qualities as near, the higher: all steps are 1 from 97 or so on in coarse tables
    return int(len(distance) - np.argmin(distance[::-1]))


def _scaled() -> NDArray[np.float64]:
    """The standard's table at qualities 1..100, shape (100, 64)."""
    quality = np.arange(1, 101)
    percent = np.where(quality < 50, 5000 // quality, 200 - 2 * quality)
    steps = (_LUMINANCE[None, :] * percent[:, None] + 50) // 100
    return steps.clip(1, 255).astype(float)


_SCALED = _scaled()
