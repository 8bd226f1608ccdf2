"""What the field has and the reference lacks."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from core.errors import FieldcheckError
from core.findings.coverage import coverage_statement, coverage_table
from core.project import Project
from core.records import Folder, Statement
from core.workflows.scores import scores
from core.workflows.slices import columns, title_of
from core.workflows.training_list import training_list


@dataclass(frozen=True)
class CoverageReport:
    """Frames per class and condition."""

    title: str
    table: pd.DataFrame  # findings.coverage.COVERAGE
    headline: Statement


def conditions(project: Project) -> dict[str, str]:
    """Columns that can be a condition, with their titles; not the class itself."""
    return {name: title for name, title in columns(project).items() if name != "label"}


def coverage(project: Project, *, by: str) -> CoverageReport:
    """
    Frames per class and value of a column, field against reference.

    Raises:
        FieldcheckError: there is no such column.
    """
    if by not in conditions(project):
        raise FieldcheckError(
            f"The frames have no condition '{by}'. They have: {', '.join(conditions(project))}."
        )
    found = scores(project)
    table = coverage_table(
        found.of(Folder.FIELD), found.of(Folder.REFERENCE), column=by,
        training=training_list(project),
    )  # fmt: skip
    return CoverageReport(title_of(by), table, coverage_statement(table, title_of(by)))
