"""Where projects live: a folder with one SQLite file, found again through a list of recent ones."""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_data_path

from core.errors import DiskError, ProjectError

DATABASE = "fieldcheck.db"
SAMPLE = "sample"


@dataclass(frozen=True, slots=True)
class Project:
    """
    A folder that holds one database and whatever Fieldcheck writes for it.

    Narrowed, it is the same project of which only some field frames are seen: every verb then
    works on those, and nothing but the reading of frames has to know.
    """

    folder: Path
    narrow: str = ""  # a slice rule as JSON (core.workflows.narrow); empty: every frame

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.folder / DATABASE

    @property
    def whole(self) -> Project:
        """The project with every frame."""
        return Project(self.folder) if self.narrow else self

    @property
    def name(self) -> str:
        """The folder's name, for titles."""
        return self.folder.name


def home() -> Path:
    """The user's data folder for Fieldcheck; FIELDCHECK_HOME overrides it."""
    override = os.environ.get("FIELDCHECK_HOME")
    return Path(override) if override else user_data_path("fieldcheck", appauthor=False)


def make_project(folder: Path) -> Project:
    """
    The project in `folder`, made if missing.

    Raises:
        DiskError: the folder cannot be made.
        ProjectError: there is a file of that name.
    """
    folder = folder.expanduser().absolute()
    if folder.is_file():
        raise ProjectError(f"{folder} is a file. Choose a folder for the project.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DiskError(
            f"The project folder {folder} cannot be made ({error.strerror}). "
            "Choose a folder you may write to."
        ) from error
    return Project(folder)


def free_folder(name: str) -> Path:
    """A folder in the user's data folder for a new project called `name`, not yet taken."""
    stem = re.sub(r"[^\w-]+", "-", name).strip("-").lower() or "project"
    taken = home() / "projects"
    candidate, number = taken / stem, 2
    while candidate.exists():
        candidate, number = taken / f"{stem}-{number}", number + 1
    return candidate


def remember(project: Project) -> None:
    """Put the project first in the list of recent ones; a read-only home is no reason to fail."""
    folders = [str(project.folder), *(str(p.folder) for p in recent() if p != project.whole)]
    try:
        home().mkdir(parents=True, exist_ok=True)
        draft = home() / f"recent.{os.getpid()}.json"
        draft.write_text(json.dumps(folders[:12], indent=1), encoding="utf-8")
        draft.replace(home() / "recent.json")
    except OSError:
        return


def recent() -> list[Project]:
    """Projects opened before that still exist, last one first."""
    try:
        folders = json.loads((home() / "recent.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    projects = [Project(Path(folder)) for folder in folders if isinstance(folder, str)]
    return [project for project in projects if project.database.is_file()]
