from __future__ import annotations

from dataclasses import replace

import pytest

from core.models.sidecar import spec_from_json, spec_to_json
from core.models.variants import differing, larger, variants, with_parts
from core.records import InputSpec, ModelSpec
from core.settings import SCALINGS

HALF = InputSpec(interpolation="bicubic", mean=(0.5,) * 3, std=(0.5,) * 3)


def specs(spec: InputSpec, **other) -> list[InputSpec]:
    return [one.spec for one in variants(spec, **other)]


@pytest.mark.parametrize(
    "planted",
    [
        {"mean": (0.485, 0.456, 0.406), "std": (0.229, 0.224, 0.225)},
        {"mean": (0.0,) * 3, "std": (1.0,) * 3},
        {"mean": (0.0,) * 3, "std": (1 / 255,) * 3},
        {"channels": "BGR"},
        {"interpolation": "bilinear"},
        {"resize": 146, "crop": 128},
        {"crop": 128},
        {"resize": 224},
        {"resize": None, "crop": None},
    ],
    ids=str,
)
def test_one_wrong_part_is_mended_by_one_variant(planted):
    assert HALF in specs(replace(HALF, **planted))


def test_several_wrong_parts_are_mended_by_what_the_architecture_usually_gets():
    planted = replace(HALF, channels="BGR", resize=128, crop=128, mean=(0.1, 0.2, 0.3))

    assert specs(planted, architecture="timm:tf_efficientnet_lite0")[0] == HALF
    assert HALF not in specs(planted)


def test_none_is_the_present_one_or_twice_there_and_a_sidecar_could_say_each():
    for base in (InputSpec(), HALF, InputSpec(channels="L", mean=(0.5,), std=(0.5,))):
        found = specs(base, architecture="timm:resnet18")

        assert base not in found
        assert len(set(found)) == len(found) > 8
        for spec in found:
            kept = spec_from_json(spec_to_json(ModelSpec(("a", "b"), spec)))
            assert kept.input == spec
            assert spec.channels == base.channels or base.channels != "L"


def test_imagenets_numbers_follow_their_colours():
    mean, std = SCALINGS["imagenet"]
    right = InputSpec(channels="BGR", mean=mean[::-1], std=std[::-1])
    as_rgb = [spec for spec in specs(InputSpec()) if spec.channels == "BGR"]
    half_swapped = [spec for spec in specs(InputSpec(channels="BGR")) if spec.channels == "RGB"]

    assert as_rgb == [right]
    assert half_swapped == [InputSpec()]


def test_parts_are_told_apart_and_put_together():
    other = replace(HALF, channels="BGR", crop=128)

    assert differing(HALF, other) == ("colour order", "size")
    assert with_parts(HALF, other, ["colour order"]) == replace(HALF, channels="BGR")


def test_larger_ends_at_the_working_size():
    assert larger(HALF) == replace(HALF, resize=384, crop=336)
    assert larger(replace(HALF, resize=438, crop=384)) is None
    assert larger(replace(HALF, resize=None, crop=None)) is None
