"""The grocery model is as right under our corruptions as under the originals."""

from __future__ import annotations

import importlib.util

import pytest

from core.models.classifier import Classifier
from core.models.loading import load_model
from tests.references import grocery_stress

MODEL = grocery_stress.SHARED / "grocery" / "model" / "grocery_lite0.safetensors"
PHOTOS = 20
# Without chance, so that a hundred answers are enough; grocery_stress runs all of them in full.
WITHOUT_CHANCE = (
    "brightness",
    "contrast",
    "defocus_blur",
    "gaussian_blur",
    "jpeg_compression",
    "saturate",
    "zoom_blur",
)

pytestmark = pytest.mark.skipif(
    not grocery_stress.SHARED.is_dir(), reason="the folder shared/ is not here"
)


def grocery_classifier() -> Classifier:
    return load_model(MODEL)


@pytest.fixture(scope="module")
def original() -> grocery_stress.Corrupt:
    if importlib.util.find_spec("imagecorruptions") is None:
        pytest.skip("not installed: imagecorruptions; test_corruptions_reference.py says how")
    return grocery_stress.theirs()


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    return grocery_classifier()


@pytest.fixture(scope="module")
def taken() -> list[grocery_stress.Photo]:
    return grocery_stress.photos(PHOTOS)


@pytest.mark.parametrize("name", WITHOUT_CHANCE)
def test_the_model_is_as_right_as_under_the_original(
    name: str,
    classifier: Classifier,
    taken: list[grocery_stress.Photo],
    original: grocery_stress.Corrupt,
):
    mine = grocery_stress.rate(classifier, taken, how=grocery_stress.ours, name=name)
    peer = grocery_stress.rate(classifier, taken, how=original, name=name)

    assert abs(mine - peer) <= 0.015
