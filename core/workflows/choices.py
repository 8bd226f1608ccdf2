"""What the person chose for a project: model, folders, table, reviewer."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

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
    )


def set_reviewer(project: Project, name: str) -> None:
    """Who decides from now on."""
    with connect(project.database) as db:
        choice_store.choose(db, reviewer=name.strip() or "me")


def _path(text: Any) -> Path | None:
    return Path(text) if text else None
