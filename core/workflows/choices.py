"""What the person chose for a project: model, folders, table, reviewer."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.errors import FieldcheckError
from core.models.sidecar import spec_from_json
from core.project import Project
from core.records import Folder, ModelSpec
from core.settings import SETTINGS
from core.store import choices as choice_store
from core.store.database import connect


@dataclass(frozen=True)
class Choices:
    """What the person chose for a project."""

    title: str
    model_path: Path | None = None
    spec: ModelSpec | None = None
    model_id: str | None = None
    folders: dict[Folder, Path] = field(default_factory=dict)
    metadata_csv: Path | None = None
    reviewer: str = "me"
    clip_gap_seconds: float = SETTINGS.clip_gap_seconds
    sure_threshold: float | None = None  # under it an answer reads "not sure"; None hides nothing
    probe_folder: Path | None = None  # pictures the model was never meant to see


def choices_of(project: Project) -> Choices:
    """What the person chose for this project."""
    with connect(project.database) as db:
        stored = choice_store.choices(db)
    spec = stored.get("model_spec")
    folders = {
        folder: Path(stored[f"{folder.value}_folder"])
        for folder in Folder
        if stored.get(f"{folder.value}_folder")
    }
    return Choices(
        title=stored.get("title", project.name),
        model_path=_path(stored.get("model_path")),
        spec=spec_from_json(spec) if spec else None,
        model_id=stored.get("model_id"),
        folders=folders,
        metadata_csv=_path(stored.get("metadata_csv")),
        reviewer=stored.get("reviewer", "me"),
        clip_gap_seconds=stored.get("clip_gap_seconds", SETTINGS.clip_gap_seconds),
        sure_threshold=stored.get("sure_threshold"),
        probe_folder=_path(stored.get("probe_folder")),
    )


def set_reviewer(project: Project, name: str) -> None:
    """Who decides from now on."""
    with connect(project.database) as db:
        choice_store.choose(db, reviewer=name.strip() or "me")


def set_sure_threshold(project: Project, threshold: float | None) -> None:
    """
    From which confidence on an answer is shown from now on; None shows every answer.

    Raises:
        FieldcheckError: it is not between 0 and 1.
    """
    if threshold is not None and not 0 <= threshold <= 1:
        raise FieldcheckError(f"A mark lies between 0 and 1, but {threshold:g} was given.")
    with connect(project.database) as db:
        choice_store.choose(db, sure_threshold=threshold)


def _path(text: Any) -> Path | None:
    return Path(text) if text else None
