from __future__ import annotations

import cv2
import numpy as np
import pytest

from core.corruptions import CORRUPTIONS, corrupt
from tests.contracts.test_corruptions import natural_picture

PICTURE = natural_picture(224, 299)


def test_too_near_is_the_middle_enlarged():
    near = corrupt(PICTURE, "too_near", severity=5, seed=0)
    factor = CORRUPTIONS["too_near"].parameters[5][0]
    height, width = PICTURE.shape[:2]
    top, left = round(height * (1 - 1 / factor) / 2), round(width * (1 - 1 / factor) / 2)
    middle = PICTURE[top : height - top, left : width - left]
    expected = cv2.resize(middle, (width, height))

    assert np.abs(near.astype(int) - expected).mean() < 6


def test_off_the_middle_moves_by_the_share_of_the_short_side():
    spot = np.zeros((224, 224, 3), np.uint8)
    spot[108:116, 108:116] = 255
    moved = corrupt(spot, "off_centre", severity=3, seed=4)
    rows, columns = np.nonzero(moved[..., 0] > 128)

    distance = np.hypot(rows.mean() - 111.5, columns.mean() - 111.5)
    assert distance == pytest.approx(0.2 * 224, abs=1)


def test_a_tilt_keeps_the_middle_near_the_middle_and_turns_the_rest():
    spot = np.zeros((224, 224, 3), np.uint8)
    spot[108:116, 108:116] = 255
    rows, columns = np.nonzero(corrupt(spot, "tilt", severity=5, seed=4)[..., 0] > 128)

    assert np.hypot(rows.mean() - 111.5, columns.mean() - 111.5) < 0.12 * 224


def test_from_the_side_one_side_shrinks():
    bright = np.full((224, 224, 3), 200, np.uint8)
    seen = corrupt(bright, "perspective", severity=5, seed=3)[..., 0]

    assert (seen > 190).mean() < 0.9
    assert seen[112, 112] >= 199


def test_a_leaning_picture_moves_only_sideways():
    stripes = np.zeros((224, 224, 3), np.uint8)
    stripes[::8] = 200  # level lines

    leaning = corrupt(stripes, "rolling_shutter", severity=5, seed=3)

    assert np.array_equal(leaning, stripes)


def test_too_far_keeps_the_thing_whole_and_small():
    spot = np.zeros((224, 224, 3), np.uint8)
    spot[62:162, 62:162] = 255
    small = corrupt(spot, "too_far", severity=5, seed=0)[..., 0]

    assert (small > 200).sum() == pytest.approx((100 * 0.32) ** 2, rel=0.1)
