from __future__ import annotations

import numpy as np
import pytest

from core.findings.pixel_rules import pixel_facts, pixel_reasons
from core.findings.probes import (
    PROBES,
    ProbeResult,
    exam_statement,
    probe_image,
    result_sentence,
    shuffled,
)
from core.records import State


def result(confidence: float, *caught_by: str, title: str = "a black picture") -> ProbeResult:
    return ProbeResult("black", title, "forklift", confidence, 0.5, caught_by)


@pytest.mark.parametrize("name", PROBES)
def test_every_probe_is_a_square_picture_and_the_same_each_time(name):
    image = probe_image(name, side=96, seed=0)

    assert image.shape == (96, 96, 3) and image.dtype == np.uint8
    assert image.flags.c_contiguous
    assert np.array_equal(image, probe_image(name, side=96, seed=0))


def test_no_two_probes_are_alike():
    assert len({probe_image(name, side=64, seed=0).tobytes() for name in PROBES}) == len(PROBES)


@pytest.mark.parametrize("name", ["black", "white", "grey", "red", "green", "blue", "lens_cap"])
def test_the_plain_ones_are_caught_by_their_pixels(name):
    assert pixel_reasons(pixel_facts(probe_image(name, side=96, seed=0)))


def test_a_shuffled_picture_has_the_same_pixels_elsewhere():
    image = np.random.default_rng(0).integers(0, 256, (80, 120, 3), dtype=np.uint8)
    mixed = shuffled(image, seed=0)

    assert mixed.shape == image.shape
    assert not np.array_equal(mixed, image)
    assert np.array_equal(np.sort(mixed.ravel()), np.sort(image.ravel()))


def test_the_grade_names_the_worst_and_knows_three_grades():
    good = exam_statement([result(0.99, "too dark")] * 4)
    fair = exam_statement([result(0.99, "too dark")] * 3 + [result(0.97)])
    unsure = exam_statement([result(0.99, "too dark")] * 3 + [result(0.3)])
    poor = exam_statement([result(0.97), result(0.6), result(0.99, "too dark")])

    assert good.headline == "Good: all 4 nonsense pictures would be caught."
    assert good.state is State.NONE_FOUND
    assert fair.headline.startswith("Fair: 3 of 4 nonsense pictures would be caught; on a black")
    assert "“forklift”, 97 % sure, and nothing here would stop it" in fair.headline
    assert unsure.headline.startswith("Fair") and "not sure of its answer" in unsure.headline
    assert poor.headline.startswith("Poor: 1 of 3") and poor.state is State.CONFIRMED
    assert exam_statement([]).state is State.NOT_ENOUGH


def test_a_result_says_whether_anybody_would_notice():
    assert result_sentence(result(0.97)) == (
        "A black picture: 97 % sure it is forklift. It would pass unseen."
    )
    assert result_sentence(result(0.97, "the picture is too dark", "other")) == (
        "A black picture: 97 % sure it is forklift. Caught: the picture is too dark."
    )
