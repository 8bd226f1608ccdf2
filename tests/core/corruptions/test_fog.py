from __future__ import annotations

import numpy as np
import pytest

from core.corruptions import corrupt
from core.corruptions.fog import plasma


def test_clouds_fill_0_to_1_and_join_up_at_the_edges():
    clouds = plasma(256, decay=2.0, rng=np.random.default_rng(0))

    assert clouds.shape == (256, 256)
    assert (clouds.min(), clouds.max()) == (0, 1)
    step = np.abs(np.diff(clouds, axis=0)).mean()
    assert np.abs(clouds[0] - clouds[-1]).mean() < 3 * step


def test_a_smaller_decay_makes_rougher_clouds_of_the_same_shape():
    soft, rough = (plasma(256, decay=decay, rng=np.random.default_rng(5)) for decay in (2.0, 1.4))

    assert np.abs(np.diff(rough, axis=1)).mean() > 2 * np.abs(np.diff(soft, axis=1)).mean()
    assert np.corrcoef(soft.ravel(), rough.ravel())[0, 1] > 0.6


@pytest.mark.parametrize("severity", [1, 3, 5])
def test_the_brightest_value_is_not_exceeded_and_black_stays_black(severity: int):
    grey = np.full((100, 130, 3), 160, np.uint8)

    assert corrupt(grey, "fog", severity=severity, seed=0).max() <= 160
    assert not corrupt(0 * grey, "fog", severity=severity, seed=0).any()


def test_a_large_picture_meets_the_same_fog():
    small = np.full((224, 300, 3), 90, np.uint8)
    small[0, 0] = 255
    large = np.full((672, 900, 3), 90, np.uint8)
    large[0, 0] = 255

    fogs = [corrupt(picture, "fog", severity=2, seed=4)[..., 0] for picture in (small, large)]

    middles = fogs[1][1::3, 1::3].astype(float)
    assert np.abs(middles - fogs[0]).mean() < 2
