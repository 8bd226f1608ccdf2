"""One view for every page: the project narrowed to a saved slice or a filter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from core.errors import FieldcheckError
from core.findings.slice_rules import (
    HARD_CASE,
    is_rule_parameter,
    rule_json,
    rule_of_json,
    rule_of_query,
    rule_query,
    rule_words,
)
from core.project import Project
from core.records import SavedSlice, SliceRule
from core.workflows.saved_slices import saved_slices
from core.workflows.standing import reviewed

__all__ = [
    "HARD_CASE", "is_rule_parameter", "narrowed", "narrowed_by_text", "rule_of", "rule_of_query",
    "rule_query", "rule_words", "rules_of", "tags_of", "with_values",
    "within",
]  # fmt: skip


def narrowed(project: Project, rule: SliceRule) -> Project:
    """The project with only the field frames of a rule; the reference stays, as the yardstick."""
    return Project(project.folder, rule_json(rule))


def narrowed_by_text(project: Project, text: str) -> Project:
    """
    The project narrowed by what another narrowed project carries in `narrow`.

    Raises:
        FieldcheckError: the text is no rule.
    """
    try:
        return narrowed(project, rule_of_json(text))
    except ValueError as error:
        raise FieldcheckError(f"This filter cannot be read ({error}). Choose it again.") from error


def within(project: Project, name: str) -> Project:
    """
    The project narrowed to a saved slice.

    Raises:
        FieldcheckError: no slice of that name is kept.
    """
    found = narrowed(project, SliceRule(slices=(name,)))
    rules_of(found)
    return found


def rule_of(project: Project) -> SliceRule:
    """The rule a project is narrowed by."""
    return rule_of_json(project.narrow)


def rules_of(project: Project) -> tuple[SliceRule, ...]:
    """
    All the rules a frame must satisfy, those of the saved slices named among them.

    Raises:
        FieldcheckError: a slice named is not kept any more.
    """
    rule = rule_of(project)
    if not rule.slices:
        return (rule,)
    kept: Mapping[str, SavedSlice] = {saved.name: saved for saved in saved_slices(project.whole)}
    rules = [replace(rule, slices=())]
    for name in rule.slices:
        if name not in kept:
            raise FieldcheckError(
                f"There is no saved slice “{name}”. "
                + (f"There are: {', '.join(kept)}." if kept else "None is saved yet.")
            )
        rules += kept[name].rules
    return tuple(rules)


def tags_of(project: Project) -> dict[str, tuple[str, ...]]:
    """The tags of each picture that has any; "hard case" is one of them."""
    found = {}
    for row in reviewed(project).to_dict("records"):
        tags = (*row["tags"], *((HARD_CASE,) if row["hard_case"] else ()))
        if tags:
            found[str(row["content_hash"])] = tags
    return found


def with_values(rule: SliceRule, column: str, values: Sequence[str]) -> SliceRule:
    """The rule with other values for one column; none takes the condition away."""
    where = tuple((name, kept) for name, kept in rule.where if name != column)
    return replace(rule, where=(*where, (column, tuple(values))) if values else where)
