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


def test_saturation_keeps_the_brightest_channel_and_its_hue():
    colours = np.random.default_rng(0).integers(0, 256, (40, 40, 3), dtype=np.uint8)

    pale = corrupt(colours, "saturate", severity=1, seed=0)

    assert np.abs(pale.max(axis=2).astype(int) - colours.max(axis=2)).max() <= 1
    assert (pale.argsort(axis=2)[..., 2] == colours.argsort(axis=2)[..., 2]).mean() > 0.95
    assert np.ptp(pale, axis=2).mean() == pytest.approx(
        0.3 * np.ptp(colours, axis=2).mean(), rel=0.02
    )


def test_grey_counts_as_red_when_saturation_is_added():
    grey = np.full((4, 4, 3), 200, np.uint8)

    assert corrupt(grey, "saturate", severity=3, seed=0)[0, 0].tolist() == [200, 200, 200]
    assert corrupt(grey, "saturate", severity=5, seed=0)[0, 0].tolist() == [200, 160, 160]
