import numpy as np
import PIL.Image
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import PictureError
from core.frames.camera_views import SAMPLES, TILES, VIEW, camera_view, view_of


@given(st.integers(1, 40), st.integers(1, 40))
@settings(max_examples=30, deadline=None)
def test_any_size_has_a_view(height, width):
    view = view_of(np.full((height, width, 3), 128, np.uint8))

    assert view.tiles.shape == (TILES, TILES)
    assert view.samples.shape == (SAMPLES, SAMPLES)
    assert view.view.shape == (VIEW, VIEW)
    assert (view.samples == 128).all()
    assert view.tint == pytest.approx(0)


def test_one_pixel_changes_one_tile_and_the_fingerprint():
    image = np.random.default_rng(0).integers(0, 255, (240, 320, 3), dtype=np.uint8)
    other = image.copy()
    other[5, 310] += 1

    first, second = view_of(image), view_of(other)

    assert first.pixels != second.pixels
    assert np.argwhere(first.tiles != second.tiles).tolist() == [[0, TILES - 1]]


def test_files_of_one_picture_share_the_fingerprint(tmp_path):
    image = PIL.Image.fromarray(
        np.random.default_rng(0).integers(0, 255, (40, 60, 3), dtype=np.uint8)
    )
    image.save(tmp_path / "a.png")
    image.save(tmp_path / "b.bmp")

    assert camera_view(tmp_path / "a.png").pixels == camera_view(tmp_path / "b.bmp").pixels


def test_a_file_that_is_no_picture_is_refused(tmp_path):
    (tmp_path / "a.jpg").write_bytes(b"\xff\xd8\xff\xe0 not a picture")

    with pytest.raises(PictureError):
        camera_view(tmp_path / "a.jpg")
