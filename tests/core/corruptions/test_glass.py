from __future__ import annotations

import numpy as np
import pytest

from core.corruptions import corrupt
from core.corruptions.glass import shuffled


@pytest.mark.parametrize(("reach", "rounds"), [(1, 2), (2, 1), (2, 3), (3, 2), (4, 2)])
def test_following_pointers_equals_visiting_one_cell_after_another(reach: int, rounds: int):
    height, width = 40, 31

    source = shuffled((height, width), reach=reach, rounds=rounds, rng=np.random.default_rng(7))

    rng = np.random.default_rng(7)
    cells = np.arange(height * width).reshape(height, width)
    for _ in range(rounds):
        luck = rng.random((3, height, width), dtype=np.float32)
        down, across = np.floor((2 * luck[:2] - 1) * np.float32(reach)).astype(int)
        for row in range(height - reach, reach, -1):
            for column in range(width - reach, reach, -1):
                cells[row, column] = cells[row + down[row, column], column + across[row, column]]
    assert np.array_equal(source, cells.ravel())


def test_a_cell_comes_from_no_further_than_its_reach_as_often_from_any_offset():
    source = shuffled((400, 400), reach=2, rounds=0.5, rng=np.random.default_rng(1))

    rows, columns = np.divmod(source.reshape(400, 400), 400)
    down = (rows - np.arange(400)[:, None])[3:399, 3:399]
    across = (columns - np.arange(400))[3:399, 3:399]
    assert ((down == 0) & (across == 0)).mean() == pytest.approx(0.5 + 0.5 / 16, abs=0.03)
    assert down.min() == -2


def test_a_reach_that_is_too_far_for_the_picture_moves_nothing():
    assert np.array_equal(
        shuffled((3, 50), reach=4, rounds=2, rng=np.random.default_rng(0)), np.arange(150)
    )


def test_larger_pictures_are_shuffled_in_larger_squares():
    rng = np.random.default_rng(3)
    small = rng.integers(0, 256, (224, 224, 3), dtype=np.uint8)
    large = small.repeat(3, axis=0).repeat(3, axis=1)

    changed = [
        np.abs(corrupt(picture, "glass_blur", severity=1, seed=2).astype(int) - picture).mean()
        for picture in (small, large)
    ]

    assert changed[1] == pytest.approx(changed[0], rel=0.1)
