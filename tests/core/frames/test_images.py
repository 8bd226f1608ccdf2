from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from core.errors import PictureError
from core.frames.images import (
    decode,
    decode_reduced,
    display_jpeg,
    encode_jpeg,
    encode_png,
    thumbnail,
    working_image,
)


def waves(height: int, width: int) -> np.ndarray:
    down, right = np.mgrid[0:height, 0:width]
    channels = [127 + 100 * np.sin(right / 9), 127 + 100 * np.cos(down / 11), 40 + 0 * down]
    return np.stack(channels, axis=-1).astype(np.uint8)


@pytest.mark.parametrize(
    ("shape", "expected"),
    [((900, 1350), (448, 672)), ((1000, 500), (896, 448)), ((449, 449), (448, 448))],
)
def test_the_working_image_has_the_short_side_asked_for(shape, expected):
    image = working_image(waves(*shape))

    assert image.shape == (*expected, 3)
    assert image.dtype == np.uint8


def test_the_working_image_is_never_enlarged():
    small = waves(300, 200)

    image = working_image(small)

    assert image is small


def test_shrinking_averages_instead_of_skipping_pixels():
    checkers = np.indices((1792, 1792)).sum(axis=0) % 2 * 255
    image = working_image(np.repeat(checkers[..., None], 3, axis=-1).astype(np.uint8))

    assert abs(float(image.mean()) - 127.5) < 2
    assert image.std() < 4


def test_a_very_long_picture_keeps_at_least_one_pixel():
    assert working_image(waves(2, 3000), short_side=1).shape == (1, 1500, 3)


def test_png_keeps_every_pixel_and_its_colour():
    image = waves(50, 70)

    assert (decode(encode_png(image)) == image).all()


def test_jpeg_keeps_the_colours_and_follows_the_quality():
    image = waves(120, 160)

    good, poor = encode_jpeg(image), encode_jpeg(image, quality=20)

    assert np.abs(decode(good).astype(int) - image).mean() < 3
    assert len(poor) < len(good) / 2


def test_a_side_too_long_for_jpeg_is_refused_in_plain_words():
    with pytest.raises(PictureError, match=r"70,000 × 1 px"):
        encode_jpeg(np.zeros((1, 70_000, 3), dtype=np.uint8))


def test_the_picture_for_the_screen_is_shrunk_but_never_enlarged(tmp_path):
    Image.fromarray(waves(600, 900)).save(tmp_path / "large.jpg", quality=95)
    Image.fromarray(waves(60, 90)).save(tmp_path / "small.png")

    large = decode(display_jpeg(tmp_path / "large.jpg", long_side=300))
    small = decode(display_jpeg(tmp_path / "small.png", long_side=300))

    assert large.shape == (200, 300, 3)
    assert small.shape == (60, 90, 3)
    assert np.abs(small.astype(int) - waves(60, 90)).mean() < 4


def test_a_thumbnail_is_192_pixels_long(tmp_path):
    Image.fromarray(waves(600, 900)).save(tmp_path / "picture.png")

    assert decode(thumbnail(tmp_path / "picture.png")).shape == (128, 192, 3)


def test_reduced_jpeg_tells_the_size_of_the_whole_picture(tmp_path):
    Image.fromarray(waves(600, 900)).save(tmp_path / "picture.jpg")

    reduced = decode_reduced(tmp_path / "picture.jpg", short_side=72)

    assert (reduced.width, reduced.height) == (900, 600)
    assert reduced.image.shape == (75, 113, 3)


def test_a_cut_off_jpeg_is_noticed_at_reduced_size():
    data = encode_jpeg(waves(600, 900))

    with pytest.raises(PictureError, match="cut off"):
        decode_reduced(data[:-50], short_side=72)


def test_a_file_one_may_not_read_says_so(tmp_path, monkeypatch):
    # The tests may run as root, who may read everything.
    file = tmp_path / "picture.png"
    file.write_bytes(encode_png(waves(5, 5)))

    def refuse(*_args, **_options):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("PIL.Image.open", refuse)
    with pytest.raises(PictureError, match="You may not read this file"):
        decode(file)
