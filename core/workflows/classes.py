"""Per class and slice: found, held, false alarms, and what is taken for what."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from core.errors import NothingYetError
from core.findings.class_metrics import (
    class_metrics,
    class_statement,
    confusion,
    macro_averages,
    mix_up_statement,
)
from core.project import Project
from core.records import Folder, Statement
from core.workflows.kept import kept_beside
from core.workflows.scores import Scores, scores
from core.workflows.slices import frames_in

METHOD = (
    "Found: recall, frames of the class that got its answer. Holds: precision, answers that are "
    "right. F1: their harmonic mean. False alarms: frames answered so that are labelled otherwise, "
    "per 1,000 of all frames. Intervals: Wilson 95 % on effective counts. Averages over classes "
    "(macro) count every class that has frames the same; a class never answered has precision 0."
)


@dataclass(frozen=True)
class ClassesReport:
    """The classes on the labelled field frames of the project or of one slice of it."""

    table: pd.DataFrame  # findings.class_metrics.CLASS_METRICS, worst found first
    macro: dict[str, float]  # recall, precision, f1
    cells: pd.DataFrame  # label, answer, frames
    headline: Statement
    statements: tuple[Statement, ...]  # one a row of the table


def classes(project: Project, *, by: str | None = None, value: str = "") -> ClassesReport:
    """
    Every class of the model, and what is taken for what.

    Args:
        by, value: a slice to look at alone.

    Raises:
        NothingYetError: no labelled field frame of it has an answer.
    """
    return _classes(scores(project), by, value)


@kept_beside(most=12)
def _classes(found: Scores, by: str | None, value: str) -> ClassesReport:
    frames = found.labelled(Folder.FIELD)
    if by is not None:
        frames = frames_in(frames, by=by, value=value)
    if frames.empty:
        raise NothingYetError(
            "No labelled frame here has an answer, so nobody can say which class it misses. "
            "Label some frames in the queue."
        )
    named = found.choices.spec.classes if found.choices.spec else ()
    table = class_metrics(frames, classes=named)
    table = table.sort_values(["recall", "class"], ignore_index=True, na_position="last")
    rows = [{str(k): v for k, v in row.items()} for row in table.to_dict("records")]
    cells = confusion(frames)
    return ClassesReport(
        table,
        macro_averages(table),
        cells,
        mix_up_statement(frames, n_classes=len(named)),
        tuple(class_statement(row) for row in rows),
    )


def averages_sentence(report: ClassesReport) -> str:
    """The averages over classes in words."""
    present = int((report.table["frames"] > 0).sum())
    share = report.macro["recall"] * 100
    return (
        f"Every class counting the same, {share:.0f} of 100 frames of a class are found and "
        f"{report.macro['precision'] * 100:.0f} of 100 of its answers hold (mean of {present} "
        "classes that have frames)."
    )


def cell_frames(
    project: Project, *, label: str, answer: str, by: str | None = None, value: str = ""
) -> pd.DataFrame:
    """The frames of one cell: labelled so, answered so; surest first."""
    frames = scores(project).labelled(Folder.FIELD)
    if by is not None:
        frames = frames_in(frames, by=by, value=value)
    inside = frames[(frames["label"] == label) & (frames["answer"] == answer)]
    return inside.sort_values("confidence", ascending=False)
