from __future__ import annotations

import numpy as np
import pytest

from core.corruptions import corrupt

GREY = np.full((224, 300, 3), 100, np.uint8)


@pytest.mark.parametrize("severity", [1, 2, 3])
def test_water_adds_turquoise_light_in_places(severity: int):
    added = corrupt(GREY, "spatter", severity=severity, seed=1).astype(int) - 100

    wet = added.any(axis=2)
    assert 0.001 < wet.mean() < 0.5
    assert added.min() == 0
    bright = added[wet][added[wet][:, 2].argmax()]
    assert bright[0] < bright[1] == bright[2]


@pytest.mark.parametrize("severity", [4, 5])
def test_mud_covers_with_brown_and_leaves_the_rest(severity: int):
    muddy = corrupt(GREY, "spatter", severity=severity, seed=1)

    covered = (muddy != 100).any(axis=2)
    assert 0.02 < covered.mean() < 0.5
    assert (muddy[covered].mean(axis=0) < (80, 65, 50)).all()
    assert muddy.min(axis=(0, 1)).tolist() == [63, 42, 20]


def test_splashes_stay_while_the_dial_moves_on():
    wet = [
        corrupt(GREY, "spatter", severity=severity, seed=1)[..., 0] != 100 for severity in (4, 5)
    ]

    assert (wet[0] & wet[1]).sum() > 0.7 * wet[0].sum()
