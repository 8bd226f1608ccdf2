from __future__ import annotations

import itertools
import uuid

import pytest

from core.models.loading import load_model
from core.records import Review
from core.workflows import queue, scores


class CountingModel:
    """The tiny model, counting the pictures it is asked about; it may grow slow or stop."""

    def __init__(self, inner) -> None:
        self.inner, self.spec, self.has_embeddings = inner, inner.spec, inner.has_embeddings
        self.asked = 0

    def forward(self, batch):
        self.asked += len(batch)
        return self.inner.forward(batch)


@pytest.fixture
def counted(monkeypatch, tiny_model) -> CountingModel:
    """The model that scoring uses from here on, with a count of what it was asked."""
    model = CountingModel(load_model(tiny_model))
    monkeypatch.setattr("core.workflows.scoring.classifier_of", lambda project: model)
    return model


@pytest.fixture
def decide():
    """
    decide(project, "cam1/003.jpg", "label", "red") records one decision as a tab would.

    Each in a window of its own: written within 5 ms by one window, two would be one act.
    """
    numbers = itertools.count(1)

    def record(project, path: str, action: str, value: str | None = None, **other) -> Review:
        frames = scores.scores(project).frames
        digest = frames.set_index("path").loc[path, "content_hash"]
        event = {
            "id": str(uuid.uuid4()), "client": f"tab {uuid.uuid4()}", "sequence": next(numbers),
            "content_hash": digest, "action": action, "value": value, **other,
        }  # fmt: skip
        return queue.record(project, event)

    return record
