"""A `Classifier` around whatever a file holds: sizes checked, fixed batches filled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.errors import ModelError
from core.models.classifier import Classifier
from core.models.sidecar import CHANNELS
from core.records import ModelSpec

Run = Callable[[NDArray[np.float32]], tuple[NDArray[np.float32], NDArray[np.float32] | None]]
"""A batch in; logits and, where the file shows it, the input of the last linear layer out."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a model file fixes; None where it leaves it open or does not say."""

    n_outputs: int | None = None
    parameters: int | None = None
    channels: int | None = None
    side: int | None = None  # px, of square pictures
    batch: int | None = None
    notes: tuple[str, ...] = ()


class OpenedModel:
    """See `Classifier`."""

    def __init__(
        self, run: Run, spec: ModelSpec, *, name: str, facts: Facts, has_embeddings: bool
    ) -> None:
        self.spec = spec
        self.has_embeddings = has_embeddings
        self._run = run
        self._name = name
        self._facts = facts
        _check_described(spec, facts, name)

    def forward(
        self, batch: NDArray[np.float32]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """See `Classifier.forward`."""
        self._check_size(batch)
        try:
            if self._facts.batch is None:
                logits, features = self._run(batch)
            else:
                logits, features = in_batches(self._run, batch, size=self._facts.batch)
        except (RuntimeError, AssertionError, ValueError) as error:
            raise _refusal(self._name, batch, error) from error
        if features is None or not self.has_embeddings:
            return logits, logits
        return logits, flat_embeddings(features)

    def _check_size(self, batch: NDArray[np.float32]) -> None:
        side = self._facts.side
        height, width = batch.shape[2:]
        if side is not None and (height, width) != (side, side):
            raise ModelError(
                f"{self._name} takes pictures of {side} × {side} pixels only, but gets "
                f"{width} × {height}. Set crop to {side}."
            )


class FromProbabilities:
    """A model that ends in a softmax, made to give logits again (the softmax of log p is p)."""

    def __init__(self, inner: Classifier) -> None:
        self.spec = inner.spec
        self.has_embeddings = inner.has_embeddings
        self._inner = inner

    def forward(
        self, batch: NDArray[np.float32]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """See `Classifier.forward`."""
        outputs, embeddings = self._inner.forward(batch)
        logits = np.log(np.maximum(outputs, np.finfo(np.float32).tiny))
        return logits, embeddings if self.has_embeddings else logits


class FromOneScore:
    """A model with one score for two classes, made to give a logit for each: 0 and the score."""

    def __init__(self, inner: Classifier, *, is_probability: bool) -> None:
        self.spec = inner.spec
        self.has_embeddings = inner.has_embeddings
        self._inner = inner
        self._is_probability = is_probability

    def forward(
        self, batch: NDArray[np.float32]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """See `Classifier.forward`."""
        outputs, embeddings = self._inner.forward(batch)
        score = outputs.reshape(len(batch))
        if self._is_probability:  # undo the sigmoid; float32 holds no probability nearer to 0 or 1
            limits = np.finfo(np.float32)
            share = np.clip(score.astype(np.float64), limits.tiny, 1 - limits.epsneg)
            score = np.log(share / (1 - share))
        logits = np.stack([np.zeros(len(batch)), score], axis=1).astype(np.float32)
        return logits, embeddings if self.has_embeddings else logits


def is_one_score(outputs: NDArray[np.float32], classes: tuple[str, ...]) -> bool:
    """Whether a model tells two classes apart by a single score a picture, (n,) or (n, 1)."""
    return len(classes) == 2 and outputs.shape in {(len(outputs),), (len(outputs), 1)}


def is_sigmoid(outputs: NDArray[np.float32]) -> bool:
    """
    Whether one-score outputs end in a sigmoid: not one of them lies outside 0..1.

    Args:
        outputs: of pictures far stronger than any real one, which drive a plain score out of 0..1.
    """
    finite = outputs[np.isfinite(outputs)]
    return bool(finite.size and finite.min() >= 0.0 and finite.max() <= 1.0)


def is_probabilities(outputs: NDArray[np.float32]) -> bool:
    """Whether a model already ends in a softmax: no value negative, every row sums to 1."""
    sums = outputs.sum(axis=1, dtype=np.float64)
    return bool(outputs.min() >= 0.0 and np.allclose(sums, 1.0, atol=1e-4))


def in_batches(
    run: Run, batch: NDArray[np.float32], *, size: int
) -> tuple[NDArray[np.float32], NDArray[np.float32] | None]:
    """The answers of a model that takes exactly `size` pictures at a time; the last is repeated."""
    logits, features = [], []
    for start in range(0, len(batch), size):
        part = batch[start : start + size]
        missing = size - len(part)
        full = np.concatenate([part, np.repeat(part[-1:], missing, axis=0)]) if missing else part
        rows, inputs = run(full)
        logits.append(rows[: len(part)])
        if inputs is not None:
            features.append(inputs[: len(part)])
    return np.concatenate(logits), np.concatenate(features) if features else None


def flat_embeddings(features: NDArray[np.float32]) -> NDArray[np.float32]:
    """Features as (n, n_features): maps (n, c, h, w) and tokens (n, t, c) averaged over places."""
    places = (2, 3) if features.ndim == 4 else tuple(range(1, features.ndim - 1))
    return np.asarray(features.mean(axis=places) if places else features, dtype=np.float32)


def check_count(n_outputs: int, classes: tuple[str, ...]) -> None:
    """
    Nothing, if there is one class name for each output, or two for a single one (a score).

    Raises:
        ModelError: names both counts.
    """
    if n_outputs == len(classes) or (n_outputs == 1 and len(classes) == 2):
        return
    if n_outputs == 1:
        raise ModelError(
            f"This model gives one score, which tells two classes apart, but {len(classes)} class "
            f"names were given. Give two: first what a low score means, then what a high one means."
        )
    listed = ", ".join(classes[:8]) + (" ..." if len(classes) > 8 else "")
    raise ModelError(
        f"This model has {n_outputs} outputs, but {len(classes)} class names were given "
        f"({listed}). Give one name for each output, in the order of its training."
    )


def _check_described(spec: ModelSpec, facts: Facts, name: str) -> None:
    if facts.n_outputs is not None:
        check_count(facts.n_outputs, spec.classes)
    described = CHANNELS[spec.input.channels]
    if facts.channels is not None and facts.channels != described:
        right = {1: "L", 3: "RGB or BGR"}.get(facts.channels)
        raise ModelError(
            f"{name} takes pictures of {facts.channels} colour channels, but the description says "
            f"{spec.input.channels}, which is {described}. "
            + (f"Set channels to {right}." if right else "Fieldcheck feeds it 1 or 3 only.")
        )
    if facts.side is not None and spec.input.crop != facts.side:
        found = "no crop" if spec.input.crop is None else f"crop {spec.input.crop}"
        raise ModelError(
            f"{name} takes pictures of {facts.side} × {facts.side} pixels only, but the "
            f"description says {found}. Set crop to {facts.side}."
        )


def _refusal(name: str, batch: NDArray[np.float32], error: Exception) -> ModelError:
    height, width = batch.shape[2:]
    reason = next((line for line in reversed(str(error).splitlines()) if line.strip()), "no reason")
    return ModelError(
        f"{name} refuses pictures of {width} × {height} pixels: {reason.strip()[:200]}. Set resize "
        f"and crop to what it was trained with, or export it again for pictures of any size."
    )
