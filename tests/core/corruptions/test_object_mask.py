"""The object is found where it can be, and disbelieved where it cannot."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
import pytest

from core.corruptions import foreground


def scene(draw, *, ground=150, seed=0, size=(120, 160)) -> np.ndarray:
    rng = np.random.default_rng(seed)
    image = np.full((*size, 3), ground, np.uint8)
    draw(image)
    return np.clip(image + rng.normal(0, 5, (*size, 1)), 0, 255).astype(np.uint8)


def ellipse(image: np.ndarray, *, axes=(30, 18), colour=(190, 60, 40)) -> None:
    cv2.ellipse(image, (85, 55), axes, 20, 0, 360, colour, -1)


def true_mask(axes=(30, 18)) -> np.ndarray:
    mask = np.zeros((120, 160), np.uint8)
    cv2.ellipse(mask, (85, 55), axes, 20, 0, 360, 1, -1)
    return mask > 0


@pytest.mark.parametrize("colour", [(190, 60, 40), (20, 20, 20), (250, 250, 250), (60, 120, 200)])
def test_an_object_before_a_ground_is_found(colour):
    found = foreground(scene(lambda image: ellipse(image, colour=colour)))

    assert found.doubt is None
    both, either = found.mask & true_mask(), found.mask | true_mask()
    assert both.sum() / either.sum() > 0.9


def test_an_object_of_two_colours_is_found_whole():
    def tool(image):
        image[50:62, 40:100] = (200, 60, 50)
        image[44:68, 100:112] = (70, 70, 75)

    found = foreground(scene(tool))

    assert found.doubt is None
    assert found.mask[52:60, 42:98].mean() > 0.95
    assert found.mask[46:66, 101:111].mean() > 0.95


def test_a_hole_belongs_to_the_object():
    def ring(image):
        cv2.circle(image, (80, 60), 30, (30, 90, 200), 12)

    found = foreground(scene(ring))

    assert found.doubt is None
    assert found.mask[55:65, 75:85].all()


@pytest.mark.parametrize(
    ("draw", "said"),
    [
        (lambda image: None, "cannot be told apart"),
        (lambda image: cv2.circle(image, (80, 60), 4, (200, 0, 0), -1), ""),
        (lambda image: image.__setitem__((slice(0, 120), slice(20, 160)), (200, 0, 0)), ""),
    ],
    ids=["nothing", "a speck", "all but a strip"],
)
def test_no_object_that_could_be_covered_is_said_so(draw, said):
    found = foreground(scene(draw))

    assert found.doubt is not None
    assert said in found.doubt


def crate(seed: int) -> np.ndarray:
    """A heap of round things that runs out of the picture on all sides."""
    rng = np.random.default_rng(seed)

    def heap(image):
        for _ in range(150):
            centre = (int(rng.integers(0, 160)), int(rng.integers(0, 120)))
            shade = tuple(int(x) for x in rng.integers(-30, 30) + np.array((210, 130, 40)))
            cv2.circle(image, centre, 12, shade, -1)
            cv2.circle(image, centre, 12, (90, 50, 10), 1)

    return scene(heap)


def test_a_crate_of_the_same_things_has_no_object():
    assert all(foreground(crate(seed)).doubt is not None for seed in range(4))


@pytest.mark.parametrize("shape", [(1, 1, 3), (3, 5, 3), (2, 400, 3), (40, 40, 3)])
@pytest.mark.parametrize("fill", ["flat", "noise"])
def test_any_picture_gets_an_answer(shape, fill):
    rng = np.random.default_rng(0)
    image = (
        np.full(shape, 9, np.uint8)
        if fill == "flat"
        else rng.integers(0, 256, shape).astype(np.uint8)
    )
    image.flags.writeable = False

    assert foreground(image).mask.shape == shape[:2]


def cloudy(seed: int) -> np.ndarray:
    """A thing of many colours that fades into a ground of many: chance would show in its mask."""
    rng = np.random.default_rng(seed)
    small = 90 + rng.integers(0, 90, (9, 12, 3)), rng.integers(0, 256, (12, 16, 3))
    ground, thing = (
        cv2.resize(part.astype(np.uint8), (160, 120), interpolation=cv2.INTER_CUBIC).astype(float)
        for part in small
    )
    y, x = np.mgrid[:120, :160]
    share = np.exp(-(((x - 80) / 30) ** 2 + ((y - 60) / 22) ** 2))[..., None]
    mixed = ground * (1 - share) + thing * share + rng.normal(0, 6, ground.shape)
    return np.clip(mixed, 0, 255).astype(np.uint8)


def test_the_same_picture_gives_the_same_mask_in_any_thread_and_order():
    pictures = [cloudy(seed) for seed in range(4)] + [scene(ellipse)]
    alone = [foreground(image).mask for image in pictures]

    def with_another_past(image):
        cv2.setRNGSeed(int(image.sum()) % 1000)
        return foreground(image).mask

    with ThreadPoolExecutor(3) as pool:
        beside = list(pool.map(with_another_past, reversed(pictures)))

    for one, other in zip(alone, reversed(beside), strict=True):
        assert np.array_equal(one, other)
