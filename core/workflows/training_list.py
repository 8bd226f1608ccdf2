"""What the model was trained on, if the person has a list: a table, or class folders."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import pandas as pd

from core.errors import FolderError, MetadataError
from core.frames.columns import is_picture_name
from core.frames.metadata import read_metadata
from core.project import Project
from core.store import choices as choice_store
from core.store.database import connect

CHOICE = "training_list"


def set_training_list(project: Project, path: Path | None) -> None:
    """
    Remember the training list of a project; None forgets it.

    Raises:
        MetadataError, FolderError: it cannot be read, or names no classes.
    """
    chosen = path.expanduser().absolute() if path else None
    if chosen is not None:
        _read(chosen, _stamp(chosen))
    with connect(project.database) as db:
        choice_store.choose(db, **{CHOICE: str(chosen) if chosen else None})


def training_path(project: Project) -> Path | None:
    """Where the training list lies."""
    with connect(project.database) as db:
        text = choice_store.choices(db).get(CHOICE)
    return Path(text) if text else None


def training_list(project: Project) -> pd.DataFrame | None:
    """
    label and any other columns, one row a training picture; None without a list.

    Raises:
        MetadataError, FolderError: it is gone or cannot be read any more.
    """
    path = training_path(project)
    return None if path is None else _read(path, _stamp(path))


def _stamp(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError as error:
        raise FolderError(f"There is nothing at {path}. Check the spelling.") from error


@lru_cache(maxsize=4)
def _read(path: Path, _modified_ns: int) -> pd.DataFrame:
    if path.is_dir():
        return _folders(path)
    table = read_metadata(path)
    if table.label is None:
        raise MetadataError(f"{path.name} has no column of labels. Name one “label”.")
    frame = table.frame.rename(columns={table.label: "label"})
    if table.camera and table.camera != "camera":
        frame = frame.rename(columns={table.camera: "camera"})
    return frame[frame["label"].astype(str).str.strip() != ""].reset_index(drop=True)


def _folders(path: Path) -> pd.DataFrame:
    labels = [
        file.parent.name
        for file in sorted(path.glob("*/**/*"))
        if is_picture_name(file.name) and file.is_file()
    ]
    if not labels:
        raise FolderError(f"{path} has no pictures in class folders.")
    return pd.DataFrame({"label": labels})
