from __future__ import annotations

from dataclasses import asdict

import cv2
import numpy as np
import pytest
from PIL import Image as Pillow
from PIL.ExifTags import Base

from core.errors import PictureError
from core.frames.images import decode, working_image
from core.frames.quality import measured, noise_level, picture_quality, sharpness
from core.tables import QUALITY


def disc(*, blur: float = 0.0, contrast: float = 120.0) -> np.ndarray:
    """Luma of a grey disc on grey, drawn four times as large and averaged."""
    large = np.full((800, 1200), 60, np.float32)
    cv2.circle(large, (600, 400), 300, 60 + contrast, -1)
    luma = cv2.resize(large, (300, 200), interpolation=cv2.INTER_AREA)
    return cv2.GaussianBlur(luma, (0, 0), blur) if blur else luma


def grey(luma: np.ndarray) -> np.ndarray:
    return np.repeat(luma.clip(0, 255).astype(np.uint8)[:, :, None], 3, axis=2)


def smooth(height=200, width=300):
    """A wall lit from one side: no edge anywhere."""
    return np.tile(np.linspace(60, 200, width, dtype=np.float32), (height, 1))


@pytest.mark.parametrize("blur", [0.5, 1, 2, 3, 4])
def test_sharpness_is_the_ratio_the_edges_blur_predicts(blur):
    added = 1 / 3  # px² of the central difference

    predicted = np.sqrt((blur**2 + 9 + added) / (blur**2 + 1 + added))
    assert sharpness(disc(blur=blur)) == pytest.approx(predicted, rel=0.03)


def test_sharpness_does_not_depend_on_contrast():
    assert sharpness(disc(contrast=30)) == pytest.approx(sharpness(disc()), rel=0.01)


def test_a_smooth_picture_is_not_called_blurred_though_its_laplacian_is_small():
    quality = picture_quality(grey(smooth()))

    assert quality.sharpness is None
    assert quality.laplacian_variance < 2


def test_fine_lines_do_not_make_a_blurred_thing_sharp():
    lined = disc(blur=3)
    lined[::25] -= 40

    assert sharpness(lined) < 2 < sharpness(disc())


@pytest.mark.parametrize("sd", [1, 5, 10, 20])
def test_noise_is_measured_on_smooth_pictures(sd):
    noisy = smooth() + np.random.default_rng(1).normal(0, sd, (200, 300)).astype(np.float32)

    assert noise_level(noisy) == pytest.approx(sd, rel=0.05)


def test_edges_are_no_noise():
    assert noise_level(disc()) < 0.5


def test_noise_of_a_black_or_burnt_out_picture_is_not_told():
    assert noise_level(np.zeros((50, 50), np.float32)) is None
    assert noise_level(np.full((50, 50), 255, np.float32)) is None


def test_brightness_contrast_and_colour_of_known_pictures():
    halves = np.zeros((40, 40, 3), np.uint8)
    halves[:, 20:] = 255
    red = np.zeros((40, 40, 3), np.uint8)
    red[:, :] = (199, 99, 99)

    found = picture_quality(halves)
    assert (found.brightness, found.contrast) == pytest.approx((0.5, 0.5))
    assert (found.dark_share, found.bright_share, found.colours) == (0.5, 0.5, 2)
    assert found.luma_entropy == pytest.approx(1.0)
    assert picture_quality(red).warmth == pytest.approx(1.0)
    assert picture_quality(halves).warmth == 0


@pytest.mark.parametrize("size", [(1, 1), (1, 300), (2, 2), (7, 7), (9, 9)])
def test_the_smallest_pictures_are_measured(size):
    found = picture_quality(np.full((*size, 3), 128, np.uint8))

    assert found.brightness == pytest.approx(128 / 255)
    assert found.contrast == found.laplacian_variance == 0
    assert found.sharpness is None
    assert found.colours == 1


@pytest.mark.parametrize("mode", ["L", "I;16", "RGBA", "CMYK", "1"])
def test_grey_16_bit_and_other_kinds_of_pictures_are_measured(tmp_path, mode):
    file = tmp_path / "photo.tif"
    levels = np.linspace(0, 65535, 4000).reshape(50, 80).astype(np.uint16)
    picture = Pillow.fromarray(levels)
    if mode != "I;16":
        picture = Pillow.fromarray((levels // 257).astype(np.uint8)).convert(mode)
    picture.save(file)
    image, found = measured(file)

    assert found.brightness == pytest.approx(decode(file).mean() / 255, abs=0.01)
    assert found.jpeg_quality is None
    assert image.shape == (50, 80, 3)


def test_a_file_is_measured_at_the_working_size_and_says_what_it_is(tmp_path):
    rng = np.random.default_rng(0)
    exif = Pillow.Exif()
    exif[Base.Make], exif[Base.Model] = "Maker  ", "Model 3"
    file = tmp_path / "photo.jpg"
    large = cv2.resize(rng.integers(0, 255, (30, 45, 3), np.uint8), (900, 600))
    Pillow.fromarray(large).save(file, quality=83, exif=exif)
    image, found = measured(file)

    assert (image == working_image(decode(file))).all()
    assert (found.jpeg_quality, found.camera_make, found.camera_model) == (83, "Maker", "Model 3")
    assert measured(file.read_bytes())[1] == found
    assert asdict(picture_quality(image)) == asdict(found) | {
        "jpeg_quality": None, "camera_make": None, "camera_model": None,
    }  # fmt: skip


def test_a_broken_file_says_why(tmp_path):
    file = tmp_path / "photo.jpg"
    file.write_bytes(b"\xff\xd8\xff\xe0 nothing")

    with pytest.raises(PictureError, match="damaged"):
        measured(file)


def test_the_record_is_a_row_of_the_table():
    assert ["content_hash", *asdict(picture_quality(grey(disc())))] == list(QUALITY)
