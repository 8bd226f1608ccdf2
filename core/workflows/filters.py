"""What the frames can be narrowed by: columns with their values, tags, days, saved slices."""

from __future__ import annotations

from dataclasses import dataclass

from core.findings.cells import values_of
from core.findings.slice_rules import rule_words
from core.findings.statements import count_of
from core.project import Project
from core.records import Folder, SliceRule
from core.workflows.kept import kept_beside
from core.workflows.narrow import narrowed, tags_of
from core.workflows.saved_slices import saved_slices
from core.workflows.scores import Scores, scores
from core.workflows.slices import MOST_VALUES, columns, title_of

__all__ = ["Filters", "answer_title", "describe", "filters_of", "shown", "tags"]


@dataclass(frozen=True)
class Filters:
    """Everything a person can choose from."""

    values: dict[str, list[str]]  # of each column, as slices name them
    days: tuple[str, str] | None  # first and last ISO date, if frames have times
    slices: list[str]  # names, oldest first
    frames: int  # field frames in all


def filters_of(project: Project) -> Filters:
    """What there is to choose from in the whole project."""
    whole = project.whole
    found = scores(whole)
    offered = {"label": "", "answer": "", "camera": "", **columns(whole)}
    names = [saved.name for saved in saved_slices(whole)]
    return Filters(
        {name: list(values) for name, values in _values(found, tuple(offered)).items()},
        _days(found),
        names,
        len(found.of(Folder.FIELD)),
    )


def tags(project: Project) -> list[str]:
    """Every tag in use; reads all reviews, so only when a person is about to choose."""
    return sorted({tag for kept in tags_of(project.whole).values() for tag in kept})


@kept_beside(most=4)
def _values(found: Scores, names: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    frames = found.of(Folder.FIELD)
    offered = {name: values_of(frames[name])[1] for name in names if name in frames}
    # classes may be many, and are typed to be found; other columns of many values name frames
    return {
        name: tuple(values)
        for name, values in offered.items()
        if len(values) > 1 and (len(values) <= MOST_VALUES or name in ("label", "answer"))
    }


@kept_beside(most=4)
def _days(found: Scores) -> tuple[str, str] | None:
    days = found.of(Folder.FIELD)["taken_at"].dropna()
    if days.empty:
        return None
    return f"{days.min():%Y-%m-%d}", f"{days.max():%Y-%m-%d}"


def answer_title(column: str) -> str:
    """A column's name in filters, where the answer can be chosen too."""
    return "Answer" if column == "answer" else title_of(column)


def shown(project: Project, rule: SliceRule) -> int:
    """How many field frames a rule leaves."""
    return len(scores(narrowed(project, rule)).of(Folder.FIELD))


def describe(project: Project, rule: SliceRule) -> str:
    """ "camera cam3, light night: 41 of 918 frames"."""
    of = len(scores(project.whole).of(Folder.FIELD))
    words = rule_words(rule, answer_title)
    return f"{words}: {shown(project, rule):,} of {count_of(of, 'frame')}"
