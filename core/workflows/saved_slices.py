"""Slices a person named: kept, listed, dropped; frozen sets of hard cases are among them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime

from core.errors import FieldcheckError
from core.findings.slice_rules import rule_json, rule_of_json
from core.project import Project
from core.records import SavedSlice, SliceRule
from core.store import saved_slices as store
from core.store.database import connect
from core.workflows.frozen_slices import frozen_slices, titled_sets

LONGEST_NAME = 60
ORIGINS = ("filter", "click", "found", "lasso")


def saved_slices(project: Project) -> list[SavedSlice]:
    """Every slice kept, oldest first, then frozen sets; one that cannot be read is left out."""
    with connect(project.database) as db:
        rows = store.saved_slices(db)
    found = []
    for row in rows:
        try:
            rules = tuple(rule_of_json(text) for text in json.loads(row["rules"]))
        except ValueError:
            continue
        made_at = datetime.fromisoformat(row["made_at"])
        found.append(SavedSlice(row["name"], rules, row["origin"], made_at))
    return [*found, *frozen_slices(project)]


def save_slice(
    project: Project, name: str, rules: Sequence[SliceRule], *, origin: str = "filter"
) -> SavedSlice:
    """
    Keep a slice under a name.

    Args:
        rules: all must hold; names of other saved slices in them are resolved to their rules now,
            so that dropping those later changes nothing here.

    Raises:
        FieldcheckError: the name is empty, too long or taken, or a slice named is not kept.
    """
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME:
        raise FieldcheckError(f"Give the slice a name of 1 to {LONGEST_NAME} letters.")
    if origin not in ORIGINS:
        raise ValueError(f"origin must be one of {ORIGINS}, got {origin!r}")
    whole = tuple(rule for rule in _resolved(project, rules) if rule != SliceRule())
    if not whole:
        raise FieldcheckError("That is every frame. Choose a filter first, then save it.")
    if name in titled_sets(project):
        raise FieldcheckError(f"“{name}” is a frozen set. Choose another name.")
    made_at = datetime.now(UTC)
    text = json.dumps([rule_json(rule) for rule in whole])
    with connect(project.database) as db:
        store.save_slice(db, name=name, rules=text, origin=origin, made_at=made_at)
    return SavedSlice(name, whole, origin, made_at)


def _resolved(project: Project, rules: Sequence[SliceRule]) -> list[SliceRule]:
    from core.workflows.narrow import narrowed, rules_of

    return [part for rule in rules for part in rules_of(narrowed(project, rule))]


def drop_slice(project: Project, name: str) -> None:
    """
    Drop a slice; its frames and reviews stay.

    Raises:
        FieldcheckError: there is no such slice, or it is a frozen set.
    """
    if name in titled_sets(project):
        raise FieldcheckError(f"“{name}” is frozen: it stays, so that it can be compared with.")
    with connect(project.database) as db:
        if not store.drop_slice(db, name=name, dropped_at=datetime.now(UTC)):
            raise FieldcheckError(f"There is no saved slice “{name}”.")
