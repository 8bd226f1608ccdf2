from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.errors import ModelError
from core.models.sidecar import read_sidecar, spec_from_json, spec_to_json
from core.records import InputSpec, ModelSpec

SHARED = Path(__file__).resolve().parents[3].parent / "shared"

GOOD = {
    "architecture": "timm:resnet18",
    "classes": ["a", "b"],
    "input": {
        "channels": "RGB",
        "resize": 256,
        "interpolation": "bicubic",
        "crop": 224,
        "mean": [0.5, 0.5, 0.5],
        "std": [0.5, 0.5, 0.5],
    },
}


def changed(**of_input):
    return GOOD | {"input": GOOD["input"] | of_input}


@pytest.mark.skipif(not SHARED.is_dir(), reason="../shared is not there")
def test_the_grocery_sidecar_is_read_whole():
    spec = read_sidecar(SHARED / "grocery" / "model" / "grocery_lite0.safetensors")

    assert spec is not None
    assert spec.architecture == "timm:tf_efficientnet_lite0"
    assert spec.classes[2] == "Kiwi"
    assert len(spec.classes) == 10
    assert spec.input == InputSpec(
        interpolation="bicubic", mean=(0.5, 0.5, 0.5), std=(0.5, 0.5, 0.5)
    )


def test_without_a_sidecar_there_is_no_spec(tmp_path):
    assert read_sidecar(tmp_path / "net.onnx") is None


@pytest.mark.parametrize(
    "spec",
    [
        ModelSpec(("a", "b"), InputSpec(), "torchvision:resnet18"),
        ModelSpec(("a", "b"), InputSpec("L", None, "nearest", None, (0.5,), (0.2,))),
    ],
)
def test_what_is_written_is_read_back(spec):
    written = json.dumps(spec_to_json(spec))

    assert spec_from_json(json.loads(written)) == spec


def test_keys_of_later_versions_are_left_alone():
    found = spec_from_json(changed(gamma=2.2) | {"temperature": 1.3, "thresholds": {"a": 0.9}})

    assert found == spec_from_json(GOOD)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ([], r"content is \[\]"),
        (GOOD | {"classes": None}, "'classes' is missing"),
        (GOOD | {"classes": ["a", "a"]}, r"'classes' is \[\"a\", \"a\"\].*different"),
        (GOOD | {"classes": "ab"}, "'classes' is \"ab\""),
        (GOOD | {"architecture": 5}, "'architecture' is 5"),
        ({"classes": ["a", "b"]}, "'input' is missing"),
        (changed(interpolation="cubic"), "'interpolation' is \"cubic\".*nearest, bilinear"),
        (changed(interpolation=["bicubic"]), "'interpolation' is"),
        (changed(channels="RGBA"), "'channels' is \"RGBA\""),
        (changed(mean=[0.5, 0.5]), r"'mean' is \[0.5, 0.5\]. It must be a list of 3"),
        (changed(std=[0.5, 0.5, 0.0]), "'std'.*above 0"),
        (changed(std=[0.5, 0.5, "x"]), "'std'"),
        (changed(mean=[124, 117, float("nan")]), "'mean'"),
        (changed(channels="L"), "'mean'.*list of 1"),
        (changed(resize="256"), "'resize' is \"256\""),
        (changed(crop=0), "'crop' is 0"),
        (changed(crop=224.5), "'crop' is 224.5"),
        (GOOD | {"input": {"resize": 256}}, "'channels' is missing"),
    ],
)
def test_an_impossible_description_says_which_key_and_what_fits(content, says):
    with pytest.raises(ModelError, match=says):
        spec_from_json(content)


def test_a_sidecar_that_is_not_json_is_an_error_with_its_name(tmp_path):
    (tmp_path / "net.model.json").write_text('{"classes": [')

    with pytest.raises(ModelError, match=r"net\.model\.json is not JSON"):
        read_sidecar(tmp_path / "net.pt")


def test_a_byte_order_mark_does_no_harm(tmp_path):
    (tmp_path / "net.model.json").write_text(json.dumps(GOOD), "utf-8-sig")

    assert read_sidecar(tmp_path / "net.pt") == spec_from_json(GOOD)
