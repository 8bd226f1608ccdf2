from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from core.errors import ModelError
from core.models import guessing
from core.models.guessing import candidate_specs, rank_candidates
from core.models.loading import ModelFile
from core.records import InputSpec
from core.settings import SETTINGS

SHARED = Path(__file__).resolve().parents[3].parent / "shared"
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="../shared is not there")


@pytest.fixture
def grocery(tmp_path):
    """The grocery weights without their sidecar."""
    return shutil.copy(
        SHARED / "grocery" / "model" / "grocery_lite0.safetensors", tmp_path / "net.safetensors"
    )


def reference(step):
    paths = sorted((SHARED / "grocery" / "reference").rglob("*.jpg"))[::step]
    images = [np.asarray(PIL.Image.open(path).convert("RGB")) for path in paths]
    return images, [path.parent.name for path in paths]


def grocery_classes():
    return sorted(path.name for path in (SHARED / "grocery" / "reference").iterdir())


@needs_shared
def test_the_grocery_weights_are_read_right_without_a_sidecar(grocery):
    images, labels = reference(step=7)
    candidates = candidate_specs(grocery, grocery_classes())

    ranked = rank_candidates(grocery, candidates, images, labels)

    best = ranked[0]
    assert best.spec.architecture == "timm:tf_efficientnet_lite0"
    assert best.spec.input == InputSpec(
        resize=256, interpolation="bicubic", crop=224, mean=(0.5, 0.5, 0.5), std=(0.5, 0.5, 0.5)
    )
    assert best.of == len(images)
    assert {one.spec.architecture for one in ranked} == {
        "timm:efficientnet_lite0",
        "timm:tf_efficientnet_lite0",
    }


@needs_shared
def test_it_reports_progress_and_keeps_what_is_done_when_stopped(grocery):
    images, labels = reference(step=60)
    candidates = candidate_specs(grocery, grocery_classes())
    seen = []

    ranked = rank_candidates(
        grocery,
        candidates,
        images,
        labels,
        on_progress=lambda done, total: seen.append((done, total)),
        should_stop=lambda: len(seen) > len(images),
    )

    assert len(ranked) == 1
    assert seen[0] == (1, len(images) * len(candidates))
    assert [done for done, _ in seen] == list(range(1, len(seen) + 1))


def test_a_class_too_few_is_an_error_with_both_counts(weights_file):
    with pytest.raises(ModelError, match="3 outputs, but 2 class names"):
        candidate_specs(weights_file, ["ant", "bee"])


def test_weights_are_each_architecture_with_its_usual_and_the_other_scalings(weights_file):
    candidates = candidate_specs(weights_file, ["ant", "bee", "cat"])

    assert {one.architecture for one in candidates} == {"timm:test_resnet"}
    assert {one.input.mean[0] for one in candidates} >= {0.5, 0.485}
    assert len(set(candidates)) == len(candidates)


def test_other_formats_try_the_usual_preprocessings_of_their_size(monkeypatch):
    found = ModelFile(Path("net.onnx"), "onnx", 2, None, (), None, (), input_side=96)
    monkeypatch.setattr(guessing, "inspect_model", lambda _path: found)

    candidates = candidate_specs(Path("net.onnx"), ["ant", "bee"])

    assert {one.input.crop for one in candidates} == {96}
    assert {one.input.resize for one in candidates} == {96, 110}
    assert {one.input.mean[0] for one in candidates} == {0.5, 0.485}
    assert {one.architecture for one in candidates} == {None}


def test_pictures_without_a_known_label_are_left_out(weights_file, spec):
    images = [np.zeros((60, 60, 3), dtype=np.uint8)] * 3

    (only,) = rank_candidates(weights_file, [spec], images, ["ant", "dog", "cat"])

    assert only.of == 2


def test_at_most_the_set_number_of_pictures_is_used(weights_file, spec):
    images = [np.zeros((60, 60, 3), dtype=np.uint8)] * 130

    (only,) = rank_candidates(weights_file, [spec], images, ["ant"] * 130)

    assert only.of == SETTINGS.guess_frames == 100


def test_no_usable_label_at_all_is_an_error(weights_file, spec):
    images = [np.zeros((60, 60, 3), dtype=np.uint8)]

    with pytest.raises(ModelError, match="None of the 1 reference pictures"):
        rank_candidates(weights_file, [spec], images, ["dog"])
