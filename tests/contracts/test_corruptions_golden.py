"""The same frame, corruption, severity and seed give the same pixels in every version."""

from __future__ import annotations

import numpy as np
import pytest

from core.corruptions import CORRUPTIONS
from tests.contracts import golden


@pytest.mark.parametrize("name", sorted(CORRUPTIONS))
def test_the_pixels_are_those_of_the_version_that_shipped_it(name: str):
    path = golden.FOLDER / f"{name}.png"
    assert path.exists(), "a new corruption: python -m tests.contracts.golden"

    difference = np.abs(golden.drawn(name).astype(np.int16) - golden.read(path))

    # Another processor may round a sum of floats the other way: a grey level, in few places.
    assert (difference > 1).mean() <= 0.002
    assert (difference > 0).mean() <= 0.02


def test_every_golden_picture_has_its_corruption():
    kept = {path.stem for path in golden.FOLDER.glob("*.png")} - {"clean"}

    assert kept == set(CORRUPTIONS), "a shipped name is never dropped or renamed"
