"""One network answers alike from every kind of file, and every kind of file fails in words."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import onnx
import pytest
import safetensors.torch
import torch

from core.errors import ModelError
from core.metrics.classification import softmax
from core.models.architectures import build
from core.models.classifier import Classifier
from core.models.loading import inspect_model, load_model
from core.records import InputSpec, ModelSpec

CLASSES = ("hammer", "pliers", "saw", "tape", "wrench", "drill")
FORMATS = {
    "safetensors": "net.safetensors",
    "half safetensors": "net.half.safetensors",
    "state_dict": "net.pt",
    "wrapped state_dict": "net.checkpoint.pth",
    "exported": "net.pt2",
    "exported, one picture": "net.one.pt2",
    "torchscript": "net.script.pt",
    "onnx": "net.onnx",
    "onnx, one picture": "net.one.onnx",
}
HALF = "half safetensors"
LAST_LAYER = {"timm:test_efficientnet": "classifier", "torchvision:mnasnet0_5": "classifier.1"}
WITHOUT_EMBEDDINGS = {"torchscript"}


@dataclass(frozen=True)
class SavedNetwork:
    folder: Path
    spec: ModelSpec
    batch: np.ndarray
    probabilities: np.ndarray
    embeddings: np.ndarray
    opened: dict[str, Classifier] = field(default_factory=dict)

    def classifier(self, kind: str) -> Classifier:
        """The file of this kind, opened once."""
        if kind not in self.opened:
            self.opened[kind] = load_model(self.folder / FORMATS[kind], self.spec)
        return self.opened[kind]


@pytest.fixture(scope="session", params=LAST_LAYER)
def saved(request, tmp_path_factory) -> SavedNetwork:
    """A seeded network in every format, with its answers taken from PyTorch itself."""
    folder = tmp_path_factory.mktemp("net")
    spec = ModelSpec(CLASSES, InputSpec(resize=128, crop=96), request.param)
    torch.manual_seed(7)
    model = build(request.param, n_classes=len(CLASSES))
    classifier = dict(model.named_modules())[LAST_LAYER[request.param]]
    generator = np.random.default_rng(7)
    batch = generator.standard_normal((3, 3, 96, 96)).astype(np.float32)
    seen = []
    hook = classifier.register_forward_pre_hook(lambda _layer, inputs: seen.append(inputs[0]))
    with torch.no_grad():
        for layer in model.modules():  # normalise by these pictures, or their features would vanish
            if isinstance(layer, torch.nn.BatchNorm2d):
                layer.momentum = 1.0
        model.train()(torch.from_numpy(batch))
        model.eval()(torch.from_numpy(batch))
        # wide apart, so that answers that agree mean something
        spread = (seen[1] - seen[1].mean(0)).std()
        classifier.weight.mul_(8 / (spread * classifier.weight.norm(dim=1).mean()))
        classifier.bias.sub_(classifier(seen[1]).mean(0))
        logits = model(torch.from_numpy(batch))
    hook.remove()
    _save_everywhere(model, folder, torch.from_numpy(batch))
    return SavedNetwork(folder, spec, batch, softmax(logits.numpy()), seen[-1].numpy())


def build_on_paper(spec: ModelSpec) -> torch.nn.Module:
    with torch.device("meta"):
        return build(spec.architecture, n_classes=len(spec.classes))


def _save_everywhere(model: torch.nn.Module, folder: Path, batch: torch.Tensor) -> None:
    weights = model.state_dict()
    halves = {name: t.half() if t.is_floating_point() else t for name, t in weights.items()}
    safetensors.torch.save_file(weights, folder / FORMATS["safetensors"])
    safetensors.torch.save_file(halves, folder / FORMATS[HALF])
    torch.save(weights, folder / FORMATS["state_dict"])
    parallel = {f"module.{name}": tensor for name, tensor in weights.items()}
    torch.save({"epoch": 3, "model": parallel}, folder / FORMATS["wrapped state_dict"])
    any_count = ({0: torch.export.Dim.DYNAMIC},)
    program = torch.export.export(model, (batch,), dynamic_shapes=any_count)
    fixed = torch.export.export(model, (batch[:1],))
    torch.export.save(program, folder / FORMATS["exported"])
    torch.export.save(fixed, folder / FORMATS["exported, one picture"])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.jit.trace(model, batch[:1]).save(folder / FORMATS["torchscript"])
        torch.onnx.export(program, f=folder / FORMATS["onnx"], verbose=False)
    one_picture = onnx.load(folder / FORMATS["onnx"])
    one_picture.graph.input[0].type.tensor_type.shape.dim[0].dim_value = 1
    onnx.save(one_picture, folder / FORMATS["onnx, one picture"])


@pytest.mark.parametrize("kind", FORMATS)
def test_every_format_gives_the_same_answers(saved, kind):
    classifier = saved.classifier(kind)

    logits, _ = classifier.forward(saved.batch)

    assert np.ptp(saved.probabilities) > 0.5
    assert logits.dtype == np.float32
    tolerance = 0.03 if kind == HALF else 1e-4
    np.testing.assert_allclose(softmax(logits), saved.probabilities, atol=tolerance)


@pytest.mark.parametrize("kind", [kind for kind in FORMATS if kind not in WITHOUT_EMBEDDINGS])
def test_the_embedding_is_the_input_of_the_last_linear_layer(saved, kind):
    classifier = saved.classifier(kind)

    _, embeddings = classifier.forward(saved.batch)

    assert classifier.has_embeddings
    scale = np.abs(saved.embeddings).max()
    tolerance = 0.1 if kind == HALF else 1e-4
    np.testing.assert_allclose(embeddings / scale, saved.embeddings / scale, atol=tolerance)


@pytest.mark.parametrize("kind", sorted(WITHOUT_EMBEDDINGS))
def test_a_format_that_hides_the_embedding_says_so_and_gives_the_logits(saved, kind):
    classifier = saved.classifier(kind)

    logits, embeddings = classifier.forward(saved.batch)

    assert not classifier.has_embeddings
    np.testing.assert_array_equal(embeddings, logits)
    assert any("logits" in note for note in inspect_model(saved.folder / FORMATS[kind]).notes)


@pytest.mark.parametrize("kind", FORMATS)
def test_one_picture_is_answered_as_in_a_batch(saved, kind):
    classifier = saved.classifier(kind)

    together, _ = classifier.forward(saved.batch)
    alone, _ = classifier.forward(saved.batch[1:2])

    np.testing.assert_allclose(softmax(alone)[0], softmax(together)[1], atol=1e-4)


@pytest.mark.parametrize("kind", FORMATS)
def test_a_name_too_few_is_an_error_with_both_counts(saved, kind):
    five = ModelSpec(CLASSES[:5], saved.spec.input, saved.spec.architecture)

    with pytest.raises(ModelError, match=r"6 outputs, but 5 class names"):
        load_model(saved.folder / FORMATS[kind], five)


@pytest.mark.parametrize("kind", FORMATS)
def test_inspection_tells_format_outputs_and_size_without_being_told(saved, kind):
    found = inspect_model(saved.folder / FORMATS[kind])

    assert found.format == next(
        (f for f in ("exported", "onnx", "torchscript") if f in kind), "weights"
    )
    assert found.n_outputs == len(CLASSES)
    learned = sum(tensor.numel() for tensor in build_on_paper(saved.spec).parameters())
    assert found.parameters == pytest.approx(learned, rel=0.05)
    assert found.sidecar is None
    if found.format == "weights":
        assert saved.spec.architecture in found.architectures
    if found.format in {"exported", "onnx"}:
        assert found.input_side == 96


@pytest.mark.parametrize("kind", ["exported", "onnx"])
def test_a_file_for_one_size_says_which(saved, kind):
    larger = ModelSpec(CLASSES, InputSpec(resize=256, crop=224))

    with pytest.raises(ModelError, match=r"96 × 96 pixels only.*crop 224.*Set crop to 96"):
        load_model(saved.folder / FORMATS[kind], larger)


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("keep", [0.0, 0.01, 0.6, 0.999])
def test_a_file_cut_short_is_an_error_in_words(saved, tmp_path, kind, keep):
    whole = (saved.folder / FORMATS[kind]).read_bytes()
    path = tmp_path / FORMATS[kind]
    path.write_bytes(whole[: int(len(whole) * keep)])

    with pytest.raises(ModelError) as caught:
        load_model(path, saved.spec)

    assert path.name in str(caught.value)


@pytest.mark.parametrize("kind", ["safetensors", "state_dict", "exported", "torchscript", "onnx"])
def test_the_suffix_does_not_matter(saved, tmp_path, kind):
    path = tmp_path / "model.bin"
    path.write_bytes((saved.folder / FORMATS[kind]).read_bytes())
    for data in saved.folder.glob("*.data"):
        (tmp_path / data.name).write_bytes(data.read_bytes())

    assert inspect_model(path).format == inspect_model(saved.folder / FORMATS[kind]).format
