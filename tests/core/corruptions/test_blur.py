from __future__ import annotations

import numpy as np
import pytest

from core.corruptions import corrupt
from core.corruptions.blur import motion_blurred


def test_motion_drags_a_point_to_one_side_along_its_angle():
    dark = np.zeros((61, 61, 3), np.uint8)
    dark[30, 30] = 255

    trail = motion_blurred(dark, radius=10, sigma=8, angle=0)[:, :, 0]

    rows, columns = np.nonzero(trail)
    assert set(rows) == {30}
    assert columns.min() == 10
    assert columns.max() == 30
    assert trail[30, 30] == trail.max()


@pytest.mark.parametrize("angle", [-45, -10, 0, 33, 45])
def test_motion_keeps_the_light_of_a_flat_picture(angle: float):
    grey = np.full((40, 50, 3), 137, np.uint8)

    blurred = motion_blurred(grey, radius=12.3, sigma=4.5, angle=angle)

    assert np.array_equal(blurred, grey)


def test_zooming_leaves_the_middle_and_drags_the_edges_outwards():
    dark = np.zeros((225, 225, 3), np.uint8)
    dark[112, [112, 180]] = 255

    zoomed = corrupt(dark, "zoom_blur", severity=3, seed=0)[112, :, 0]

    assert zoomed[112] > 100
    trail = np.flatnonzero(zoomed[130:]) + 130
    assert trail.min() >= 179
    assert 190 <= trail.max() <= 195  # 68 px from the middle, enlarged by at most 1.2


@pytest.mark.parametrize("severity", [0.3, 1, 2.5, 5])
@pytest.mark.parametrize("name", ["zoom_blur", "glass_blur"])
def test_a_flat_picture_stays_flat(name: str, severity: float):
    grey = np.full((120, 77, 3), 137, np.uint8)

    assert np.array_equal(corrupt(grey, name, severity=severity, seed=0), grey)
