"""The probe on a model that goes by one corner only: exactly that corner flips it."""

from __future__ import annotations

import numpy as np

from core.engines.local import score_images
from core.records import InputSpec, ModelSpec
from core.workflows import occlusion_probe as probe
from core.workflows import scores
from core.workflows.dial import DialResult, chain_of

CLEAN = chain_of(["low_light"], [0.0])


class Corner:
    """Says "red" while the upper left of the picture is red."""

    spec = ModelSpec(
        ("red", "green", "blue"),
        InputSpec(resize=None, crop=None, mean=(0.0,) * 3, std=(1.0,) * 3),
    )
    has_embeddings = False

    def forward(self, batch):
        corner = batch[:, :, : batch.shape[2] // 5, : batch.shape[3] // 5].mean(axis=(2, 3))
        nothing = corner[:, 0] * 0
        logits = np.stack([20 * (corner[:, 0] - 0.5), nothing, nothing - 1], axis=1)
        return logits.astype(np.float32), logits.astype(np.float32)


def test_only_the_place_that_decides_flips(tiny_project, monkeypatch):
    image = np.full((80, 80, 3), 60, np.uint8)
    image[:16, :16] = (255, 0, 0)
    answers, logits, embeddings = score_images(Corner(), [image])
    asked = []
    monkeypatch.setattr(probe, "classifier_of", lambda project: Corner())
    shown = DialResult(image, answers[0], logits[0], embeddings[0])
    monkeypatch.setattr(probe, "dial_frame", lambda *a, **k: shown)

    found, _ = probe.occlusion_probe(
        tiny_project, "0", chain=CLEAN, on_progress=lambda done, total: asked.append((done, total))
    )

    assert found.answer == "red"
    assert found.flips[0, 0] and found.flips.sum() <= 4
    assert not found.flips[2:].any() and not found.flips[:, 2:].any()
    assert found.loss[0, 0] > 0.5 and abs(found.loss[-1, -1]) < 0.2
    assert asked[-1][0] == asked[-1][1] == found.flips.size


def test_the_picture_and_the_words_come_from_the_frame(tiny_project):
    digest = scores.dial_frames(tiny_project)["content_hash"].iloc[3]

    picture, said = probe.occlusion_picture(tiny_project, digest, chain=CLEAN)

    assert picture[:2] == b"\xff\xd8"
    assert "places" in said.headline
