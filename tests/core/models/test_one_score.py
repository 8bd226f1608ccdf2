"""Models with a single score for two classes, as binary classifiers are often trained."""

from __future__ import annotations

import numpy as np
import pytest
import safetensors.torch
import torch

from core.errors import ModelError
from core.metrics.classification import softmax
from core.models.architectures import build
from core.models.classifier import answers
from core.models.guessing import candidate_specs, rank_candidates
from core.models.loading import inspect_model, load_model
from core.models.opened import check_count
from core.records import InputSpec, ModelSpec
from tests.core.models.conftest import ARCHITECTURE

PAIR = ModelSpec(("empty", "full"), InputSpec(resize=64, crop=56))


class Ending(torch.nn.Module):
    """A network whose one score may go through a sigmoid or lose its second dimension."""

    def __init__(self, inner, *, sigmoid: bool, flat: bool) -> None:
        super().__init__()
        self.inner, self.sigmoid, self.flat = inner, sigmoid, flat

    def forward(self, pictures):
        score = self.inner(pictures)
        if self.sigmoid:
            score = torch.sigmoid(score)
        return score.squeeze(1) if self.flat else score


@pytest.fixture(scope="module")
def one_score():
    torch.manual_seed(3)
    return build(ARCHITECTURE, n_classes=1).eval()


@pytest.fixture(scope="module")
def pictures():
    return np.random.default_rng(5).standard_normal((4, 3, 56, 56)).astype(np.float32)


def saved(network, path, pictures):
    example = torch.from_numpy(pictures[:2])
    if path.suffix == ".onnx":
        torch.onnx.export(
            network, (example,), path, dynamo=False, input_names=["x"], output_names=["y"],
            dynamic_axes={"x": {0: "n"}, "y": {0: "n"}},
        )  # fmt: skip
    elif path.suffix == ".pt2":
        shape = {"pictures": {0: torch.export.Dim("n")}}
        torch.export.save(torch.export.export(network, (example,), dynamic_shapes=shape), path)
    else:
        torch.jit.trace(network, example).save(path)
    return path


@pytest.mark.parametrize(
    "ending", [{"sigmoid": s, "flat": f} for s in (False, True) for f in (False, True)], ids=str
)
@pytest.mark.parametrize("suffix", [".onnx", ".pt2", ".ts"])
def test_one_score_is_two_classes_in_every_format(one_score, pictures, tmp_path, suffix, ending):
    network = Ending(one_score, **ending).eval()
    path = saved(network, tmp_path / f"pair{suffix}", pictures)
    with torch.inference_mode():
        full = torch.sigmoid(one_score(torch.from_numpy(pictures))).numpy()[:, 0]
    logits, _ = load_model(path, PAIR).forward(pictures)

    assert logits.shape == (4, 2)
    np.testing.assert_allclose(softmax(logits)[:, 1], full, atol=1e-4)


def test_weights_with_one_output_answer_for_two_classes(one_score, pictures, tmp_path):
    path = tmp_path / "pair.safetensors"
    safetensors.torch.save_file(one_score.state_dict(), path)
    spec = ModelSpec(PAIR.classes, PAIR.input, ARCHITECTURE)
    classifier = load_model(path, spec)
    logits, embeddings = classifier.forward(pictures)
    with torch.inference_mode():
        score = one_score(torch.from_numpy(pictures)).numpy()[:, 0]

    np.testing.assert_allclose(logits[:, 1] - logits[:, 0], score, atol=1e-4)
    assert embeddings.shape[1] > 2
    told = [answer.label for answer in answers(logits, PAIR.classes)]
    assert told == ["full" if value > 0 else "empty" for value in score]
    assert len(answers(logits, PAIR.classes)[0].top3) == 2


def test_certain_sigmoids_stay_finite(tmp_path, pictures):
    class Certain(torch.nn.Module):
        def forward(self, pictures):
            return torch.sigmoid(1e4 * pictures.mean(dim=(1, 2, 3)).unsqueeze(1))

    path = saved(Certain(), tmp_path / "certain.ts", pictures)
    logits, _ = load_model(path, PAIR).forward(np.sign(pictures[:1]) ** 2)

    assert np.isfinite(logits).all()
    assert softmax(logits)[0, 1] > 0.999


@pytest.mark.parametrize("classes", [("a", "b", "c"), ("a", "b", "c", "d")])
def test_other_counts_of_names_are_refused_with_the_way_out(classes):
    with pytest.raises(ModelError, match=r"one score.*Give two: first what a low score means"):
        check_count(1, classes)


def test_without_a_description_both_ways_round_are_tried(one_score, pictures, tmp_path):
    path = saved(Ending(one_score, sigmoid=True, flat=False).eval(), tmp_path / "p.onnx", pictures)
    candidates = candidate_specs(path, ["empty", "full"])
    images = [np.random.default_rng(n).integers(0, 255, (64, 64, 3), np.uint8) for n in range(6)]
    spec = next(one for one in candidates if one.classes == ("full", "empty"))
    classifier = load_model(path, spec)
    from core.models.preprocessing import preprocess

    batch = np.stack([preprocess(image, spec.input) for image in images])
    labels = [answer.label for answer in answers(classifier.forward(batch)[0], spec.classes)]

    assert inspect_model(path).n_outputs == 1
    assert {one.classes for one in candidates} == {("empty", "full"), ("full", "empty")}
    assert rank_candidates(path, candidates, images, labels)[0].spec.classes == ("full", "empty")
