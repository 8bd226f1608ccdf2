from __future__ import annotations

import io
import json
import shutil
import zipfile

import numpy as np
import PIL.Image
import pytest

from core.errors import ModelError
from core.models.loading import file_kind, inspect_model, load_model
from core.models.sidecar import sidecar_path, spec_to_json
from core.records import InputSpec, ModelSpec


def picture(kind):
    content = io.BytesIO()
    PIL.Image.new("RGB", (9, 9)).save(content, kind)
    return content.getvalue()


def archive(*names):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as made:
        for name in names:
            made.writestr(name, "x")
    return content.getvalue()


NOT_MODELS = {
    "empty": (b"", r"is empty \(0 bytes\)"),
    "text": (b"epoch,loss\n1,0.5\n", "is a text"),
    "web page": (b"<!DOCTYPE html><title>Sign in</title>", "is a text"),
    "JPEG": (picture("JPEG"), "is a JPEG picture"),
    "PNG": (picture("PNG"), "is a PNG picture"),
    "TIFF": (picture("TIFF"), "is a TIFF picture"),
    "LFS pointer": (b"version https://git-lfs.github.com/spec/v1\noid", "git lfs pull"),
    "Keras": (b"\x89HDF\r\n\x1a\n" + bytes(99), "Convert it to ONNX"),
    "zip": (archive("a/readme.txt"), "zip archive without a PyTorch model"),
    "torn zip": (archive("net/data.pkl")[:40], "cut short or damaged"),
    "zip that claims weights": (archive("net/data.pkl", "net/version"), "damaged or cut short"),
    "zip that claims TorchScript": (archive("n/constants.pkl", "n/data.pkl"), "cannot read it"),
    "zip that claims .pt2": (archive("n/archive_format"), r"is not a \.pt2 file"),
    "noise": (bytes(range(200, 256)) * 9, "is not a model file that Fieldcheck knows"),
    "pickle and no more": (b"\x80\x02}q\x00.", "no weights|damaged or cut short"),
    "noise like ONNX": (b"\x08\x07\x12\xff\xff\xff\xff" + bytes(300), "is no ONNX model"),
    "noise like safetensors": (b"\x40\0\0\0\0\0\0\0{" + b"\xff" * 99, "damaged or cut short"),
}


@pytest.mark.parametrize("what", NOT_MODELS)
@pytest.mark.parametrize("suffix", [".pt", ".onnx"])
def test_what_is_no_model_is_named_in_words(tmp_path, spec, what, suffix):
    content, says = NOT_MODELS[what]
    path = tmp_path / f"net{suffix}"
    path.write_bytes(content)

    with pytest.raises(ModelError, match=says) as caught:
        load_model(path, spec)
    with pytest.raises(ModelError, match=says):
        inspect_model(path)

    assert path.name in str(caught.value)


def test_a_missing_file_and_a_folder_are_named(tmp_path, spec):
    with pytest.raises(ModelError, match=r"gone\.pt does not exist"):
        load_model(tmp_path / "gone.pt", spec)
    with pytest.raises(ModelError, match="is a folder"):
        load_model(tmp_path, spec)


def test_without_a_sidecar_it_says_what_is_needed_and_how(weights_file):
    with pytest.raises(ModelError) as caught:
        load_model(weights_file)

    text = str(caught.value)
    assert "no small.model.json lies beside it" in text
    for option in ("--architecture", "--classes", "--resize", "--mean", "--channels", "on screen"):
        assert option in text


def test_the_sidecar_beside_the_file_is_taken(tmp_path, weights_file, spec):
    path = shutil.copy(weights_file, tmp_path / "net.safetensors")
    (tmp_path / "net.model.json").write_text(json.dumps(spec_to_json(spec)))

    classifier = load_model(path)

    assert classifier.spec == spec
    assert inspect_model(path).sidecar == spec


def test_what_a_person_said_wins_over_the_sidecar(tmp_path, weights_file, spec):
    path = shutil.copy(weights_file, tmp_path / "net.safetensors")
    (tmp_path / "net.model.json").write_text("{broken")

    assert load_model(path, spec).spec == spec


def test_weights_that_fit_twins_come_with_a_warning(tmp_path):
    import safetensors.torch

    from core.models.architectures import build

    path = tmp_path / "twin.safetensors"
    model = build("timm:efficientnet_lite0", n_classes=4)
    safetensors.torch.save_file(model.state_dict(), path)

    found = inspect_model(path)

    assert found.architectures == ("timm:efficientnet_lite0", "timm:tf_efficientnet_lite0")
    assert found.n_outputs == 4
    assert "the wrong one answers worse without an error" in found.notes[0]


def test_weights_that_are_not_numbers_are_an_error(tmp_path, network, spec):
    import safetensors.torch

    path = tmp_path / "nan.safetensors"
    weights = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    weights["fc.bias"][0] = float("nan")
    safetensors.torch.save_file(weights, path)

    with pytest.raises(ModelError, match="not finite"):
        load_model(path, spec)


def test_opening_leaves_the_file_and_its_folder_as_they_were(tmp_path, weights_file, spec):
    path = shutil.copy(weights_file, tmp_path / "net.safetensors")
    before = path.read_bytes()

    load_model(path, spec).forward(np.zeros((1, 3, 56, 56), dtype=np.float32))

    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_the_kind_is_told_from_the_content(weights_file):
    assert file_kind(weights_file) == "safetensors"


def test_twins_are_no_matter_once_the_description_names_one(tmp_path):
    import safetensors.torch

    from core.models.architectures import build

    path = tmp_path / "twin.safetensors"
    model = build("timm:efficientnet_lite0", n_classes=2)
    safetensors.torch.save_file(model.state_dict(), path)
    described = ModelSpec(("a", "b"), InputSpec(), "timm:tf_efficientnet_lite0")
    sidecar_path(path).write_text(json.dumps(spec_to_json(described)), encoding="utf-8")

    assert inspect_model(path).notes == ()
