"""How an undescribed model is to be read: try what it could be on labelled pictures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from core.errors import ModelError
from core.metrics.classification import softmax
from core.models import architectures
from core.models.classifier import Classifier
from core.models.loading import ModelFile, inspect_model, load_model
from core.models.opened import check_count
from core.models.preprocessing import preprocess
from core.records import Image, InputSpec, ModelSpec, ProgressCallback, StopCallback
from core.settings import SCALINGS, SETTINGS

IMAGENET, HALF = SCALINGS["imagenet"], SCALINGS["half"]
_USUAL_SIDE = 224
_CROP_SHARE = 0.875  # 224 of 256


@dataclass(frozen=True, slots=True)
class Candidate:
    """One way to read a model, and how well it answers so."""

    spec: ModelSpec
    right: int
    of: int
    mean_confidence: float  # 0..1, of the answers
    mean_log_likelihood: float  # nats, of the labels; tells candidates with equal counts apart


def candidate_specs(path: Path, classes: Sequence[str]) -> list[ModelSpec]:
    """
    Every way a model file could be meant, the likeliest first.

    A model with one score for two classes is tried with the names both ways round.

    Weights are each fitting architecture with its usual preprocessing, then with the other usual
    mean and std. Other formats are the usual preprocessings of their picture size.

    Raises:
        ModelError: the file cannot be opened, no architecture fits, or the class count differs.
    """
    found = inspect_model(path)
    names = tuple(classes)
    if found.n_outputs is not None:
        check_count(found.n_outputs, names)
    if found.n_outputs == 1:  # which of the two a high score means, only trying tells
        one_way = _specs(found, names)
        return one_way + [replace(spec, classes=names[::-1]) for spec in one_way]
    return _specs(found, names)


def _specs(found: ModelFile, names: tuple[str, ...]) -> list[ModelSpec]:
    if found.format != "weights":
        return [ModelSpec(names, spec) for spec in _common_inputs(found)]
    if not found.architectures:
        raise ModelError(f"{found.path.name}: {found.notes[0]}")
    usual = [
        ModelSpec(names, spec, architecture)
        for architecture in found.architectures
        for spec in architectures.usual_inputs(architecture, channels=found.channels)
    ]
    usual = usual or [
        ModelSpec(names, spec, architecture)
        for architecture in found.architectures
        for spec in _common_inputs(found)
    ]
    others = [replace(spec, input=other) for spec in usual for other in _other_scalings(spec.input)]
    return list(dict.fromkeys(usual + others))


def rank_candidates(
    path: Path,
    candidates: Sequence[ModelSpec],
    images: Sequence[Image],
    labels: Sequence[str],
    *,
    on_progress: ProgressCallback | None = None,
    should_stop: StopCallback | None = None,
) -> list[Candidate]:
    """
    The candidates that could be opened, best first: most right, then likeliest labels.

    Args:
        images: labelled reference pictures; at most `SETTINGS.guess_frames`, spread over all of
            them, are used.
        labels: one of the candidates' classes each; pictures with other labels are left out.
        on_progress: counts pictures over all candidates.
        should_stop: True returns those that are finished.

    Raises:
        ModelError: no picture carries a label that is a class, or no candidate can be opened.
    """
    chosen = _spread(images, labels, candidates)
    total = len(chosen) * len(candidates)
    ranked: list[Candidate] = []
    problem: ModelError | None = None
    for index, spec in enumerate(candidates):
        try:
            classifier = load_model(path, spec)
        except ModelError as error:
            problem = error
            continue
        scores = []
        for image, label in chosen:
            if should_stop is not None and should_stop():
                return _best_first(ranked)
            scores.append(_score(classifier, image, label))
            if on_progress is not None:
                on_progress(index * len(chosen) + len(scores), total)
        ranked.append(_candidate(spec, scores))
    if not ranked and problem is not None:
        raise problem
    return _best_first(ranked)


def _score(classifier: Classifier, image: Image, label: str) -> tuple[bool, float, float]:
    """Whether right, how sure, and the log likelihood of the label."""
    spec = classifier.spec
    logits, _ = classifier.forward(preprocess(image, spec.input)[None])
    probabilities = softmax(logits)[0]
    truth = spec.classes.index(label)
    answer = int(np.argmax(probabilities))
    likelihood = max(float(probabilities[truth]), float(np.finfo(np.float64).tiny))
    return answer == truth, float(probabilities[answer]), float(np.log(likelihood))


def _candidate(spec: ModelSpec, scores: list[tuple[bool, float, float]]) -> Candidate:
    right, sure, likely = zip(*scores, strict=True)
    return Candidate(spec, sum(right), len(right), float(np.mean(sure)), float(np.mean(likely)))


def _best_first(ranked: list[Candidate]) -> list[Candidate]:
    return sorted(ranked, key=lambda one: (-one.right, -one.mean_log_likelihood))


def _spread(
    images: Sequence[Image], labels: Sequence[str], candidates: Sequence[ModelSpec]
) -> list[tuple[Image, str]]:
    classes = candidates[0].classes if candidates else ()
    known = [pair for pair in zip(images, labels, strict=True) if pair[1] in classes]
    if not known:
        raise ModelError(
            f"None of the {len(images)} reference pictures carries a label that is a class of the "
            f"model ({', '.join(classes[:8])}), so nothing can be tried out. Choose a reference "
            f"folder with one folder for each class, or describe the model by hand."
        )
    count = min(len(known), SETTINGS.guess_frames)
    picks = np.linspace(0, len(known) - 1, count).round().astype(int)
    return [known[index] for index in picks]


def _common_inputs(found: ModelFile) -> list[InputSpec]:
    side = found.input_side or _USUAL_SIDE
    bordered, whole = round(side / _CROP_SHARE), side
    specs = [
        InputSpec(resize=resize, interpolation=interpolation, crop=side, mean=mean, std=std)
        for mean, std in (IMAGENET, HALF)
        for resize, interpolation in (
            (bordered, "bilinear"),
            (bordered, "bicubic"),
            (whole, "bilinear"),
        )
    ]
    return [architectures.grey(spec) if found.channels == 1 else spec for spec in specs]


def _other_scalings(spec: InputSpec) -> Iterator[InputSpec]:
    for mean, std in (IMAGENET, HALF):
        other = replace(spec, mean=mean, std=std, channels="RGB")
        other = architectures.grey(other) if spec.channels == "L" else other
        if other != spec:
            yield other
