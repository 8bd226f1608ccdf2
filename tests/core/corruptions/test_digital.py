from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image as Pillow

from core.corruptions import corrupt


@pytest.mark.parametrize("severity", [1, 5])
def test_jpeg_is_the_very_file_pillow_would_store(severity: int):
    row = np.linspace(0, 255, 120).astype(np.uint8)
    picture = np.stack(np.broadcast_arrays(row, row[::-1, None], np.uint8(40)), axis=2)
    file = io.BytesIO()
    Pillow.fromarray(picture).save(file, "JPEG", quality={1: 25, 5: 7}[severity])

    stored = corrupt(picture, "jpeg_compression", severity=severity, seed=0)

    assert np.array_equal(stored, np.array(Pillow.open(file)))


def test_squares_are_twice_as_wide_in_a_picture_twice_as_large():
    ramp = np.broadcast_to(np.arange(448)[None, :, None] % 256, (448, 448, 3)).astype(np.uint8)

    widths = [
        np.diff(np.flatnonzero(np.diff(corrupt(picture, "pixelate", severity=5, seed=0)[0, :, 0])))
        for picture in (ramp[:224, :224], ramp)
    ]

    assert np.median(widths[0]) == 4
    assert np.median(widths[1]) == 8
