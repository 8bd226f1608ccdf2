from __future__ import annotations

import numpy as np
import pytest

from core.corruptions import corrupt


def ice(seed: int, shape: tuple[int, int] = (224, 300)) -> np.ndarray:
    """The ice as it looks in front of black, 0..255."""
    black = np.zeros((*shape, 3), np.uint8)
    return corrupt(black, "frost", severity=5, seed=seed) / 0.75


def test_our_ice_is_as_bright_and_rough_as_the_photos_of_imagenet_c():
    """Measured on the five photos its code draws: mean 123 to 207, spread 20 to 43, bluish."""
    pieces = np.stack([ice(seed) for seed in range(8)])

    assert 140 < pieces.mean() < 180
    assert all(20 < piece[..., 1].std() < 43 for piece in pieces)
    red, green, blue = pieces.mean(axis=(0, 1, 2))
    assert red < green < blue


@pytest.mark.parametrize(("severity", "kept", "weight"), [(1, 1.0, 0.4), (4, 0.65, 0.7)])
def test_ice_and_picture_are_weighed(severity: int, kept: float, weight: float):
    grey = np.full((224, 300, 3), 60, np.uint8)

    frosty = corrupt(grey, "frost", severity=severity, seed=3)

    expected = np.minimum(kept * 60 + weight * ice(3), 255)
    assert np.abs(frosty - expected).max() <= 2


def test_ice_grows_with_the_picture():
    small, large = ice(1), ice(1, (448, 600))

    assert np.abs(large[::2, ::2] - small).mean() < 6
