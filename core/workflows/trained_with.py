"""Which damages the model was trained with, as a person marked it: they are scored apart."""

from __future__ import annotations

from collections.abc import Sequence

from core.corruptions import checked_name
from core.project import Project
from core.store import choices as choice_store
from core.store.database import connect

KEY = "trained_with"


def trained_with(project: Project) -> tuple[str, ...]:
    """Names of the corruptions marked, in the order they were marked."""
    with connect(project.database) as db:
        return tuple(choice_store.choices(db).get(KEY, ()))


def mark_trained_with(project: Project, names: Sequence[str]) -> None:
    """
    Mark exactly these corruptions.

    Raises:
        CorruptionError: a name is unknown.
    """
    wanted = [checked_name(name) for name in dict.fromkeys(names)]
    if tuple(wanted) != trained_with(project):
        with connect(project.database) as db:
            choice_store.choose(db, **{KEY: wanted})
