from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from core.frames.jpeg_quality import jpeg_quality

PICTURE = Image.fromarray(np.random.default_rng(0).integers(0, 255, (16, 16, 3), np.uint8))


def tables_of(**options):
    file = io.BytesIO()
    PICTURE.save(file, "JPEG", **options)
    with Image.open(file) as picture:
        return picture.quantization


def test_every_quality_pillow_writes_is_read_back():
    read = [jpeg_quality(tables_of(quality=quality)) for quality in range(1, 101)]

    assert read == list(range(1, 101))


def test_a_table_of_its_own_gets_the_nearest():
    tables = {0: [value + 1 for value in tables_of(quality=60)[0]]}

    assert jpeg_quality(tables) == pytest.approx(60, abs=3)
    assert jpeg_quality({0: [1] * 64}) == 100
    assert jpeg_quality({0: [255] * 64}) < 10


@pytest.mark.parametrize("tables", [None, {}, {1: [1] * 64}, {0: []}, {0: [1] * 63}])
def test_without_a_table_there_is_none(tables):
    assert jpeg_quality(tables) is None
