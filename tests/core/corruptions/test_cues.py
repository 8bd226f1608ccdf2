from __future__ import annotations

import cv2
import numpy as np
import pytest

from core.corruptions import CUE_CHANGES, change_cue, foreground
from core.corruptions.cues import COVER, GRID
from core.records import Foreground

LUMA = np.array((0.299, 0.587, 0.114))


@pytest.fixture
def picture() -> np.ndarray:
    """A green disc with grain on grey; 90 x 121, so that no grid divides it."""
    rng = np.random.default_rng(1)
    image = np.full((90, 121, 3), 150, np.uint8)
    cv2.circle(image, (60, 45), 20, (40, 170, 60), -1)
    return (image + rng.integers(-6, 7, (90, 121, 1))).astype(np.uint8)


@pytest.fixture
def disc() -> np.ndarray:
    mask = np.zeros((90, 121), np.uint8)
    cv2.circle(mask, (60, 45), 20, 1, -1)
    return mask > 0


def changed(picture, name, disc, *, seed=0):
    return change_cue(picture, name, found=Foreground(disc, None), seed=seed)


@pytest.mark.parametrize("name", CUE_CHANGES)
def test_a_change_keeps_shape_and_dtype_and_leaves_its_input(name, picture, disc):
    picture.flags.writeable = False
    before = picture.copy()

    out = changed(picture, name, disc)

    assert out.shape == picture.shape
    assert out.dtype == np.uint8
    assert not np.shares_memory(out, picture)
    assert np.array_equal(picture, before)
    assert not np.array_equal(out, picture)


@pytest.mark.parametrize("name", CUE_CHANGES)
def test_the_same_seed_gives_the_same_pixels(name, picture, disc):
    assert np.array_equal(
        changed(picture, name, disc, seed=5), changed(picture, name, disc, seed=5)
    )


@pytest.mark.parametrize("name", ["patch_shuffle", "object_masked"])
def test_what_is_drawn_follows_the_seed(name, picture, disc):
    assert not np.array_equal(
        changed(picture, name, disc, seed=5), changed(picture, name, disc, seed=6)
    )


@pytest.mark.parametrize("name", CUE_CHANGES)
@pytest.mark.parametrize("shape", [(3, 3, 3), (1, 40, 3), (5, 300, 3)])
def test_tiny_and_narrow_pictures_pass(name, shape):
    image = np.random.default_rng(0).integers(0, 256, shape).astype(np.uint8)
    mask = np.zeros(shape[:2], dtype=bool)
    mask[shape[0] // 2, shape[1] // 2] = True

    assert changed(image, name, mask).shape == shape


@pytest.mark.parametrize("name", [n for n, change in CUE_CHANGES.items() if change.needs_object])
def test_an_object_that_is_not_believed_is_not_used(name, picture, disc):
    with pytest.raises(ValueError, match="needs an object"):
        change_cue(picture, name, found=Foreground(disc, "the object fills the frame"), seed=0)


def test_grey_keeps_brightness_only(picture, disc):
    out = changed(picture, "grey", disc)

    assert np.all(out == out[:, :, :1])
    assert np.abs(out[:, :, 0] - picture @ LUMA).max() <= 0.51


def test_opposite_colours_are_as_bright_and_point_the_other_way():
    image = np.random.default_rng(0).integers(0, 256, (40, 40, 3)).astype(np.uint8)
    out = changed(image, "hue_swap", np.ones((40, 40), dtype=bool)).astype(float)
    luma = image @ LUMA

    assert np.abs(out @ LUMA - luma).max() < 1.0
    away, before = out - luma[..., None], image - luma[..., None]
    along = (away * before).sum(axis=2)
    # opposite, but for rounding where next to nothing of the colour fits
    assert np.all(along <= np.linalg.norm(before, axis=2))
    grey = np.full((8, 8, 3), 77, np.uint8)
    assert np.array_equal(changed(grey, "hue_swap", np.ones((8, 8), dtype=bool)), grey)


def test_shuffling_moves_every_piece_and_loses_no_pixel():
    height, width = 8 * GRID, 6 * GRID
    numbers = np.arange(GRID * GRID).reshape(GRID, GRID).repeat(8, axis=0).repeat(6, axis=1)
    image = np.repeat(numbers[:, :, None], 3, axis=2).astype(np.uint8)

    for seed in range(20):
        out = changed(image, "patch_shuffle", np.zeros((height, width), dtype=bool), seed=seed)
        assert not (out == image).any()
        assert np.array_equal(np.sort(out, axis=None), np.sort(image, axis=None))


def test_an_outline_shows_nothing_but_the_object(picture, disc):
    out = changed(picture, "silhouette", disc)

    assert len(np.unique(out[disc])) == len(np.unique(out[~disc])) == 1
    assert out[disc].max() < out[~disc].min()


def test_covering_takes_the_object_and_leaves_the_rest(picture, disc):
    out = changed(picture, "object_masked", disc)
    far = ~cv2.dilate(disc.astype(np.uint8), np.ones((31, 31), np.uint8)).astype(bool)

    assert np.array_equal(out[far], picture[far])
    colour = out.max(axis=2).astype(int) - out.min(axis=2)
    assert colour.max() < 12, "no green is left"
    assert abs(out[disc].mean() - picture[far].mean()) < 4
    assert out[disc].std() > 2, "with the grain of the surroundings"


def test_the_cover_does_not_tell_the_outline(picture):
    """A cross and a disc of the same extent are covered alike."""
    cross = np.zeros((90, 121), np.uint8)
    cross[25:66, 56:65] = cross[41:50, 40:81] = 1
    out = changed(picture, "object_masked", cross > 0)
    hull = cv2.fillConvexPoly(
        np.zeros((90, 121), np.uint8), cv2.convexHull(np.argwhere(cross)[:, ::-1].astype(int)), 1
    )

    assert (out != picture).any(axis=2)[hull > 0].mean() > 0.8
    assert COVER > 0


def test_blanking_leaves_the_object_as_it_is(picture, disc):
    out = changed(picture, "background_masked", disc)

    assert np.array_equal(out[disc], picture[disc])
    assert len(np.unique(out[~disc])) == 1


def test_a_found_object_can_be_covered(picture):
    found = foreground(picture)
    assert found.doubt is None

    out = change_cue(picture, "object_masked", found=found, seed=0)

    assert (out.max(axis=2).astype(int) - out.min(axis=2)).max() < 12
