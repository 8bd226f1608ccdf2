from __future__ import annotations

import numpy as np
import pytest

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
