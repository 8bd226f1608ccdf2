"""Our preprocessing against torchvision's own transforms, on real photos of awkward sizes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import PIL.Image
import pytest
from torchvision import transforms
from torchvision.transforms import InterpolationMode

from core.models.preprocessing import preprocess
from core.records import InputSpec

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="../shared is not there")

SIZES = [(640, 427), (427, 640), (301, 299), (225, 225), (256, 256), (40, 37), (1, 1), (900, 30)]
SPECS = {
    "usual": InputSpec(),
    "bicubic half": InputSpec(interpolation="bicubic", mean=(0.5,) * 3, std=(0.5,) * 3),
    "lanczos": InputSpec(resize=235, interpolation="lanczos"),
    "nearest": InputSpec(interpolation="nearest"),
    "odd crop": InputSpec(resize=257, crop=225),
    "crop larger than the picture": InputSpec(resize=200, crop=301),
    "no resize": InputSpec(resize=None),
    "no crop": InputSpec(crop=None),
    "as it is": InputSpec(resize=None, crop=None),
    "grey": InputSpec(channels="L", mean=(0.449,), std=(0.226,)),
    "BGR": InputSpec(channels="BGR", mean=(0.406, 0.456, 0.485), std=(0.225, 0.224, 0.229)),
}


def torchvisions(picture: PIL.Image.Image, spec: InputSpec) -> np.ndarray:
    """The same, written as its documentation does."""
    steps = [transforms.Grayscale()] if spec.channels == "L" else []
    if spec.resize is not None:
        mode = InterpolationMode(spec.interpolation)
        steps.append(transforms.Resize(spec.resize, interpolation=mode, antialias=True))
    if spec.crop is not None:
        steps.append(transforms.CenterCrop(spec.crop))
    steps.append(transforms.ToTensor())
    if spec.channels == "BGR":
        steps.append(transforms.Lambda(lambda tensor: tensor[[2, 1, 0]]))
    steps.append(transforms.Normalize(spec.mean, spec.std))
    return transforms.Compose(steps)(picture).numpy()


@needs_shared
@pytest.mark.parametrize("name", SPECS)
@pytest.mark.parametrize("size", SIZES)
def test_equals_torchvision_on_a_real_photo(size, name):
    photo = PIL.Image.open(next((SHARED / "grocery" / "reference" / "Kiwi").glob("*.jpg")))
    picture = photo.convert("RGB").resize(size)

    ours = preprocess(np.asarray(picture), SPECS[name])

    theirs = torchvisions(picture, SPECS[name])
    assert ours.shape == theirs.shape
    assert ours.dtype == np.float32
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-6)


@needs_shared
def test_equals_torchvision_on_whole_photos():
    photos = sorted((SHARED / "grocery" / "field").rglob("*.jpg"))[::40]
    spec = SPECS["bicubic half"]

    for path in photos:
        picture = PIL.Image.open(path).convert("RGB")

        np.testing.assert_allclose(
            preprocess(np.asarray(picture), spec), torchvisions(picture, spec), rtol=0, atol=1e-6
        )
    assert len(photos) >= 10


def test_the_picture_itself_is_left_alone():
    image = np.random.default_rng(0).integers(0, 256, (50, 60, 3), dtype=np.uint8)
    before = image.copy()

    preprocess(image, InputSpec(resize=None, crop=None))

    np.testing.assert_array_equal(image, before)
