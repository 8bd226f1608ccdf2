"""Short runs of slice_simulations; its own command runs them in full."""

from __future__ import annotations

import numpy as np
import pytest
from statsmodels.stats.proportion import proportion_confint

from tests.references import slice_simulations as simulations


@pytest.mark.parametrize(("clips", "length", "rho"), simulations.ROWS[:4])
def test_intervals_cover_what_they_say_from_ten_clips_on(clips, length, rho):
    draws = 600
    share = simulations.coverage(clips, length, rho, draws=draws)
    low, high = proportion_confint(share * draws, draws, alpha=0.01, method="wilson")
    print(f"\n{clips} x {length}, rho {rho}: covers {share:.1%}")

    # what chance may do to 600 draws is allowed for; the full run has 10,000
    assert high >= 0.91
    assert low <= 0.97


def test_searches_where_nothing_is_find_next_to_nothing():
    found, looked = simulations.by_chance(searches=20)
    print(f"\n{found:.3f} confirmed a search of {looked:.0f} slices")

    assert looked > 300
    assert found <= 0.1


def test_a_spot_thirty_points_behind_is_found():
    share = simulations.planted(searches=20)

    assert share >= 0.9


def test_neighbours_of_a_clip_are_alike_as_asked():
    right = simulations.correlated(4000, 2, 0.0, np.random.default_rng(0)).reshape(-1, 2)
    alike = simulations.correlated(4000, 2, 0.95, np.random.default_rng(0)).reshape(-1, 2)

    assert np.corrcoef(right.T)[0, 1] == pytest.approx(0, abs=0.05)
    assert np.corrcoef(alike.T)[0, 1] > 0.7
    assert alike.mean() == pytest.approx(simulations.TRUE_RATE, abs=0.02)
