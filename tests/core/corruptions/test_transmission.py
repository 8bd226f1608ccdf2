from __future__ import annotations

import numpy as np

from core.corruptions import corrupt
from tests.contracts.test_corruptions import natural_picture

PICTURE = natural_picture(224, 299)


def test_a_thin_line_turns_detail_into_blocks():
    squeezed = corrupt(PICTURE, "low_bitrate", severity=5, seed=1)

    def detail(image):
        return np.abs(np.diff(image.astype(int), axis=1)).mean()

    assert detail(squeezed) < 0.75 * detail(PICTURE)


def test_downscale_keeps_the_mean_and_loses_detail():
    small = corrupt(PICTURE, "downscale", severity=4, seed=0)

    assert np.abs(small.mean(axis=(0, 1)) - PICTURE.mean(axis=(0, 1))).max() < 1
    assert small.std() < PICTURE.std()
