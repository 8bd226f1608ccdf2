"""What the person chose for a project: model, folders, table, reviewer."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.errors import FieldcheckError, ProjectError
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
    metadata_csv: Path | None = None  # a CSV, or COCO annotations (.json)
    name_pattern: str | None = None  # what file and folder names say; see core/frames/patterns.py
    reviewer: str = "me"
    clip_gap_seconds: float = SETTINGS.clip_gap_seconds
    session_gap_minutes: float = SETTINGS.session_gap_minutes  # a longer pause ends a session
    day_hours: tuple[int, int] = (SETTINGS.day_begins, SETTINGS.day_ends)
    is_southern: bool = False  # which half of the earth the seasons are those of
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
        name_pattern=stored.get("name_pattern"),
        reviewer=stored.get("reviewer", "me"),
        clip_gap_seconds=stored.get("clip_gap_seconds", SETTINGS.clip_gap_seconds),
        session_gap_minutes=stored.get("session_gap_minutes", SETTINGS.session_gap_minutes),
        day_hours=_hours(stored.get("day_hours")),
        is_southern=bool(stored.get("is_southern", False)),
        sure_threshold=stored.get("sure_threshold"),
        probe_folder=_path(stored.get("probe_folder")),
    )


def set_reviewer(project: Project, name: str) -> None:
    """Who decides from now on."""
    with connect(project.database) as db:
        choice_store.choose(db, reviewer=name.strip() or "me")


def set_session_gap(project: Project, minutes: float) -> None:
    """
    After how long a pause another review session begins.

    Raises:
        FieldcheckError: it is not from a minute to a day.
    """
    if not 1 <= minutes <= 24 * 60:
        raise FieldcheckError(f"A pause lasts from 1 to 1,440 minutes, but {minutes:g} was given.")
    with connect(project.database) as db:
        choice_store.choose(db, session_gap_minutes=minutes)


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


def set_clock(
    project: Project, *, day_hours: tuple[int, int] | None = None, is_southern: bool | None = None
) -> None:
    """
    From when to when it is day, 0..24, and which half of the earth the seasons are those of.

    None leaves a choice as it is.

    Raises:
        ProjectError: an hour is outside 0..24, or both are the same.
    """
    given: dict[str, Any] = {}
    if day_hours is not None:
        begins, ends = day_hours
        if begins == ends or not (0 <= begins <= 24 and 0 <= ends <= 24):
            raise ProjectError(
                f"Day cannot last from {begins} to {ends}. Give two different hours from 0 to 24, "
                "such as 7 and 19."
            )
        given["day_hours"] = [begins, ends]
    if is_southern is not None:
        given["is_southern"] = is_southern
    if given:
        with connect(project.database) as db:
            choice_store.choose(db, **given)


def _hours(stored: Any) -> tuple[int, int]:
    begins, ends = stored or (SETTINGS.day_begins, SETTINGS.day_ends)
    return int(begins), int(ends)


def _path(text: Any) -> Path | None:
    return Path(text) if text else None
