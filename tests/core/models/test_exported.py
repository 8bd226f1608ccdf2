from __future__ import annotations

import io
import json
import os
import zipfile

import numpy as np
import pytest
import torch
from torch import nn

from core.errors import ModelError
from core.models.loading import inspect_model, load_model
from core.records import InputSpec, ModelSpec

SPEC = ModelSpec(("ant", "bee", "cat"), InputSpec(resize=16, crop=16))


class Small(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 5, 3)
        self.norm = nn.BatchNorm2d(5)
        self.hidden = nn.Linear(5, 4)
        self.last = nn.Linear(4, 3)
        self.register_buffer("scale", torch.tensor(2.0), persistent=False)

    def forward(self, x):
        pooled = torch.relu(self.norm(self.conv(x))).mean((2, 3))
        return self.last(torch.relu(self.hidden(pooled)) * self.scale)


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    path = tmp_path_factory.mktemp("exported") / "small.pt2"
    torch.manual_seed(3)
    model = Small().eval()
    batch = ({0: torch.export.Dim.DYNAMIC},)
    torch.export.save(torch.export.export(model, (noise(),), dynamic_shapes=batch), path)
    return model, path


def noise():
    return torch.randn(4, 3, 16, 16, generator=torch.Generator().manual_seed(0))


def rewritten(path, target, **changes):
    """The archive with some entries replaced or added; names without the leading folder."""
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(target, "w") as new:
        top = old.namelist()[0].partition("/")[0]
        for name in old.namelist():
            short = name.partition("/")[2]
            change = changes.pop(short, None)
            content = old.read(name)
            new.writestr(name, change(content) if change else content)
        for short, change in changes.items():
            new.writestr(f"{top}/{short}", change(b""))
    return target


def in_graph(edit):
    def change(content):
        model = json.loads(content)
        edit(model["graph_module"]["graph"])
        return json.dumps(model).encode()

    return change


def test_buffers_that_are_not_saved_are_fed_too(exported):
    model, path = exported

    logits, _ = load_model(path, SPEC).forward(noise().numpy())

    np.testing.assert_allclose(logits, model(noise()).detach().numpy(), atol=1e-6)


def test_the_embedding_is_what_feeds_the_last_of_two_linear_layers(exported):
    model, path = exported
    seen = []
    hook = model.last.register_forward_pre_hook(lambda _layer, inputs: seen.append(inputs[0]))
    model(noise())
    hook.remove()

    _, embeddings = load_model(path, SPEC).forward(noise().numpy())

    np.testing.assert_allclose(embeddings, seen[0].detach().numpy(), atol=1e-6)


def test_an_untouched_rewritten_archive_still_opens(exported, tmp_path):
    model, path = exported
    same = rewritten(path, tmp_path / "same.pt2")

    logits, _ = load_model(same, SPEC).forward(noise().numpy())

    np.testing.assert_allclose(logits, model(noise()).detach().numpy(), atol=1e-6)


class Malicious:
    def __init__(self, mark):
        self.mark = mark

    def __reduce__(self):
        return os.system, (f'echo ran > "{self.mark}"',)


def pickled(bomb):
    content = io.BytesIO()
    torch.save(((bomb,), {}), content)
    return content.getvalue()


def first_node_calls(target):
    def edit(graph):
        graph["nodes"][0]["target"] = target

    return edit


def first_size_is(expression):
    def edit(graph):
        sizes = next(iter(graph["tensor_values"].values()))["sizes"]
        sizes[0] = {"as_expr": {"expr_str": expression, "hint": {"as_int": 4}}}

    return edit


def first_name_is(name):
    def edit(graph):
        graph["nodes"][0]["outputs"][0]["as_tensor"]["name"] = name

    return edit


@pytest.mark.parametrize(
    "edit",
    [
        first_node_calls("torch.hub.load"),
        first_node_calls("torch.load"),
        first_node_calls("torch.ops.aten.from_file.default"),
        first_node_calls("torch.os.system"),
        first_node_calls("_operator.methodcaller"),
        first_size_is("__import__('os').system('true')"),
        first_size_is("s0.__class__"),
        first_name_is("x); import os; print(x"),
    ],
)
def test_a_graph_that_could_run_code_is_refused(exported, tmp_path, edit):
    _, path = exported
    evil = rewritten(path, tmp_path / "evil.pt2", **{"models/model.json": in_graph(edit)})

    with pytest.raises(ModelError, match="more than numbers and PyTorch's own operators"):
        load_model(evil, SPEC)
    with pytest.raises(ModelError, match="more than numbers and PyTorch's own operators"):
        inspect_model(evil)


def test_pickles_inside_are_refused_and_do_not_run(exported, tmp_path):
    _, path = exported
    mark = tmp_path / "ran"
    bomb = pickled(Malicious(mark))

    def with_pickle(content):
        config = json.loads(content)
        next(iter(config["config"].values()))["use_pickle"] = True
        return json.dumps(config).encode()

    attacks = [
        {"data/sample_inputs/model.pt": lambda _old: bomb},
        {"data/constants/custom_obj_0": lambda _old: bomb},
        {"data/constants/opaque_obj_0": lambda _old: bomb},
        {"data/weights/model.pt": lambda _old: bomb},
        {"data/aotinductor/model/a.so": lambda _old: b"\x7fELF"},
        {
            "data/weights/model_weights_config.json": with_pickle,
            "data/weights/weight_0": lambda _old: bomb,
        },
    ]
    for index, attack in enumerate(attacks):
        evil = rewritten(path, tmp_path / f"evil{index}.pt2", **attack)

        with pytest.raises(ModelError, match=r"could run code|cannot be read|not a \.pt2"):
            load_model(evil, SPEC)

        assert not mark.exists()


def test_a_model_of_two_inputs_is_refused_in_words(tmp_path):
    class Two(nn.Module):
        def forward(self, x, y):
            return (x + y).mean((2, 3))

    path = tmp_path / "two.pt2"
    torch.export.save(torch.export.export(Two(), (noise(), noise())), path)

    with pytest.raises(ModelError, match="takes 2 inputs instead of one batch of pictures"):
        load_model(path, SPEC)


def test_without_a_linear_layer_it_says_so_and_uses_the_logits(tmp_path):
    class Bare(nn.Module):
        def forward(self, x):
            return x.mean((2, 3))

    path = tmp_path / "bare.pt2"
    torch.export.save(torch.export.export(Bare(), (noise(),)), path)

    classifier = load_model(path, SPEC)
    logits, embeddings = classifier.forward(noise().numpy()[:3])

    assert not classifier.has_embeddings
    np.testing.assert_array_equal(logits, embeddings)
    assert any("logits" in note for note in inspect_model(path).notes)
