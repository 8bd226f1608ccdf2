from __future__ import annotations

import numpy as np

from core.corruptions import corrupt
from tests.contracts.test_corruptions import natural_picture

PICTURE = natural_picture(224, 299)


LUMA = np.array((0.299, 0.587, 0.114))


def test_a_turned_hue_keeps_brightness():
    soft = (96 + PICTURE // 4).astype(np.uint8)  # far from black and white, so nothing is cut
    turned = corrupt(soft, "hue_shift", severity=4, seed=5)

    assert np.abs(turned @ LUMA - soft @ LUMA).mean() < 0.6
    assert np.abs(turned.astype(int) - soft).mean() > 2


def test_a_cast_is_warm_or_cold_by_the_seed():
    grey = np.full((32, 32, 3), 100, np.uint8)
    lean = {
        int(np.sign(int(seen[0]) - int(seen[2])))
        for seed in range(8)
        for seen in [corrupt(grey, "colour_cast", severity=3, seed=seed)[0, 0]]
    }

    assert lean == {-1, 1}
