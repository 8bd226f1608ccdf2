"""What the model was trained on, if the person has a list of it: a table, or class folders."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import pandas as pd

from core.errors import FolderError, MetadataError
from core.frames.columns import camera_column, label_column
from core.frames.csv_rows import read_csv_rows
from core.frames.listing import picture_paths
from core.project import Project
from core.store import choices as choice_store
from core.store.database import connect

CHOICE = "training_list"


def set_training_list(project: Project, path: Path | None) -> None:
    """
    Remember a project's training list; None forgets it.

    Raises:
        MetadataError, FolderError: it cannot be read, or names no classes.
    """
    chosen = path.expanduser().absolute() if path else None
    if chosen is not None:
        _read(chosen, _stamp(chosen))
    if chosen != training_path(project):
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
    return _folders(path) if path.is_dir() else _table(path)


def _table(path: Path) -> pd.DataFrame:
    header, *lines = [cells for _, cells in read_csv_rows(path).rows]
    names = [name or f"column {number}" for number, name in enumerate(header, 1)]
    width = len(names)
    table = pd.DataFrame(
        [[*cells[:width], *[""] * (width - len(cells))] for cells in lines],
        columns=names,
        dtype=str,
    )
    table = table.loc[:, ~table.columns.duplicated()]
    label = label_column(table)
    if label is None:
        raise MetadataError(
            f"{path.name} has no column of labels; it has {', '.join(names[:8])}. "
            "Name the one with the classes 'label'."
        )
    new = {label: "label"}
    camera = camera_column(table)
    if camera and camera != label:
        new[camera] = "camera"
    others = [name for name in ("label", "camera") if name in table and name not in new]
    table = table.drop(columns=others).rename(columns=new)
    return table[table["label"] != ""].reset_index(drop=True)


def _folders(path: Path) -> pd.DataFrame:
    parts = [picture.split("/") for picture in picture_paths(path)]
    labels = [folders[-2] for folders in parts if len(folders) > 1]
    if not labels:
        raise FolderError(
            f"{path} has no pictures in class folders. It should look like Hammer/0001.jpg, or be "
            "a table with a column 'label'."
        )
    return pd.DataFrame({"label": labels}, dtype=str)
