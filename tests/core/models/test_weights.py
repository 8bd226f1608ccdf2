from __future__ import annotations

import argparse
import os
import pickle
from dataclasses import replace

import numpy as np
import pytest
import safetensors.torch
import torch

from core.errors import ModelError
from core.models.architectures import build
from core.models.loading import inspect_model, load_model
from core.records import InputSpec


class Malicious:
    """Runs a command when it is unpickled in full."""

    def __init__(self, mark):
        self.mark = mark

    def __reduce__(self):
        return os.system, (f'echo ran > "{self.mark}"',)


@pytest.mark.parametrize(
    "form", ["torch.save", "old torch.save", "plain pickle", "hidden in a list"]
)
@pytest.mark.parametrize("open_it", [load_model, inspect_model])
def test_a_malicious_pickle_is_refused_and_does_not_run(tmp_path, spec, form, open_it):
    mark, path = tmp_path / "ran", tmp_path / "net.pt"
    bomb = {"conv1.weight": Malicious(mark)}
    if form == "plain pickle":
        path.write_bytes(pickle.dumps(bomb, protocol=2))
    else:
        content = {"state_dict": {}, "log": [1, bomb]} if form == "hidden in a list" else bomb
        torch.save(content, path, _use_new_zipfile_serialization=form != "old torch.save")

    with pytest.raises(ModelError, match="would run code stored in the file"):
        open_it(path, spec) if open_it is load_model else open_it(path)

    assert not mark.exists()


def test_a_whole_pickled_model_is_refused_with_the_way_out_and_the_way_out_works(
    tmp_path, network, spec
):
    path = tmp_path / "whole.pt"
    torch.save(network, path)

    with pytest.raises(ModelError) as caught:
        load_model(path, spec)

    text = str(caught.value)
    assert "only if you trust" in text.replace("and only then", "only if you trust")
    assert "timm.models" in text
    (command,) = [line for line in text.splitlines() if line.startswith("python -c ")]
    exec(command.removeprefix('python -c "').removesuffix('"'), {})
    logits, _ = load_model(tmp_path / "whole.pt.state.pt", spec).forward(noise())
    np.testing.assert_allclose(logits, direct(network), atol=1e-5)


def test_training_notes_beside_the_weights_do_no_harm(tmp_path, network, spec):
    path = tmp_path / "net.pth.tar"
    notes = {"args": argparse.Namespace(lr=0.1), "best": np.float64(0.9), "epoch": 3}
    torch.save(notes | {"state_dict": network.state_dict()}, path)

    logits, _ = load_model(path, spec).forward(noise())

    np.testing.assert_allclose(logits, direct(network), atol=1e-5)


@pytest.mark.parametrize("prefix", ["module.", "_orig_mod.", "model.", "module._orig_mod."])
def test_names_from_wrappers_around_the_network_are_understood(tmp_path, network, spec, prefix):
    path = tmp_path / "net.safetensors"
    named = {f"{prefix}{name}": tensor for name, tensor in network.state_dict().items()}
    safetensors.torch.save_file(named, path)

    logits, _ = load_model(path, spec).forward(noise())

    assert spec.architecture in inspect_model(path).architectures
    np.testing.assert_allclose(logits, direct(network), atol=1e-5)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_other_number_formats_are_read_as_float32(tmp_path, network, spec, dtype):
    path = tmp_path / "net.safetensors"
    weights = {
        name: tensor.to(dtype) if tensor.is_floating_point() else tensor
        for name, tensor in network.state_dict().items()
    }
    safetensors.torch.save_file(weights, path)

    logits, embeddings = load_model(path, spec).forward(noise())

    assert logits.dtype == embeddings.dtype == np.float32
    np.testing.assert_allclose(logits, direct(network), atol=0.02)


def test_weights_without_a_name_say_what_fits(weights_file, spec):
    with pytest.raises(ModelError, match=r"must be named. These fit: .*timm:test_resnet"):
        load_model(weights_file, replace(spec, architecture=None))


def test_the_wrong_architecture_says_how_it_differs_and_what_fits(weights_file, spec):
    with pytest.raises(ModelError) as caught:
        load_model(weights_file, replace(spec, architecture="timm:resnet18"))

    assert "not those of 'timm:resnet18'" in str(caught.value)
    assert "missing (such as" in str(caught.value)
    assert "These fit: timm:test_resnet" in str(caught.value)


def test_colour_weights_described_as_grey_say_so(weights_file, spec):
    grey = replace(spec, input=InputSpec("L", 64, "bilinear", 56, (0.5,), (0.5,)))

    with pytest.raises(ModelError, match="3 colour channels, but the description says 1"):
        load_model(weights_file, grey)


def test_a_grey_network_answers(tmp_path, spec):
    path = tmp_path / "grey.safetensors"
    model = build(spec.architecture, n_classes=3, channels=1)
    safetensors.torch.save_file(model.state_dict(), path)
    grey = replace(spec, input=InputSpec("L", 64, "bilinear", 56, (0.5,), (0.5,)))

    logits, _ = load_model(path, grey).forward(noise()[:, :1])

    assert inspect_model(path).channels == 1
    assert logits.shape == (2, 3)


def test_one_weight_missing_is_an_error(tmp_path, network, spec):
    path = tmp_path / "net.safetensors"
    weights = dict(network.state_dict())
    gone = next(iter(weights))
    del weights[gone]
    safetensors.torch.save_file(weights, path)

    with pytest.raises(ModelError, match=rf"1 missing \(such as {gone}\)"):
        load_model(path, spec)


@pytest.mark.parametrize("content", [[1, 2], {}, {"epoch": 3}, torch.zeros(3)])
def test_a_file_without_weights_says_what_it_holds(tmp_path, spec, content):
    path = tmp_path / "net.pt"
    torch.save(content, path)

    with pytest.raises(ModelError, match=r"holds no weights \(found: a"):
        load_model(path, spec)


def test_a_transformer_fed_the_wrong_size_is_an_error_in_words(tmp_path, spec):
    path = tmp_path / "vit.safetensors"
    name = "timm:test_vit"
    safetensors.torch.save_file(build(name, n_classes=3).state_dict(), path)

    with pytest.raises(ModelError, match="refuses pictures of 56 × 56 pixels"):
        load_model(path, replace(spec, architecture=name))


def test_two_threads_do_not_read_each_others_embeddings(weights_file, spec):
    from concurrent.futures import ThreadPoolExecutor

    classifier = load_model(weights_file, spec)
    batches = [noise(seed) for seed in range(12)]
    expected = [classifier.forward(batch)[1] for batch in batches]

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda batch: classifier.forward(batch)[1], batches))

    for ours, theirs in zip(found, expected, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-5)


def noise(seed=0):
    return np.random.default_rng(seed).standard_normal((2, 3, 56, 56)).astype(np.float32)


def direct(network):
    with torch.inference_mode():
        return network(torch.from_numpy(noise())).numpy()
