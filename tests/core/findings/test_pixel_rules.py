from __future__ import annotations

import numpy as np
import pytest

from core.findings.pixel_rules import pixel_facts, pixel_reasons

SIDE = 224


def plain(level: int) -> np.ndarray:
    return np.full((SIDE, SIDE, 3), level, dtype=np.uint8)


def photo() -> np.ndarray:
    ramp = np.linspace(20, 230, SIDE).astype(np.uint8)
    return np.stack(
        [np.tile(ramp, (SIDE, 1)), np.tile(ramp[:, None], (1, SIDE)), plain(90)[..., 0]], 2
    )


def test_black_and_noise_have_the_golden_facts():
    """Methods 7, "pixel rules"; the noise is another draw, so its figures are near, not equal."""
    black = pixel_facts(plain(0))
    noise = pixel_facts(np.random.default_rng(0).integers(0, 256, (SIDE, SIDE, 3), dtype=np.uint8))

    assert (black.brightness, black.spread, black.sharpness) == (0, 0, 0)
    assert (black.dark_share, black.colours, black.entropy) == (1, 1, 0)
    assert noise.spread == pytest.approx(49.3, abs=0.5)
    assert noise.sharpness == pytest.approx(48535, rel=0.02)


@pytest.mark.parametrize(
    ("image", "says"),
    [
        (plain(0), "too dark"),
        (plain(255), "too bright"),
        (plain(128), "nothing to see"),
        (photo()[:20], "too small"),
    ],
)
def test_useless_pictures_are_told_why(image, says):
    assert says in pixel_reasons(pixel_facts(image))[0]


def test_an_ordinary_picture_is_left_alone_and_so_is_a_lamp_in_the_dark():
    assert pixel_reasons(pixel_facts(photo())) == ()
    lamp = np.array(photo() // 12)
    lamp[:60, :60] = 255
    assert pixel_reasons(pixel_facts(lamp)) == ()


def test_the_files_own_size_counts_not_the_thumbnails():
    assert pixel_reasons(pixel_facts(photo()[:20], width=640, height=480)) == ()


def test_rules_do_not_change_the_picture():
    image = photo()
    before = image.copy()
    pixel_facts(image)

    assert np.array_equal(image, before)
