from __future__ import annotations

import numpy as np

from core.corruptions import corrupt
from tests.contracts.test_corruptions import natural_picture

PICTURE = natural_picture(224, 299)


def test_glare_only_brightens_and_most_around_the_light():
    change = corrupt(PICTURE, "glare", severity=3, seed=2).astype(int) - PICTURE

    assert change.min() >= 0
    rows = change.mean(axis=(1, 2))
    assert rows[: len(rows) // 2].mean() > rows[len(rows) // 2 :].mean()


def test_a_flare_only_adds_light():
    assert (corrupt(PICTURE, "lens_flare", severity=4, seed=2).astype(int) - PICTURE).min() >= 0


def test_gamma_keeps_black_and_white_and_darkens_between():
    ramp = np.repeat(np.arange(256, dtype=np.uint8)[None, :, None], 3, axis=2).repeat(8, axis=0)
    bent = corrupt(ramp, "gamma", severity=3, seed=0)[0, :, 0].astype(int)

    assert (bent[0], bent[255]) == (0, 255)
    assert bent[128] == round(255 * (128 / 255) ** 1.95)
    assert (np.diff(bent) >= 0).all()
