from __future__ import annotations

import numpy as np
import pytest

from core.frames.hashing import hash_distance
from core.frames.near_copies import is_near_copy
from core.settings import SETTINGS


def test_it_agrees_with_the_distance_of_two_hashes():
    rng = np.random.default_rng(0)
    base = int(rng.integers(1 << 62))
    hashes = [
        f"{base ^ sum(1 << int(bit) for bit in rng.choice(63, n, replace=False)):016x}"
        for n in range(14)
        for _ in range(10)
    ]
    others = [f"{base:016x}", f"{int(rng.integers(1 << 62)):016x}"]

    wanted = [
        min(hash_distance(one, other) for other in others) <= SETTINGS.near_copy_bits
        for one in hashes
    ]
    assert list(is_near_copy(hashes, others)) == wanted
    assert 0 < sum(wanted) < len(wanted)


@pytest.mark.parametrize("blank", ["0" * 16, "8" + "0" * 15])
def test_blank_pictures_are_near_to_nothing(blank):
    assert list(is_near_copy([blank, "0" * 15 + "1"], [blank])) == [False, False]


def test_nothing_is_near_to_nothing():
    assert list(is_near_copy(["0123456789abcdef"], [])) == [False]
    assert is_near_copy([], ["0123456789abcdef"]).shape == (0,)


def test_many_are_compared_in_blocks():
    hashes = [f"{number << 20:016x}" for number in range(1, 3000)]

    assert list(np.flatnonzero(is_near_copy(hashes, [hashes[-1]])))[-1] == 2998
