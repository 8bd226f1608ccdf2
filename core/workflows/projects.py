"""Open, make and find projects."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

from core.errors import FieldcheckError, FolderError, ProjectError
from core.frames.listing import picture_paths
from core.frames.metadata_file import read_metadata_file
from core.frames.patterns import compile_pattern
from core.models.loading import load_model
from core.models.sidecar import spec_to_json
from core.project import SAMPLE, Project, free_folder, home, make_project, recent, remember
from core.records import Folder, ModelSpec
from core.store import choices as choice_store
from core.store import frames as frame_store
from core.store.backups import backups
from core.store.database import connect
from core.workflows import adopting
from core.workflows.backups import keep
from core.workflows.choices import Choices, choices_of
from core.workflows.models import load_spec, model_id, possible_spec

__all__ = ["Project"]  # the door to it for pages and command line


ROOT = Path(__file__).resolve().parents[2]


SAMPLE_DATA = ROOT / "sample_data"


def open_sample() -> Project:
    """The sample project; its frames stay where Fieldcheck is installed, its reviews do not."""
    project = make_project(home() / "projects" / SAMPLE)
    sample = SAMPLE_DATA
    model = next(iter(sorted((sample / "model").glob("*.safetensors"))), None)
    if model is None:
        raise ProjectError(
            f"The sample project is not in {sample}. Install Fieldcheck again, or open your own."
        )
    _choose(
        project,
        title="Tool counter (sample)",
        model=model,
        spec=load_spec(model),
        field=sample / "field",
        reference=sample / "reference",
        metadata=sample / "metadata.csv",
        is_described=True,
    )
    return project


def is_sample(project: Project) -> bool:
    """Whether this is the sample project."""
    return project.folder == home() / "projects" / SAMPLE


def create_project(
    *,
    model: Path,
    field: Path,
    reference: Path | None = None,
    metadata: Path | None = None,
    find_table: bool = True,
    pattern: str | None = None,
    spec: ModelSpec | None = None,
    folder: Path | None = None,
    title: str | None = None,
) -> Project:
    """
    Make a project, or point an existing one at these files; reviews in it are kept.

    Args:
        reference: None keeps the one an existing project has, as long as its field folder stays.
        spec: how to read the model; None reads the sidecar beside it.
        metadata: a CSV, or COCO annotations (.json); None keeps it likewise, else looks for
            metadata.csv in the folders and the one that holds both.
        find_table: False takes a missing `metadata` at its word: no table is joined.
        pattern: what file and folder names say, such as {camera}_{date}_{time}; None for nothing.
        folder: None takes the recent project of the same title, model and field folder, else
            makes one in the user's data folder.

    Raises:
        ModelError: the file cannot be opened or does not fit the spec.
        FolderError: a frames folder is missing or holds no pictures.
        MetadataError: the table named cannot be read, or the pattern cannot be understood.
    """
    field, model = checked_folder(field), model.expanduser().absolute()
    title = title or field.name
    folder = folder or _same_project(model, field, title)
    kept = _kept(folder, field)
    reference = checked_folder(reference) if reference else _kept_reference(kept)
    for path in (field, reference):
        if path and not picture_paths(path):
            raise FolderError(f"{path} holds no pictures (JPEG, PNG, WebP, TIFF or BMP).")
    if metadata:
        metadata = metadata.expanduser().absolute()
        read_metadata_file(metadata)
    if pattern:
        compile_pattern(pattern)
    is_described = spec is None
    spec = possible_spec(spec) if spec else load_spec(model)
    load_model(model, spec)
    project = make_project(folder or free_folder(title))
    _choose(
        project,
        title=title,
        model=model,
        spec=spec,
        field=field,
        reference=reference,
        metadata=metadata or (_found_table(kept, field, reference) if find_table else None),
        pattern=pattern or None,
        is_described=is_described,
    )
    return project


def going_on(model: Path, field: Path, title: str, *, reference: Path | None) -> str | None:
    """What `create_project` would go on with instead of making a new project, in words."""
    folder = _same_project(model.expanduser().absolute(), field.expanduser().absolute(), title)
    if folder is None:
        return None
    kept = choices_of(Project(folder)).folders.get(Folder.REFERENCE)
    stays = f" It keeps its reference frames, {kept}." if kept and reference is None else ""
    return (
        "You already have a project of this name with this model and these frames. It goes on "
        f"where it was, with its reviews.{stays} For a fresh one, choose another name."
    )


def _kept(folder: Path | None, field: Path) -> Choices | None:
    """What the project in `folder` has, if there is one and it looks at the same field folder."""
    project = Project(folder.expanduser().absolute()) if folder else None
    if project is None or not project.database.is_file():
        return None
    chosen = choices_of(project)
    return chosen if chosen.folders.get(Folder.FIELD) == field else None


def _kept_reference(kept: Choices | None) -> Path | None:
    folder = kept.folders.get(Folder.REFERENCE) if kept else None
    if folder and not folder.is_dir():
        raise FolderError(
            f"This project also looks at the reference folder {folder}, which is gone. Put it "
            "back, choose another one, or give the project another name."
        )
    return folder


def _found_table(kept: Choices | None, field: Path, reference: Path | None) -> Path | None:
    csv = kept.metadata_csv if kept else None
    return csv if csv and csv.is_file() else find_metadata(field, reference)


def _same_project(model: Path, field: Path, title: str) -> Path | None:
    """The folder of a recent project of this title, model and frames, so that none piles up."""
    for project, _ in recent_projects():
        chosen = choices_of(project)
        if (
            chosen.title == title
            and chosen.model_path == model
            and chosen.folders.get(Folder.FIELD) == field
        ):
            return project.folder
    return None


def _choose(
    project: Project,
    *,
    title: str,
    model: Path,
    spec: ModelSpec,
    field: Path,
    reference: Path | None,
    metadata: Path | None,
    pattern: str | None = None,
    is_described: bool,
) -> None:
    with connect(project.database) as db:
        before = choice_store.choices(db)
    # What the doctor's advice overruled is the description beside the model, not a person's word.
    kept = adopting.kept(before, model, spec) if is_described else None
    spec = kept or spec
    wanted = {
        "title": title,
        "model_path": str(model),
        "model_spec": spec_to_json(spec),
        "model_id": model_id(model, spec),
        adopting.BEFORE: before.get(adopting.BEFORE) if kept else None,
        "field_folder": str(checked_folder(field)),
        "reference_folder": str(checked_folder(reference)) if reference else None,
        "metadata_csv": str(metadata.absolute()) if metadata else None,
        "name_pattern": pattern,
    }
    with connect(project.database) as db:
        # JSON turns tuples into lists; compare what is stored with what would be.
        if json.loads(json.dumps(wanted)) != {key: before.get(key) for key in wanted}:
            for folder, key in (
                (Folder.FIELD, "field_folder"),
                (Folder.REFERENCE, "reference_folder"),
            ):
                if before.get(key) != wanted[key]:
                    frame_store.forget_folder(db, folder)
            choice_store.choose(db, **wanted)
    remember(project)


def open_project(folder: Path) -> Project:
    """
    An existing project.

    Raises:
        ProjectError: the folder holds no project.
    """
    project = Project(folder.expanduser().absolute())
    if not project.database.is_file():
        raise ProjectError(
            f"{project.folder} holds no Fieldcheck project. Choose a folder that has a "
            f"{project.database.name} in it, or make a new project."
        )
    choices_of(project)
    keep(project)
    remember(project)
    return project


def project_to_restore(folder: Path | None) -> Project:
    """
    The project in a folder, or the last one, without a look into its database: it may be damaged.

    Raises:
        ProjectError: the folder holds no project, or none was opened yet.
    """
    if folder is None:
        return last_project()
    project = Project(folder.expanduser().absolute())
    if not project.database.is_file() and not backups(project.database):
        raise ProjectError(f"{project.folder} holds no Fieldcheck project and no backups of one.")
    return project


def last_project() -> Project:
    """
    The project opened last.

    Raises:
        ProjectError: none was opened yet.
    """
    projects = recent()
    if not projects:
        raise ProjectError("No project was opened yet. Name one with --project DIR.")
    return projects[0]


def recent_projects() -> list[tuple[Project, str]]:
    """
    Projects opened before with their titles, last one first; unreadable ones are left out.

    Projects of one title are told apart by their folder's name.
    """
    titled = []
    for project in recent():
        try:
            titled.append((project, choices_of(project).title))
        except FieldcheckError:
            continue
    shared = Counter(title for _, title in titled)
    return [
        (project, f"{title} ({project.name})" if shared[title] > 1 else title)
        for project, title in titled
    ]


def find_metadata(field: Path, reference: Path | None) -> Path | None:
    """metadata.csv in a frames folder or in the folder that holds it."""
    for folder in (field, reference, field.absolute().parent):
        if folder and (folder / "metadata.csv").is_file():
            return folder / "metadata.csv"
    return None


def checked_folder(folder: Path) -> Path:
    folder = folder.expanduser().absolute()
    if folder.is_file():
        raise FolderError(f"{folder} is a file. Choose the folder that holds the pictures.")
    if not folder.is_dir():
        raise FolderError(f"There is no folder {folder}. Check the spelling, or browse to it.")
    return folder
