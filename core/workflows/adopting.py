"""A preparation taken over from the doctor: kept in the project, taken back in one step."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from core.errors import NothingYetError
from core.findings.doctor_words import change_words
from core.models.sidecar import spec_from_json, spec_to_json
from core.project import Project
from core.records import InputSpec, ModelSpec
from core.store import choices as choice_store
from core.store.database import connect
from core.workflows.choices import choices_of
from core.workflows.models import identify_model, model_id

BEFORE = "doctor_before"
"""Key of the description that stood before the first advice was taken."""


def adopt(project: Project, setting: InputSpec) -> None:
    """
    Read the model with another preparation from now on; its file and sidecar are not touched.

    The model's identity changes with it, so that every frame is answered anew.

    Raises:
        ModelError: the project has no model, or the preparation is impossible.
    """
    chosen = identify_model(project)
    assert chosen.model_path is not None and chosen.spec is not None
    spec = spec_from_json(
        spec_to_json(ModelSpec(chosen.spec.classes, setting, chosen.spec.architecture))
    )
    with connect(project.database) as db:
        before = choice_store.choices(db).get(BEFORE) or spec_to_json(chosen.spec)
        _store(db, chosen.model_path, spec, before)


def take_back(project: Project) -> None:
    """
    Read the model again as its own description says; its answers from before are still there.

    Raises:
        NothingYetError: no advice was taken.
        ModelError: the model's file is gone.
    """
    chosen = identify_model(project)
    assert chosen.model_path is not None
    with connect(project.database) as db:
        before = choice_store.choices(db).get(BEFORE)
        if before is None:
            raise NothingYetError("No setting was taken over, so there is nothing to take back.")
        _store(db, chosen.model_path, spec_from_json(before), None)


def _store(db: Any, model: Path, spec: ModelSpec, before: dict[str, Any] | None) -> None:
    as_json = spec_to_json(spec)
    choice_store.choose(
        db,
        model_spec=as_json,
        model_id=model_id(model, spec),
        **{BEFORE: None if before == as_json else before},
    )


def adopted(project: Project) -> str | None:
    """What was taken over, in words; None if the model is read as its own description says."""
    with connect(project.database) as db:
        before = choice_store.choices(db).get(BEFORE)
    spec = choices_of(project).spec
    if before is None or spec is None:
        return None
    return change_words(spec_from_json(before).input, spec.input)


def kept(before: dict[str, Any], model: Path, described: ModelSpec) -> ModelSpec | None:
    """
    The adopted spec of a project that is opened again with the same model, else None.

    Args:
        before: the project's choices so far.
        described: what the model's own description says now; another word than the one that was
            overruled wins.
    """
    overruled = before.get(BEFORE)
    if overruled != spec_to_json(described) or before.get("model_path") != str(model):
        return None
    return spec_from_json(before["model_spec"])
