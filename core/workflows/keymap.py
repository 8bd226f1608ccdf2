"""Which key does what in review: the acts, the classes, and how a project changes either."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from core.errors import DiskError, ReviewError
from core.project import Project
from core.store import choices as choice_store
from core.store.database import begin, connect
from core.store.reviews import class_uses, newest_review
from core.workflows.choices import choices_of

ACTS: dict[str, tuple[str, str]] = {
    "agree": ("Agree", "a"),
    "unsure": ("Unclear: wrong, or nobody can tell", "x"),
    "skip": ("Skip", "space"),
    "undo": ("Undo", "backspace"),
    "hard_case": ("Hard case", "f"),
    "tag": ("Tag", "t"),
    "note": ("Note", "n"),
    "find": ("Class by name", "c"),
    "back": ("Back, deciding nothing", "arrowleft"),
    "forward": ("Forward, deciding nothing", "arrowright"),
    "zoom": ("Zoom", "z"),
    "model": ("What the model sees", "b"),
    "card": ("Keys", "h"),
}
"""Act: what it is called, and its key until a person chooses another."""

LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz")
NAMED = frozenset(
    {
        "space", "backspace", "delete", "insert", "home", "end", "pageup", "pagedown",
        "arrowleft", "arrowright", "arrowup", "arrowdown",
    }
)  # fmt: skip
PLACES = tuple(f"{shift}{digit}" for shift in ("", "shift+") for digit in "1234567890")
"""The keys of the first twenty classes, in order."""

LEARN_AFTER = 50  # labels given by people: ours; a rare class has then been used once or twice
SITTING = timedelta(minutes=30)  # ours; keys never move while somebody decides
STORED = "keymap"


@dataclass(frozen=True)
class Keymap:
    """Which key does what in one project."""

    acts: dict[str, str]  # act: key, every one of ACTS
    classes: tuple[str, ...]  # in the order of their keys
    letters: dict[str, str]  # class: a letter of its own instead of its digit
    is_learnt: bool  # the order is stored and moves no more by itself
    is_changed: bool  # a person chose a key or the order
    is_new: bool = False  # it was learnt by this very look, and some class moved


def keymap(project: Project, *, now: datetime | None = None) -> Keymap:
    """
    The project's keys; the order of the classes is learnt here, once, between two sittings.

    Args:
        now: the time, UTC; the present if None.
    """
    stored, classes = _stored(project), _classes(project)
    if "order" not in stored and _is_due(project, now or datetime.now(UTC)):
        before = _keymap(stored, classes).classes
        try:
            stored = _learn(project, classes, is_again=False)
        except DiskError:  # a project that may only be looked at keeps the model's order
            return _keymap(stored, classes)
        learnt = _keymap(stored, classes)
        return replace(learnt, is_new=learnt.classes != before)
    return _keymap(stored, classes)


def change(project: Project, asked: Mapping[str, Any]) -> Keymap:
    """
    Make one change to the project's keys and commit it.

    Args:
        asked: {"act", "key"}: an act's key, None for its usual one;
            {"label", "key"}: a class's key, a digit's place (see PLACES, it changes places with
            the class there), a letter, or None for its digit;
            {"learn": True}: the order of the classes by use, as it is now;
            {"reset": True}: every key as it was at first, the order by the model.

    Raises:
        ReviewError: the key is taken or cannot be used, or there is no such act or class.
        DiskError: nothing was stored.
    """
    classes = _classes(project)
    if asked.get("learn") is True:
        return _keymap(_learn(project, classes, is_again=True), classes)
    with connect(project.database) as db:
        begin(db)
        try:
            stored = _changed(choice_store.choices(db).get(STORED) or {}, asked, classes)
            choice_store.note(db, **{STORED: stored})
            db.execute("COMMIT")
        except BaseException:
            db.rollback()
            raise
    return _keymap(stored, classes)


def keymap_json(found: Keymap) -> dict[str, Any]:
    """The keys as data for the review components."""
    titles = {act: {"title": title, "usual": usual} for act, (title, usual) in ACTS.items()}
    return {
        "acts": {act: {**titles[act], "key": key} for act, key in found.acts.items()},
        "letters": found.letters,
        "is_learnt": found.is_learnt,
        "is_changed": found.is_changed,
        "is_new": found.is_new,
    }


def spoken(key: str) -> str:
    """A key as a person calls it: "M", "Space", "Shift+3"."""
    names = {
        "arrowleft": "←", "arrowright": "→", "arrowup": "↑", "arrowdown": "↓",
        "pageup": "Page up", "pagedown": "Page down",
    }  # fmt: skip
    return names.get(key, key[:1].upper() + key[1:])


# ---- the stored form: {"acts": {act: key}, "letters": {class: key}, "order": [class, ...]} -------


def _stored(project: Project) -> dict[str, Any]:
    with connect(project.database) as db:
        return choice_store.choices(db).get(STORED) or {}


def _classes(project: Project) -> tuple[str, ...]:
    spec = choices_of(project).spec
    return tuple(spec.classes) if spec else ()


def _keymap(stored: dict[str, Any], classes: tuple[str, ...]) -> Keymap:
    """Another model's classes keep their keys where they have the same name; new ones follow."""
    own = {act: key for act, key in stored.get("acts", {}).items() if act in ACTS}
    acts = {act: own.get(act, usual) for act, (_, usual) in ACTS.items()}
    known = set(classes)
    letters = {name: key for name, key in stored.get("letters", {}).items() if name in known}
    order = [name for name in stored.get("order", ()) if name in known]
    placed = set(order)
    order += [name for name in classes if name not in placed]
    is_changed = bool(own or letters or stored.get("is_own_order"))
    return Keymap(acts, tuple(order), letters, "order" in stored, is_changed)


