"""
The "poison" hold-out: a damaged, labelled test set that nothing may be fitted on.

On screen it is the locked test set.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from core.errors import HoldoutError
from core.exports import holdout as folders
from core.exports.holdout_recipe import Recipe, parse_recipe
from core.findings import holdout_words as words
from core.project import Project
from core.records import Folder, ProgressCallback, State, Statement, StopCallback
from core.workflows.choices import choices_of
from core.workflows.holdout_locks import (
    check_name_free,
    holdout_line,
    holdouts,
    lock,
    name_here,
    stored,
    unlock,
)
from core.workflows.holdout_make import Made, make
from core.workflows.holdout_plan import (
    Asked,
    ask,
    asked_json,
    is_same_wish,
    parse_share,
    planned,
    share_title,
    usual_name,
)
from core.workflows.reserved import locked_by
from core.workflows.scoring import PhaseCallback

__all__ = [
    "SHARES", "UNLOCK_WARNING", "Asked", "Holdout", "ask", "holdout_json", "holdout_line",
    "holdouts", "parse_share", "rebuild_holdout", "rebuilt", "rebuilt_lines", "run", "share_title",
    "unlock", "usual_name", "with_share", "write_holdout", "written_lines",
]  # fmt: skip

HOLDOUTS = "holdouts"
"""The folder in the project's where they go."""

SHARES = (0.05, 0.1, 0.2, 0.3)
"""Shares of the labelled frames a page offers."""

UNLOCK_WARNING = words.UNLOCK_WARNING


@dataclass(frozen=True)
class Holdout:
    """A hold-out as it is on disk now, and what it locks in this project."""

    name: str
    path: Path
    made: Made
    locked: dict[Folder, int]

    @property
    def sentence(self) -> str:
        """What was written, or how far it is."""
        recipe = self.made.recipe
        if not self.made.is_finished:
            return words.unfinished_words(self.name, len(recipe.pictures), self.made.planned)
        return words.written_words(
            self.name,
            str(self.path),
            pictures=len(recipe.pictures),
            of=int(recipe.asked["of"]),
            clips=_clips(recipe),
            folder=str(recipe.asked["folder"]),
        )


def write_holdout(
    project: Project,
    asked: Asked,
    *,
    name: str | None = None,
    out: Path | None = None,
    on_progress: ProgressCallback = lambda done, total: None,
    should_stop: StopCallback = lambda: False,
) -> Holdout:
    """
    Choose, lock, damage and write; one that was begun goes on, a whole one is checked and mended.

    The frames are locked before the first picture is written.

    Args:
        name: None takes the name of `out`, or makes one of folder, share and seed, with a number
            if another test set has it.
        out: None is holdouts/NAME in the project's folder.

    Raises:
        DiskError: what was written is kept; asking again goes on there.
        HoldoutError: nothing can be chosen, or the folder or the name is taken.
    """
    name = _checked_name(name or (out.name if out else _free_name(project, asked)))
    path = _checked_place(project, out or project.folder / HOLDOUTS / name)
    there = folders.found_in(path)
    recipe = there[0] if there else planned(project, asked, name)
    if there and not _is_asked_for(recipe, asked, name):
        raise _taken(path, recipe)
    check_name_free(project, name, recipe)
    if there is None:
        folders.begin(path, recipe)
    lock(project, recipe, name=name, path=path)
    made = make(
        project, recipe, name=name, path=path, on_progress=on_progress, should_stop=should_stop
    )
    return Holdout(name, path, made, locked_by(project, name))


