"""The project's model: how it is read, who it is, and the loaded thing itself."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from functools import lru_cache
from pathlib import Path

from core.errors import ModelError
from core.frames.hashing import content_hash
from core.models.architectures import usual_inputs
from core.models.classifier import Classifier
from core.models.loading import inspect_model, load_model
from core.models.sidecar import read_sidecar, spec_from_json, spec_to_json
from core.project import Project
from core.records import InputSpec, ModelSpec
from core.settings import SETTINGS
from core.store import choices as choice_store
from core.store.database import connect
from core.workflows.choices import Choices, choices_of


def load_spec(model: Path) -> ModelSpec:
    """
    The sidecar's description of a model.

    Raises:
        ModelError: the file or its sidecar is missing.
    """
    spec = inspect_model(model).sidecar
    if spec is None:
        raise ModelError(
            f"{model.name} says nothing about its classes and preparation. Put "
            f"{model.stem}.model.json beside it, or give --architecture, --classes and the "
            "input options."
        )
    return spec


def model_id(model: Path, spec: ModelSpec) -> str:
    """Identity of answers: the file's content, how it is read, and the working size. 32 hex."""
    stat = model.stat()
    parts = [
        _file_hash(model, stat.st_size, stat.st_mtime_ns),
        json.dumps(dataclasses.asdict(spec), sort_keys=True),
        str(SETTINGS.working_short_side),
    ]
    return hashlib.blake2b("|".join(parts).encode(), digest_size=16).hexdigest()


@lru_cache(maxsize=16)
def _file_hash(path: Path, _size: int, _modified_ns: int) -> str:
    return content_hash(path)


def classifier_of(project: Project) -> Classifier:
    """
    The project's model, loaded once and kept.

    Raises:
        ModelError: the project has none, or its file is gone or does not open.
    """
    chosen = identify_model(project)
    assert chosen.model_path is not None and chosen.spec is not None
    return _loaded(chosen.model_path, chosen.spec, chosen.model_id or "")


def identify_model(project: Project) -> Choices:
    """
    The project's choices with the model's identity as its file is now, without loading it.

    Raises:
        ModelError: the project has no model, or its file is gone.
    """
    chosen = choices_of(project)
    if chosen.model_path is None or chosen.spec is None:
        raise ModelError("This project has no model yet. Choose one on the Overview page.")
    if not chosen.model_path.is_file():
        raise ModelError(
            f"The model file {chosen.model_path} is gone. Put it back, or choose another one."
        )
    if model_id(chosen.model_path, chosen.spec) != chosen.model_id:
        # Another file under the same name must not answer under the old one's identity.
        with connect(project.database) as db:
            choice_store.choose(db, model_id=model_id(chosen.model_path, chosen.spec))
        chosen = choices_of(project)
    return chosen


@lru_cache(maxsize=2)
def _loaded(path: Path, spec: ModelSpec, _model_id: str) -> Classifier:
    return load_model(path, spec)


def open_model(path: Path, spec: ModelSpec | None) -> Classifier:
    """A model outside any project, as described or as its sidecar says."""
    return load_model(path.expanduser().absolute(), possible_spec(spec) if spec else None)


def possible_spec(spec: ModelSpec) -> ModelSpec:
    """The spec, held to the same rules as a sidecar; ModelError names what is impossible."""
    return spec_from_json(spec_to_json(spec))


def sidecar_spec(model: Path) -> ModelSpec | None:
    """What the .model.json beside a model says, if there is one."""
    return read_sidecar(model.expanduser().absolute())


def usual_input(architecture: str | None) -> InputSpec:
    """How pictures are usually prepared for an architecture; torchvision's usual way if unknown."""
    known = usual_inputs(architecture) if architecture else []
    return known[0] if known else InputSpec()
