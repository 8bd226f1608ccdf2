"""The corruptions' contract on pictures nobody thought of: any size, any content, any severity."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from core.corruptions import CORRUPTIONS, corrupt
from core.records import Image
from tests.contracts.test_corruptions import natural_picture

LARGEST = (3000, 4000)
KINDS = ("photo", "grey", "black", "white", "noise")

# Derandomised: CI runs the same examples every time, and a failure is repeated by running again.
thorough = settings(
    max_examples=5,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def picture_of(kind: str, shape: tuple[int, int], seed: int) -> Image:
    if kind in {"black", "white"}:
        return np.full((*shape, 3), 255 if kind == "white" else 0, np.uint8)
    if kind == "noise":
        return np.random.default_rng(seed).integers(0, 256, (*shape, 3), np.uint8)
    photo = natural_picture(*shape, seed=seed)
    return np.repeat(photo[..., :1], 3, axis=2) if kind == "grey" else photo


# Sides grow by the octave: most pictures are small, a few are large, thin ones are among them.
side = st.one_of(st.integers(1, 16), st.integers(17, 128), st.integers(129, 640))
shapes = st.tuples(side, side)
severities = st.one_of(st.integers(0, 5).map(float), st.floats(0, 5))
seeds = st.integers(0, 2**63 - 1)


@pytest.mark.parametrize("name", sorted(CORRUPTIONS))
@thorough
@given(kind=st.sampled_from(KINDS), shape=shapes, severity=severities, seed=seeds)
@example(kind="photo", shape=LARGEST, severity=3.0, seed=1)
@example(kind="noise", shape=(1, 1), severity=5.0, seed=0)
@example(kind="grey", shape=(224, 299), severity=2.5, seed=2**63 - 1)
@example(kind="black", shape=(224, 299), severity=5.0, seed=3)
@example(kind="white", shape=(224, 299), severity=5.0, seed=3)
def test_every_picture_keeps_the_contract(
    name: str, kind: str, shape: tuple[int, int], severity: float, seed: int
):
    picture = picture_of(kind, shape, seed % 5)
    before = picture.copy()
    picture.flags.writeable = False  # writing to the input raises

    damaged = corrupt(picture, name, severity=severity, seed=seed)

    assert damaged.dtype == np.uint8
    assert damaged.shape == picture.shape
    assert damaged.flags.c_contiguous
    assert damaged.flags.writeable
    assert np.array_equal(picture, before)
    assert not np.shares_memory(damaged, picture)
    if severity == 0:
        assert np.array_equal(damaged, before)
    if shape != LARGEST:
        assert np.array_equal(corrupt(picture, name, severity=severity, seed=seed), damaged)
