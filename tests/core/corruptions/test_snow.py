from __future__ import annotations

import numpy as np

from core.corruptions import corrupt


def falling(severity: float, *, seed: int = 2) -> np.ndarray:
    """The snow alone: what black turns into, less the paling that all of it shares."""
    snowy = corrupt(np.zeros((224, 300, 3), np.uint8), "snow", severity=severity, seed=seed)
    return snowy[..., 0].astype(float) - snowy.min()


def test_snow_is_white_and_falls_a_second_time_turned_around():
    layer = falling(1)

    assert 0.02 < (layer > 30).mean() < 0.5
    np.testing.assert_allclose(layer, layer[::-1, ::-1], atol=1)


def test_flakes_are_dragged_along_more_than_across():
    layer = falling(3)
    layer -= layer.mean()
    moved = {
        (down, across): (layer * np.roll(layer, (down, across), axis=(0, 1))).mean()
        for down, across in ((6, 0), (0, 6), (6, 6), (6, -6))
    }

    # Both layers fall along one line, between 45 degrees to the left and to the right.
    assert max(moved, key=moved.__getitem__) != (0, 6)


def test_dark_places_turn_pale():
    black = np.zeros((64, 64, 3), np.uint8)

    palest = [corrupt(black, "snow", severity=severity, seed=0).min() for severity in (1, 2, 5)]

    # (1 - share kept) * 0.5 of white
    assert palest == [25, 38, 57]
