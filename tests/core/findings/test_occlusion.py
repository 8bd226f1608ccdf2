from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from core.findings import occlusion
from core.findings.dial_words import occlusion_statement
from core.records import State


@pytest.mark.parametrize(("height", "width"), [(1, 1), (2, 90), (448, 597), (300, 120)])
def test_the_patch_reaches_every_pixel_and_overlaps_by_about_half(height, width):
    grid = occlusion.patch_grid(height, width)
    seen = np.zeros((height, width), int)
    for row in grid:
        for top, left, bottom, right in row:
            seen[top:bottom, left:right] += 1
    side = max(1, round(min(height, width) / 4))

    assert seen.min() >= 1
    assert {(b - t, r - le) for row in grid for t, le, b, r in row} == {(side, side)}
    lefts = [box[1] for box in grid[0]]
    assert all(0 < b - a <= side for a, b in pairwise(lefts))


def test_a_patch_takes_the_mean_colour_and_leaves_the_picture_alone():
    image = np.zeros((40, 60, 3), np.uint8)
    image[:, 30:] = 200
    kept = image.copy()

    found = occlusion.covered(image, (0, 0, 10, 10))

    assert (found[:10, :10] == 100).all() and (found[10:] == image[10:]).all()
    np.testing.assert_array_equal(image, kept)


def probed(flips: np.ndarray, loss: np.ndarray) -> tuple[occlusion.OcclusionMap, np.ndarray]:
    image = np.full((80, 120, 3), 200, np.uint8)
    grid = occlusion.patch_grid(80, 120)
    found = occlusion.occlusion_map(
        grid,
        answer="saw",
        confidence=0.9,
        answers=["wrench" if flip else "saw" for flip in flips.ravel()],
        confidences=list(0.9 - loss.ravel()),
    )
    return found, image


def test_places_and_drawing_show_where_it_flips():
    rows, columns = len(occlusion.patch_grid(80, 120)), len(occlusion.patch_grid(80, 120)[0])
    flips, loss = np.zeros((rows, columns), bool), np.zeros((rows, columns))
    flips[0, 0], loss[0, 0] = True, 0.8
    found, image = probed(flips, loss)

    drawn = occlusion.draw_occlusion(image, found)
    said = occlusion_statement(found)

    assert f"at 1 of {rows * columns} places, most of them in the upper left" in said.headline
    assert said.state is State.SUSPECTED
    assert drawn[12, 12].max() > drawn[70, 110].max()  # bright where it costs, dim elsewhere
    assert (drawn == (255, 140, 0)).all(axis=2).any()


def test_nothing_flips_nothing_is_claimed():
    shape = (len(occlusion.patch_grid(80, 120)), len(occlusion.patch_grid(80, 120)[0]))
    found, image = probed(np.zeros(shape, bool), np.zeros(shape))

    said = occlusion_statement(found)

    assert said.state is State.NONE_FOUND and "every time" in said.headline
    np.testing.assert_array_equal(occlusion.draw_occlusion(image, found), image)


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ((0, 0), "in the upper left"), ((-1, -1), "in the lower right"),
        ((0, None), "in the upper part"), ((None, -1), "in the right part"),
        ((None, None), "in the middle"),
    ],
)  # fmt: skip
def test_places_have_plain_names(place, words):
    flips = np.zeros((7, 9), bool)
    y = 3 if place[0] is None else place[0]
    x = 4 if place[1] is None else place[1]
    flips[y, x] = True
    found = occlusion.OcclusionMap("a", 1.0, (), flips, np.zeros((7, 9)))

    assert occlusion.places_that_flip(found) == words
