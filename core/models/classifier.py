"""What every opened model can do, whatever file it came from."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from core.metrics.classification import entropy, softmax
from core.records import Answer, LabelConfidence, ModelSpec


class Classifier(Protocol):
    """A model ready to answer."""

    @property
    def spec(self) -> ModelSpec:
        """Class names and preprocessing it was opened with."""

    @property
    def has_embeddings(self) -> bool:
        """False where the format hides them; `forward` then gives the logits instead."""

    def forward(
        self, batch: NDArray[np.float32]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """
        Logits and embeddings of preprocessed pictures. Safe to call from several threads.

        Args:
            batch: shape (n, channels, height, width), as `preprocess` makes them.

        Returns:
            Logits (n, n_classes) and embeddings (n, n_features); an embedding is the input of the
            last linear layer, averaged over positions if there are several.

        Raises:
            ModelError: the model refuses pictures of this size.
        """


def answers(logits: NDArray[np.float32], classes: tuple[str, ...]) -> list[Answer]:
    """
    One answer per row: the likeliest class, how sure, the top three, and the entropy in nats.

    Args:
        logits: shape (n, n_classes).
        classes: n_classes names, in the model's order.
    """
    probabilities = softmax(logits)
    entropies = entropy(probabilities)
    found = []
    for row, nats in zip(probabilities, entropies, strict=True):
        # stable: of equal classes the first wins, as in argmax
        top = tuple(
            LabelConfidence(classes[index], float(row[index]))
            for index in np.argsort(-row, kind="stable")[:3]
        )
        found.append(Answer(top[0].label, top[0].confidence, top, float(nats)))
    return found
