from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from core.corruptions import corrupt
from core.corruptions.noise import CHANCES, poisson_quantiles


@pytest.mark.parametrize("top", [3.0, 60.0, 999.0])
def test_counts_are_the_quantiles_of_the_poisson_distribution(top: float):
    rates = top * np.array([0, 1, 30, 128, 255]) / 255

    counts = poisson_quantiles(rates)

    assert np.array_equal(counts[1:], stats.poisson.ppf(CHANCES, rates[1:, None]))
    assert not counts[0].any()


def test_many_photons_are_expanded_without_a_visible_error():
    rates = 5000 * np.array([1, 2, 5, 30, 128, 255]) / 255

    counts = poisson_quantiles(rates)

    exact = stats.poisson.ppf(CHANCES, rates[:, None])
    assert np.abs(counts - exact).max() * 255 / 5000 < 0.1


@pytest.mark.parametrize(("name", "spread"), [("gaussian_noise", 44.98), ("shot_noise", 45.96)])
def test_noise_on_grey_100_spreads_as_the_original_does(name: str, spread: float):
    grey = np.full((512, 512, 3), 100, np.uint8)

    noisy = corrupt(grey, name, severity=3, seed=0)

    assert noisy.std() == pytest.approx(spread, rel=0.01)


def test_grain_keeps_its_place_while_the_dial_moves():
    grey = np.full((64, 64, 3), 128, np.uint8)

    mild = corrupt(grey, "gaussian_noise", severity=1, seed=4).astype(float)
    strong = corrupt(grey, "gaussian_noise", severity=3, seed=4).astype(float)

    assert np.corrcoef(mild.ravel(), strong.ravel())[0, 1] > 0.98


def test_dots_hit_their_share_and_are_black_or_white_alike():
    grey = np.full((300, 300, 3), 100, np.uint8)

    dotted = corrupt(grey, "impulse_noise", severity=4, seed=1)

    assert set(np.unique(dotted)) == {0, 100, 255}
    assert (dotted != 100).mean() == pytest.approx(0.17, abs=0.005)
    assert (dotted == 0).mean() == pytest.approx((dotted == 255).mean(), abs=0.005)


def test_speckle_spares_black_and_follows_the_light():
    half = np.zeros((300, 300, 3), np.uint8)
    half[:, 150:] = 100

    grainy = corrupt(half, "speckle_noise", severity=3, seed=1)

    assert not grainy[:, :150].any()
    assert grainy[:, 150:].std() == pytest.approx(34.69, rel=0.02)  # golden value, methods 2.6
