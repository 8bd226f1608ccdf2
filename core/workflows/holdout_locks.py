"""Locking the frames behind a hold-out, and giving them free on purpose."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from core.errors import HoldoutError
from core.exports.holdout_recipe import Recipe
from core.findings import holdout_words as words
from core.findings.statements import count_of
from core.project import Project
from core.records import Folder
from core.store import reserved as reserved_store
from core.store.database import connect
from core.workflows.reserved import locked_by
from core.workflows.scores import scores


def lock(project: Project, recipe: Recipe, *, name: str, path: Path, is_copy: bool = False) -> None:
    """
    Reserve the originals and the frames of their clips, as they are now.

    Args:
        is_copy: another copy is written; the place that is known already stays the known one.
    """
    frames = scores(project).frames
    originals = {picture.content_hash for picture in recipe.pictures}
    clips = frames.loc[frames["content_hash"].isin(originals), "clip"]
    looks = frames[frames["clip"].isin(clips) | frames["content_hash"].isin(originals)]
    rows: list[reserved_store.Reserved] = [
        (digest, "original" if digest in originals else "clip", look)
        for digest, look in zip(looks["content_hash"], looks["picture_hash"], strict=True)
    ]
    rows += [(digest, "original", None) for digest in sorted(originals - set(frames.content_hash))]
    inside = path.is_relative_to(project.folder)  # a project's folder may be moved
    place = path.relative_to(project.folder).as_posix() if inside else str(path)
    with connect(project.database) as db:
        reserved_store.lock_holdout(
            db,
            name=name,
            path=place,
            identity=recipe.identity,
            pictures=len(recipe.pictures),
            rows=rows,
            is_copy=is_copy,
        )


def unlock(project: Project, name: str) -> str:
    """
    Give the frames of a hold-out free, for good; its pictures stay on disk.

    Raises:
        HoldoutError: there is none of that name, or it is unlocked already.
    """
    known = {row["name"]: row for row in holdouts(project)}
    if name not in known:
        listed = ", ".join(known) or "none"
        raise HoldoutError(f"There is no test set '{name}'. There are: {listed}.")
    if known[name]["unlocked_at"]:
        raise HoldoutError(words.unlocked_words(name, known[name]["unlocked_at"]))
    with connect(project.database) as db:
        reserved_store.unlock_holdout(db, name)
    return f"“{name}” is unlocked. {words.UNLOCK_WARNING}"


def holdouts(project: Project) -> list[dict[str, Any]]:
    """name, path, pictures, locked_at, finished_at, unlocked_at and what each locks now."""
    with connect(project.database) as db:
        rows = reserved_store.load_holdouts(db)
    return [
        {
            **{key: value for key, value in row.items() if key != "identity"},
            "path": str(project.folder / row["path"]),
            "locked": {folder.value: n for folder, n in locked_by(project, row["name"]).items()},
        }
        for row in rows
    ]


def holdout_line(row: dict[str, Any]) -> str:
    """One hold-out of `holdouts` in words."""
    if row["unlocked_at"]:
        return words.unlocked_words(row["name"], row["unlocked_at"])
    where = f"“{row['name']}”: {count_of(row['pictures'], 'picture')} in {row['path']}."
    if not row["finished_at"]:
        where = f"“{row['name']}” is not finished. Ask for the same again; it goes on there."
    return f"{where} {words.locked_words({Folder(f): n for f, n in row['locked'].items()})}"


def check_name_free(project: Project, name: str, recipe: Recipe) -> None:
    """
    That a recipe may be locked under a name.

    Raises:
        HoldoutError: the name was unlocked, or locks other frames.
    """
    row = stored(project, name)
    if row is None:
        return
    if row["unlocked_at"]:
        raise HoldoutError(
            f"{words.unlocked_words(name, row['unlocked_at'])} Write another, with another --seed "
            "or --name."
        )
    if row["identity"] != recipe.identity:
        raise HoldoutError(
            f"A test set called “{name}” is locked already, and other frames or damages are asked "
            "for now. Give another --name."
        )


def name_here(project: Project, recipe: Recipe) -> str:
    """The recipe's name, or with a number where this project has another hold-out of that name."""
    name, number = recipe.name, 2
    while (row := stored(project, name)) and row["identity"] != recipe.identity:
        name, number = f"{recipe.name}-{number}", number + 1
    return name


def stored(project: Project, name: str) -> dict[str, Any] | None:
    """What the project knows of a hold-out of that name."""
    with connect(project.database) as db:
        rows = reserved_store.load_holdouts(db)
    return next((row for row in rows if row["name"] == name), None)
