"""Where does it fail? Accuracy per value of a column, worst first."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import pandas as pd

from core.errors import FieldcheckError, NothingYetError
from core.findings.columns import DERIVED
from core.findings.slices import Q_LIMIT, slice_table, slice_tables
from core.findings.statements import slice_statement
from core.project import Project
from core.records import Accuracy, Folder, State, Statement
from core.workflows.scores import Scores, scores

MOST_VALUES = 60
"""A column with more values names frames rather than describing them."""

TITLES = {
    "label": "Class",
    "camera": "Camera",
    "camera_make": "Camera make",
    "camera_model": "Camera model",
    **DERIVED,
}


@dataclass(frozen=True)
class SlicesReport:
    """One column, cut into slices."""

    column: str
    title: str
    table: pd.DataFrame  # tables.SLICES, worst first
    overall: Accuracy
    headline: Statement
    statements: tuple[Statement, ...]  # one a row of the table


STATE_WORDS = {
    State.CONFIRMED: "confirmed weak spot",
    State.SUSPECTED: "suspected weak spot",
    State.NOT_ENOUGH: "not enough frames",
    State.NONE_FOUND: "no weak spot found",
}


def readable_table(report: SlicesReport) -> pd.DataFrame:
    """The report's table in words and whole percent, a row a slice, for people."""
    rows = report.table
    return pd.DataFrame(
        {
            report.title: rows["value"],
            "Right": rows["right"],
            "Of": rows["of"],
            "From clips": rows["clips"],
            "Worth separate pictures": rows["effective"].round().astype(int),
            "At least %": (100 * rows["low"]).round().astype(int),
            "At most %": (100 * rows["high"]).round().astype(int),
            "Points behind the rest": (100 * rows["drop"]).round(),
            "That is": [STATE_WORDS[State(state)] for state in rows["state"]],
        }
    )


def columns(project: Project) -> dict[str, str]:
    """Columns worth slicing by, with their titles: class, camera, times, metadata, picture."""
    return _columns(scores(project))


def _columns(found: Scores) -> dict[str, str]:
    frames = found.of(Folder.FIELD)
    # people's own columns before those we derive
    first = ("label", "camera", "hour", "day")
    names = dict.fromkeys([*first, *found.metadata_columns, *TITLES])
    worth, cuts = {}, set()
    for name in names:
        values = frames[name].nunique() if name in frames else 0
        if 2 <= values <= min(MOST_VALUES, max(2, len(frames) // 2)):
            # of ours, one that cuts as an earlier one does says nothing new
            cut = pd.factorize(frames[name])[0].tobytes()
            if cut not in cuts or name in found.metadata_columns:
                worth[name] = title_of(name)
            cuts.add(cut)
    return worth


def first_column(project: Project) -> str:
    """The column to open with: the one with the worst slice, else the first."""
    try:
        found, _ = _worst(scores(project))
    except NothingYetError:
        found = None
    return found or next(iter(columns(project)))


def title_of(column: str) -> str:
    """A column's name for people."""
    return TITLES.get(column, column.replace("_", " ").capitalize())


def slices(project: Project, *, by: str, folder: Folder = Folder.FIELD) -> SlicesReport:
    """
    Accuracy per value of a column, with intervals on the effective count.

    Raises:
        FieldcheckError: there is no such column, or nothing is labelled.
    """
    return _slices(scores(project), by, folder)


@lru_cache(maxsize=12)
def _slices(found: Scores, by: str, folder: Folder) -> SlicesReport:
    by = "label" if by == "class" else by
    frames = found.labelled(folder)
    if by not in (*TITLES, *found.metadata_columns):
        known = ", ".join(["class", *(name for name in _columns(found) if name != "label")])
        raise FieldcheckError(f"The frames have no column '{by}'. They have: {known}.")
    if frames.empty:
        raise NothingYetError(
            "No labelled frame has an answer yet, so there is nothing to compare. Wait for the "
            "model, or label some frames in the queue."
        )
    table = slice_table(frames, column=by)
    rows = [{str(k): v for k, v in row.items()} for row in table.to_dict("records")]
    statements = tuple(slice_statement(title_of(by), row) for row in rows)
    return SlicesReport(
        by,
        title_of(by),
        table,
        found.accuracy(folder),
        _headline(by, table, statements),
        statements,
    )


def worst(project: Project) -> Statement:
    """
    The slice furthest behind the rest, over every column worth slicing by.

    Surest state first; q is corrected over all slices of all columns, because all were looked at.

    Raises:
        NothingYetError: no labelled field frame has an answer.
    """
    return _worst(scores(project))[1]


@lru_cache(maxsize=4)
def _worst(found: Scores) -> tuple[str | None, Statement]:
    frames = found.labelled(Folder.FIELD)
    if frames.empty:
        raise NothingYetError("Not known without labels: label some frames in the queue.")
    table = slice_tables(frames, columns=list(_columns(found)))
    order = {State.CONFIRMED.value: 0, State.SUSPECTED.value: 1, State.NONE_FOUND.value: 2}
    ranked = table.assign(rank=table["state"].map(order))
    judged = ranked[ranked["rank"].notna()]
    if judged.empty:
        return None, Statement(
            "Too few frames in every camera, class, hour and place to say where it fails.",
            "Label more frames.",
            State.NOT_ENOUGH,
        )
    first = judged.sort_values(["rank", "drop"], ascending=[True, False]).iloc[0]
    row = {str(key): value for key, value in first.items()}
    statement = slice_statement(title_of(row["column"]), row)
    if statement.state is State.NONE_FOUND and row["q"] > Q_LIMIT:
        statement = Statement(
            f"Nowhere is it surely worse than elsewhere. Furthest behind, {statement.headline}",
            "May be chance, with so many places looked at: label more, or look at its frames.",
            State.NONE_FOUND,
        )
    return row["column"], statement


def _headline(column: str, table: pd.DataFrame, statements: tuple[Statement, ...]) -> Statement:
    for state in (State.CONFIRMED, State.SUSPECTED):
        for statement in statements:
            if statement.state is state:
                return statement
    thin = sum(statement.state is State.NOT_ENOUGH for statement in statements)
    if thin == len(table):
        return Statement(
            f"Too few frames in every {title_of(column).lower()} to say where it fails.",
            "Label more frames.",
            State.NOT_ENOUGH,
        )
    return Statement(
        f"No {title_of(column).lower()} is clearly worse than the rest"
        + (f"; {thin} of {len(table)} have too few frames to say." if thin else "."),
        "Try another way to cut the frames.",
        State.NONE_FOUND,
    )


def frames_of(project: Project, *, by: str, value: str) -> pd.DataFrame:
    """The labelled field frames of one slice, wrong ones first, surest first."""
    frames = scores(project).labelled(Folder.FIELD)
    column = frames[by].astype(object).where(frames[by].notna(), "(none)").astype(str)
    return frames[column == value].sort_values(["is_right", "confidence"], ascending=[True, False])


def slices_json(report: SlicesReport) -> list[dict[str, Any]]:
    """What `fieldcheck slices --json` prints (product.md, "Command line")."""
    table = report.table.astype(object).where(report.table.notna(), None)
    return [{str(k): v for k, v in row.items()} for row in table.to_dict("records")]
