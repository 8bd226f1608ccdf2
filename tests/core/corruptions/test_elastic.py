from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage

from core.corruptions import corrupt
from core.corruptions.elastic import smoothed


@pytest.mark.parametrize("sigma", [0.0, 0.3, 2.44, 19.52, 170.8])
def test_smoothing_by_cosines_is_the_gaussian_filter(sigma: float):
    noise = np.random.default_rng(0).uniform(-1, 1, (90, 61)).astype(np.float32)

    filtered = ndimage.gaussian_filter(noise, sigma, mode="reflect", truncate=3)

    np.testing.assert_allclose(smoothed(noise, sigma=sigma), filtered, atol=1e-5)


def test_bending_moves_things_and_keeps_their_colours():
    halves = np.full((224, 300, 3), 40, np.uint8)
    halves[:, 150:] = 210

    bent = corrupt(halves, "elastic_transform", severity=5, seed=3)

    assert set(np.unique(bent)) <= set(range(40, 211))
    edges = (bent[..., 0] > 125).argmax(axis=1)
    assert edges.std() > 0.5
    assert np.abs(edges - 150).max() < 20


@pytest.mark.parametrize("severity", [2, 4])
def test_ripples_grow_with_the_picture(severity: int):
    reach = []
    for side in (224, 672):
        row = np.linspace(0, 255, side, dtype=np.float32).astype(np.uint8)
        ramp = np.repeat(np.broadcast_to(row, (side, side))[..., None], 3, axis=2)
        bent = corrupt(ramp, "elastic_transform", severity=severity, seed=3)
        reach.append(np.abs(bent.astype(float) - ramp).mean())

    assert reach[1] == pytest.approx(reach[0], rel=0.2)
