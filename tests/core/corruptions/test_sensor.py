from __future__ import annotations

import numpy as np

from core.corruptions import corrupt
from tests.contracts.test_corruptions import natural_picture

PICTURE = natural_picture(224, 299)


def test_dead_dots_stay_dead_as_severity_rises_and_nothing_else_changes():
    mild = corrupt(PICTURE, "dead_pixels", severity=2, seed=3)
    severe = corrupt(PICTURE, "dead_pixels", severity=4, seed=3)
    dead_mild = (mild != PICTURE).any(axis=2)
    dead_severe = (severe != PICTURE).any(axis=2)

    assert 0 < dead_mild.mean() < dead_severe.mean() < 0.05
    assert dead_severe[dead_mild].all()
    assert set(np.unique(severe[dead_severe])) == {0, 255}
    assert np.array_equal(mild[dead_mild], severe[dead_mild])


def test_grain_of_high_iso_has_blotches_in_colour_and_fine_grain_in_brightness():
    flat = np.full((448, 597, 3), 128, np.uint8)
    noise = corrupt(flat, "iso_noise", severity=3, seed=1).astype(np.float32) - 128
    brightness, colour = noise.mean(axis=2), noise[..., 0] - noise[..., 2]

    def with_neighbour(field):
        return float(np.corrcoef(field[:, :-1].ravel(), field[:, 1:].ravel())[0, 1])

    assert with_neighbour(colour) > 0.7 > with_neighbour(brightness)
    assert abs(noise.mean()) < 1


def test_another_sensor_leaves_grey_grey_and_dulls_colours():
    grey = np.full((64, 64, 3), 90, np.uint8)
    red = np.full((64, 64, 3), (200, 40, 40), np.uint8)

    assert np.abs(corrupt(grey, "sensor_change", severity=5, seed=0).astype(int) - 90).max() <= 1
    seen = corrupt(red, "sensor_change", severity=5, seed=0)[32, 32].astype(int)
    assert seen[0] - seen[1] < 200 - 40
