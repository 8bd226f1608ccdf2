"""Two slices side by side: how far apart, and whether by chance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.findings.compare_words import compared_statement
from core.metrics.intervals import accuracy, newcombe_interval
from core.project import Project
from core.records import Accuracy, Folder, SliceRule, Statement
from core.workflows.narrow import narrowed
from core.workflows.scores import scores


@dataclass(frozen=True)
class Comparison:
    """Two slices of one project."""

    names: tuple[str, str]
    accuracies: tuple[Accuracy, Accuracy]
    shared: int  # labelled frames in both
    drop: float  # first minus second, 0..1
    low: float
    high: float
    statement: Statement


def compare(
    project: Project, first: SliceRule, second: SliceRule | None, *, names: tuple[str, str]
) -> Comparison:
    """
    How much more often the model is right on one slice than on another.

    Args:
        second: None for every frame that is not in the first.

    Raises:
        FieldcheckError: a saved slice named is not kept any more.
    """
    one = scores(narrowed(project, first)).labelled(Folder.FIELD)
    other = scores(narrowed(project, second or SliceRule())).labelled(Folder.FIELD)
    if second is None:
        other = other[~other["path"].isin(one["path"])]
    tables = [one, other]
    a, b = (accuracy(t["is_right"].to_numpy(bool), t["clip"].to_numpy()) for t in tables)
    low, high = newcombe_interval(
        np.nan_to_num(a.rate) * a.effective, a.effective,
        np.nan_to_num(b.rate) * b.effective, b.effective,
    )  # fmt: skip
    shared = len(set(tables[0]["path"]) & set(tables[1]["path"]))
    said = compared_statement(names, (a, b), low, high, shared=shared)
    return Comparison(names, (a, b), shared, a.rate - b.rate, low, high, said)
