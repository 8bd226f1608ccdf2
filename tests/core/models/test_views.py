from __future__ import annotations

import numpy as np
import pytest

from core.models.preprocessing import preprocess
from core.models.views import balanced, cut_off, shrunk_by_opencv, whole, window, window_only
from core.records import InputSpec

SPEC = InputSpec(resize=32, crop=32, mean=(0.5,) * 3, std=(0.5,) * 3)


def wide_picture() -> np.ndarray:
    """48 x 96: red in the middle square, blue at both sides."""
    image = np.zeros((48, 96, 3), np.uint8)
    image[:, :, 2] = 200
    image[:, 24:72] = (200, 0, 0)
    return image


def test_the_crop_sees_the_middle_only_and_the_whole_picture_all():
    image = wide_picture()
    middle, every = preprocess(image, SPEC), whole(image, SPEC)

    assert middle.shape == every.shape == (3, 32, 32)
    assert middle[2].max() < -0.7  # no blue but what the filter brings over the edge
    assert every[2].max() > 0.5
    assert np.allclose(every[:, :7], 0, atol=0.01)  # padded with what is 0 to the model


def test_the_painted_over_view_keeps_the_scale_and_what_the_crop_sees():
    image = wide_picture()
    covered, every = window_only(image, SPEC), whole(image, SPEC)

    assert np.allclose(covered[:, 12:20, 12:20], every[:, 12:20, 12:20])
    assert np.allclose(covered[:, 12:20, :6], 0, atol=0.01)
    assert covered[2, 8:24].max() < 0.1  # blue is gone


def test_the_padding_follows_the_colour_order():
    spec = InputSpec(channels="BGR", resize=32, crop=32, mean=(0.1, 0.5, 0.9), std=(1.0,) * 3)

    assert np.allclose(whole(wide_picture(), spec)[:, :7], 0, atol=0.01)


def test_the_share_left_out_is_told():
    assert cut_off(48, 96, SPEC) == 0.5
    assert cut_off(48, 48, SPEC) == 0.0
    assert cut_off(64, 64, InputSpec(resize=64, crop=32)) == 0.75
    assert cut_off(64, 96, InputSpec(resize=None, crop=None)) == 0.0


def test_white_balance_multiplies_and_does_not_wrap():
    image = np.full((4, 4, 3), 200, np.uint8)

    assert balanced(image, (0.5, 1.0, 2.0))[0, 0].tolist() == [100, 200, 255]
    assert np.array_equal(balanced(image, (1.0, 1.0, 1.0)), image)


def test_opencv_shrinks_to_the_same_size_and_otherwise():
    rng = np.random.default_rng(0)
    image = rng.integers(0, 256, (90, 120, 3), dtype=np.uint8)
    ours, theirs = preprocess(image, SPEC), shrunk_by_opencv(image, SPEC)

    assert ours.shape == theirs.shape
    assert theirs.std() > 1.2 * ours.std()  # it skips pixels: noise stays


@pytest.mark.parametrize("size", [(48, 96), (96, 48), (50, 50), (20, 30)])
@pytest.mark.parametrize(("resize", "crop"), [(32, 32), (40, 32), (None, 32), (32, None)])
def test_the_window_lies_where_the_crop_takes_its_pixels(size, resize, crop):
    height, width = size
    spec = InputSpec(resize=resize, crop=crop, mean=(0.0,) * 3, std=(1.0,) * 3)
    across = np.linspace(0, 255, width)[None, :].repeat(height, axis=0)
    down = np.linspace(0, 255, height)[:, None].repeat(width, axis=1)
    image = np.stack([across, down, np.full(size, 255)], axis=2).astype(np.uint8)

    (left, top, wide, tall), (columns, rows) = window(height, width, spec)
    got = preprocess(image, spec)

    assert got.shape == (3, rows, columns)
    inside = got[2] > 0.99  # black is padding
    for channel, start, length in ((got[0], left, wide), (got[1], top, tall)):
        values = channel[inside]
        assert values.min() == pytest.approx(max(0.0, start), abs=0.04)
        assert values.max() == pytest.approx(min(1.0, start + length), abs=0.04)
