"""The failure modes hard cases are gathered for: a list a person edits, kept in the project."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from typing import Any

from core.errors import FieldcheckError
from core.findings.slice_rules import HARD_CASE
from core.project import Project
from core.records import FailureMode
from core.store import choices as choice_store
from core.store.database import begin, connect

LONGEST_NAME = 60
LONGEST_ABOUT = 200
LEAST, MOST = 10, 10_000
"""Frames a target may be; 200 to 500 are usual."""

TARGET = 200

DEFAULTS = (
    FailureMode("dusk", "too little light: evening, night, a lamp out", TARGET),
    FailureMode("glare", "sun or a lamp shines in, parts are washed out", TARGET),
    FailureMode("rain", "rain, snow or fog before the lens", TARGET),
    FailureMode("dirty lens", "drops, dust or fingerprints on the lens", TARGET),
    FailureMode("motion blur", "it or the camera moved", TARGET),
    FailureMode("occluded", "something stands in front of it", TARGET),
    FailureMode("cut off", "only a part of it is in the picture", TARGET),
    FailureMode("too small", "too far away to be seen well", TARGET),
    FailureMode("look-alike", "it looks like another class", TARGET),
    FailureMode("new camera", "a camera or a place not seen before", TARGET),
)

Modes = list[FailureMode]


def modes(project: Project) -> Modes:
    """The project's failure modes, in its order; those we begin with while nothing was changed."""
    with connect(project.database) as db:
        return _read(choice_store.choices(db).get("failure_modes"))


def mode_of(project: Project, name: str) -> FailureMode:
    """
    One mode by its name.

    Raises:
        FieldcheckError: there is none of that name.
    """
    return _find(modes(project), name)


def add_mode(project: Project, name: str, *, about: str = "", target: int = TARGET) -> FailureMode:
    """
    One more mode, last in the list.

    Raises:
        FieldcheckError: the name is empty, too long or taken, or the target out of range.
    """
    new = FailureMode(_name(name), _about(about), _target(target))

    def change(kept: Modes) -> Modes:
        _check_free(new.name, kept)
        return [*kept, new]

    _edit(project, change)
    return new


def change_mode(
    project: Project, name: str, *, new_name: str, about: str, target: int
) -> FailureMode:
    """
    Rename, describe and aim anew. Frames tagged with an earlier name go on counting.

    Raises:
        FieldcheckError: as `add_mode`, or there is no such mode.
    """
    wanted, said, aim = _name(new_name), _about(about), _target(target)
    changed: Modes = []

    def change(kept: Modes) -> Modes:
        old = _find(kept, name)
        _check_free(wanted, [mode for mode in kept if mode != old])
        also = tuple(one for one in (*old.also, old.name) if folded(one) != folded(wanted))
        new = FailureMode(wanted, said, aim, tuple(dict.fromkeys(also)))
        changed.append(new)
        return [new if mode == old else mode for mode in kept]

    _edit(project, change)
    return changed[0]


def drop_mode(project: Project, name: str) -> None:
    """
    Leave a mode out of the list; the tags on its frames stay.

    Raises:
        FieldcheckError: there is no such mode.
    """

    def change(kept: Modes) -> Modes:
        old = _find(kept, name)
        return [mode for mode in kept if mode != old]

    _edit(project, change)


def mode_names(project: Project) -> list[str]:
    """The names to offer where a tag is typed."""
    return [mode.name for mode in modes(project)]


def folded(tag: str) -> str:
    """A tag as modes compare it: blanks and capitals make no difference."""
    return " ".join(tag.split()).casefold()


def names_of(mode: FailureMode) -> frozenset[str]:
    """Every name a mode's frames may be tagged with, folded."""
    return frozenset(folded(name) for name in (mode.name, *mode.also))


def checked_name(name: str, what: str) -> str:
    """
    A name without blanks too many.

    Raises:
        FieldcheckError: it is empty, too long, or holds what is no letter to be seen.
    """
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME:
        raise FieldcheckError(f"Give the {what} a name of 1 to {LONGEST_NAME} letters.")
    if any(ord(letter) < 32 or 0xD800 <= ord(letter) <= 0xDFFF for letter in name):
        raise FieldcheckError(f"The name of the {what} holds a sign that cannot be shown.")
    return name


def _name(name: str) -> str:
    name = checked_name(name, "failure mode")
    if folded(name) == folded(HARD_CASE):
        raise FieldcheckError("“hard case” says that a frame is hard, not why. Say what makes it.")
    return name


def _about(about: str) -> str:
    about = " ".join(about.split())
    if len(about) > LONGEST_ABOUT:
        raise FieldcheckError(f"Describe it in {LONGEST_ABOUT} letters; this has {len(about):,}.")
    try:
        about.encode()
    except UnicodeEncodeError as error:
        raise FieldcheckError("The description holds half a letter.") from error
    return about


def _target(target: int) -> int:
    if not LEAST <= target <= MOST:
        raise FieldcheckError(
            f"A target lies between {LEAST} and {MOST:,} frames, but {target:,} was given. 200 to "
            "500 are usual."
        )
    return int(target)


def _check_free(name: str, kept: Sequence[FailureMode]) -> None:
    for mode in kept:
        if folded(name) == folded(mode.name):
            raise FieldcheckError(f"There is a failure mode “{mode.name}” already.")
        if folded(name) in names_of(mode):
            raise FieldcheckError(
                f"“{mode.name}” was called “{name}” before, and frames tagged so count for it."
            )


def _find(kept: Sequence[FailureMode], name: str) -> FailureMode:
    for mode in kept:
        if folded(name) == folded(mode.name):
            return mode
    raise FieldcheckError(
        f"There is no failure mode “{name[:LONGEST_NAME]}”. There are: "
        f"{', '.join(mode.name for mode in kept) or 'none'}."
    )


def _edit(project: Project, change: Callable[[Modes], Modes]) -> None:
    """Read, change and store in one transaction, so that two windows lose nothing."""
    with connect(project.database) as db:
        begin(db)
        try:
            kept = change(_read(choice_store.choices(db).get("failure_modes")))
            choice_store.note(db, failure_modes=[asdict(mode) for mode in kept])
            db.execute("COMMIT")
        except BaseException:
            db.rollback()
            raise


def _read(stored: Any) -> Modes:
    if stored is None:
        return list(DEFAULTS)
    return [replace(FailureMode(**one), also=tuple(one["also"])) for one in stored]
