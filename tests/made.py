"""A project made of numbers alone: frames and answers as wanted, no picture and no model behind."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

from core.metrics.classification import softmax
from core.models.classifier import answers
from core.models.sidecar import spec_to_json
from core.project import Project, make_project, remember
from core.records import InputSpec, ModelSpec
from core.store import choices as choice_store
from core.store import frames as frame_store
from core.store import predictions as prediction_store
from core.store.database import connect

START = datetime(2026, 3, 2, 8, 0)


def class_names(count: int) -> tuple[str, ...]:
    return tuple(f"thing {number:04}" for number in range(count))


def made_project(
    folder: Path,
    *,
    field: int = 200,
    reference: int = 200,
    classes: int = 4,
    features: int = 16,
    per_clip: int = 2,
    sharpness: float = 1.0,
    field_sharpness: float = 1.0,
    shift: float = 0.0,
    labelled: float = 1.0,
    right: str = "as it comes",
    seed: int = 0,
) -> Project:
    """
    Frames of `classes` kinds, answered by a model that is as good as its word on the reference.

    Args:
        per_clip: frames 10 s apart before a gap.
        sharpness: multiplies the logits: above 1 it claims to be surer than it is.
        field_sharpness: multiplies those of the field besides.
        shift: added to every field embedding: strange pictures.
        labelled: share of field frames with a label.
        right: "all", "none", or as the probabilities draw it.
    """
    rng = np.random.default_rng(seed)
    names = class_names(classes)
    project = make_project(folder)
    centres = rng.normal(0, 1, (classes, features))
    rows = []
    batches = []
    for place, count in (("field", field), ("reference", reference)):
        kind = rng.integers(0, classes, count)
        embeddings = centres[kind] + rng.normal(0, 0.6, (count, features))
        embeddings += shift if place == "field" else 0.0
        logits = embeddings @ centres.T / np.sqrt(features) * 2
        p = softmax(logits)
        answer = p.argmax(axis=1)
        drawn = np.array([rng.choice(classes, p=row) for row in p])
        truth = {"all": answer, "none": (answer + 1) % classes}.get(right, drawn)
        digests = []
        for number in range(count):
            digest = hashlib.sha256(f"{place}{number}{seed}".encode()).hexdigest()
            digests.append(digest)
            clip, inside = divmod(number // 4, per_clip)
            is_labelled = place == "reference" or rng.random() < labelled
            label = names[truth[number]] if is_labelled else "loose"
            rows.append(
                {
                    "folder": place,
                    "path": f"{label}/{number:06}.jpg",
                    "size_bytes": 1,
                    "modified_ns": 1,
                    "content_hash": digest,
                    "width": 640,
                    "height": 480,
                    "picture_hash": digest[:16],
                    "taken_at": START + timedelta(minutes=10 * clip, seconds=10 * inside),
                    "camera": f"cam{number % 4}",
                }
            )
        boast = sharpness * (field_sharpness if place == "field" else 1.0)
        batches.append((digests, logits * boast, embeddings))
    with connect(project.database) as db:
        choice_store.choose(
            db,
            title="Made",
            model_id="made",
            model_spec=spec_to_json(ModelSpec(classes=names, input=InputSpec())),
        )
        frame_store.save_frames(db, rows)
        for digests, logits, embeddings in batches:
            prediction_store.save_predictions(
                db,
                model_id="made",
                content_hashes=digests,
                answers=answers(logits.astype(np.float32), names),
                logits=logits.astype(np.float32),
                embeddings=embeddings.astype(np.float32),
            )
    remember(project)
    return project
