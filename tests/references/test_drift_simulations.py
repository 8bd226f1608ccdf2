"""Short runs of drift_simulations; its own command runs them in full."""

from __future__ import annotations

import numpy as np
import pytest

from tests.references import drift_simulations as simulations

DRAWS = 40
MOST = 0.05 + 3 * np.sqrt(0.05 * 0.95 / DRAWS)
"""What three standard errors of so few draws may make of 5 in 100."""


def test_on_undrifted_clips_only_the_shuffling_of_frames_rings():
    share = simulations.ringing(draws=DRAWS, permutations=99)
    print(f"\n{share.round(3).to_string()}")

    assert share.pop("frames shuffled") > 0.7
    assert share.max() <= MOST


def test_single_pictures_against_a_video_reference_do_not_ring():
    made = {"alike": 0.9, "field": (30, 1)}
    share = simulations.ringing(draws=DRAWS, permutations=99, **made)
    uneven = simulations.ringing(draws=DRAWS, permutations=99, even=False, **made)

    assert share.drop("frames shuffled").max() <= MOST
    assert uneven["centre, z > 2"] > share["centre, z > 2"]


@pytest.mark.parametrize("shift", ["noisier", "duller"])
def test_planted_shifts_are_confirmed(shift):
    share = simulations.ringing(draws=6, permutations=99, shift=shift)

    assert share["all four, confirmed"] >= 0.8


@pytest.mark.parametrize("shift", ["none", "noise .1", "noise .3", "class 0 disappears"])
def test_digits_are_seen_as_often_as_the_table_says(shift):
    rate = simulations.detection(shift, 100)
    wanted = simulations.BBSDS[shift][2]
    print(f"\n{shift}: {rate:.2f}, table {wanted:.2f}")

    assert abs(rate - wanted) <= simulations.two_errors(wanted)