def rebuild_holdout(
    project: Project,
    recipe_file: Path,
    *,
    out: Path,
    on_progress: ProgressCallback = lambda done, total: None,
    should_stop: StopCallback = lambda: False,
) -> Holdout:
    """
    Make a hold-out again from its recipe and compare every file with it; locks its frames here.

    Raises:
        DiskError, HoldoutError: as write_holdout, or the recipe cannot be read.
    """
    try:
        recipe = parse_recipe(recipe_file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise HoldoutError(f"{recipe_file} cannot be read ({error}). Check the path.") from error
    path = _checked_place(project, out)
    there = folders.found_in(path)
    if there and (there[0].name, there[0].identity) != (recipe.name, recipe.identity):
        raise _taken(path, there[0])
    if there is None:
        folders.begin(path, recipe)
    name = name_here(project, recipe)
    lock(project, recipe, name=name, path=path, is_copy=True)
    made = make(
        project, recipe, name=name, path=path, on_progress=on_progress, should_stop=should_stop
    )
    return Holdout(name, path, made, locked_by(project, name))


def with_share(asked: Asked, share: float) -> Asked:
    """The same wish for another share."""
    return replace(asked, share=parse_share(f"{share:g}"))


def run(
    project: Project,
    asked: Asked,
    on_phase: PhaseCallback,
    on_progress: ProgressCallback,
    should_stop: StopCallback,
) -> Holdout:
    """`write_holdout` as a job beside the pages."""
    on_phase("Writing the locked test set")
    return write_holdout(project, asked, on_progress=on_progress, should_stop=should_stop)


def _free_name(project: Project, asked: Asked) -> str:
    """The usual name if it is free or already stands for the same wish; else with a number."""
    name, number = usual_name(asked), 2
    while not _is_free(project, asked, name):
        name, number = f"{usual_name(asked)}-{number}", number + 1
    return name


def _is_free(project: Project, asked: Asked, name: str) -> bool:
    known = stored(project, name)
    if known and known["unlocked_at"]:
        return False
    try:
        there = folders.found_in(project.folder / HOLDOUTS / name)
    except HoldoutError:
        return False
    if there:
        return _is_asked_for(there[0], asked, name)
    return known is None or known["identity"] == planned(project, asked, name).identity


def _is_asked_for(recipe: Recipe, asked: Asked, name: str) -> bool:
    return recipe.name == name and is_same_wish(recipe.asked, asked_json(asked, of=0))


def _taken(path: Path, recipe: Recipe) -> HoldoutError:
    return HoldoutError(
        f"{path} holds another test set, “{recipe.name}”, and nothing there is overwritten. "
        "Choose another --name, or an empty folder with --out."
    )


def _checked_name(name: str) -> str:
    if not name.strip() or name[0] in ". " or set(name) & set('/\\:*?"<>|\n'):
        raise HoldoutError(f"'{name}' cannot name a folder. Use letters, digits and dashes.")
    return name


def _checked_place(project: Project, path: Path) -> Path:
    path = path.expanduser().absolute()
    for folder, root in choices_of(project).folders.items():
        if path.resolve().is_relative_to(root.resolve()):
            raise HoldoutError(
                f"{path} lies in the {folder.value} folder, where its pictures would count as "
                f"{folder.value} frames. Choose a folder elsewhere with --out."
            )
    return path


def holdout_json(found: Holdout) -> dict[str, Any]:
    """What `fieldcheck stress --write-holdout --json` and `--rebuild-holdout --json` print."""
    recipe = found.made.recipe
    counts = pd.Series([picture.label for picture in recipe.pictures], dtype="str").value_counts()
    return {
        "name": found.name,
        "path": str(found.path),
        "is_finished": found.made.is_finished,
        "pictures": len(recipe.pictures),
        "planned": found.made.planned,
        "same": found.made.same,
        "of": int(recipe.asked["of"]),
        "clips": _clips(recipe),
        "labels": {str(label): int(n) for label, n in counts.sort_index().items()},
        "locked": {folder.value: count for folder, count in found.locked.items()},
        "problems": [asdict(problem) for problem in found.made.problems],
    }


def written_lines(found: Holdout) -> list[str]:
    """A written hold-out in words."""
    return [
        found.sentence,
        words.locked_words(found.locked),
        *(f"Left out: {problem.file}: {problem.reason}" for problem in found.made.problems),
    ]


def rebuilt(found: Holdout) -> Statement:
    """Whether the rebuilt hold-out is the recipe's, byte for byte."""
    made = found.made
    if not made.is_finished and not made.problems:
        return Statement(found.sentence, "Nothing differs so far.", State.NOT_ENOUGH)
    return words.rebuilt_statement(made.same, made.planned, len(made.problems), str(found.path))


def rebuilt_lines(found: Holdout) -> list[str]:
    """A rebuilt hold-out in words, with every file that is not the recipe's."""
    said = rebuilt(found)
    return [
        f"{said.headline} {said.next_step}",
        *(f"Differs: {problem.file}: {problem.reason}" for problem in found.made.problems),
        words.locked_words(found.locked),
    ]


def _clips(recipe: Recipe) -> int:
    return len({picture.clip for picture in recipe.pictures})