def _is_due(project: Project, now: datetime) -> bool:
    with connect(project.database) as db:
        newest = newest_review(db)
        if newest is None or now - newest < SITTING:
            return False
        return sum(class_uses(db).values()) >= LEARN_AFTER


def _learn(project: Project, classes: tuple[str, ...], *, is_again: bool) -> dict[str, Any]:
    """Store the order by use, most used first; of two learners at once the first one's stays."""
    with connect(project.database) as db:
        begin(db)
        try:
            stored = choice_store.choices(db).get(STORED) or {}
            if is_again or "order" not in stored:
                stored = {**stored, "order": by_use(classes, class_uses(db))}
                stored.pop("is_own_order", None)
                choice_store.note(db, **{STORED: stored})
            db.execute("COMMIT")
        except BaseException:
            db.rollback()
            raise
    return stored


def by_use(classes: Iterable[str], uses: Mapping[str, int]) -> list[str]:
    """Classes by how often people gave them, most used first; ties as the model has them."""
    return sorted(classes, key=lambda name: -Counter(uses)[name])


def _changed(
    stored: dict[str, Any], asked: Mapping[str, Any], classes: tuple[str, ...]
) -> dict[str, Any]:
    if asked.get("reset") is True:
        # The order stays stored: the model's, so that it is not learnt again unasked.
        return {"order": list(classes)} if "order" in stored else {}
    key = asked.get("key")
    key = None if key is None else str(key).lower()
    if asked.get("act") in ACTS:
        return _with_act(stored, str(asked["act"]), key, classes)
    if asked.get("label") in classes:
        return _with_class(stored, str(asked["label"]), key, classes)
    raise ReviewError("This change of keys cannot be read. Nothing was changed; reload the page.")


def _with_act(
    stored: dict[str, Any], act: str, key: str | None, classes: tuple[str, ...]
) -> dict[str, Any]:
    now = _keymap(stored, classes)
    key = ACTS[act][1] if key is None else key
    _check_free(now, key, but=act)
    if key not in LETTERS | NAMED:
        raise ReviewError(
            f"{spoken(key)} cannot be used here. Choose a letter, Space, an arrow, or one of "
            "Backspace, Delete, Insert, Home, End and the page keys; digits name classes."
        )
    own = {**stored.get("acts", {}), act: key}
    return {**stored, "acts": {one: its for one, its in own.items() if its != ACTS[one][1]}}


def _with_class(
    stored: dict[str, Any], label: str, key: str | None, classes: tuple[str, ...]
) -> dict[str, Any]:
    now = _keymap(stored, classes)
    letters = {name: its for name, its in now.letters.items() if name != label}
    if key is None:
        return {**stored, "letters": letters}
    if key in PLACES:
        order, place = list(now.classes), PLACES.index(key)
        if place >= len(order):
            raise ReviewError(
                f"There are {len(order)} classes, so {spoken(key)} is not used. Choose a digit "
                "that is, or a letter."
            )
        here = order.index(label)
        order[here], order[place] = order[place], order[here]
        return {**stored, "letters": letters, "order": order, "is_own_order": True}
    if key not in LETTERS:
        raise ReviewError(f"{spoken(key)} cannot name a class. Choose a digit or a letter.")
    _check_free(now, key, but=label)
    return {**stored, "letters": {**letters, label: key}}


def _check_free(now: Keymap, key: str, *, but: str) -> None:
    taken = {its: ACTS[act][0] for act, its in now.acts.items() if act != but}
    taken |= {its: name for name, its in now.letters.items() if name != but}
    if key in taken:
        raise ReviewError(
            f"{spoken(key)} is the key of “{taken[key]}”. Choose another one, or first give "
            f"“{taken[key]}” another key."
        )
