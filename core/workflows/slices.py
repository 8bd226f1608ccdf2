"""Where does it fail? Accuracy per value of a column and per pair of values, worst first."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from core.errors import FieldcheckError, NothingYetError
from core.findings.blind_spots import in_slice
from core.findings.columns import DERIVED
from core.findings.slice_words import (
    full_statement,
    least_sure_statement,
    slice_name,
    unsure_statement,
)
from core.findings.slices import Q_LIMIT, slice_tables
from core.findings.unlabelled import unlabelled_table
from core.project import Project
from core.records import Accuracy, Folder, State, Statement
from core.workflows.kept import kept_beside
from core.workflows.scores import Scores, scores
from core.workflows.unlabelled import guesses_by

MOST_VALUES = 60
"""A column with more values names frames rather than describing them."""

TITLES = {
    "label": "Class",
    "camera": "Camera",
    "camera_make": "Camera make",
    "camera_model": "Camera model",
    **DERIVED,
}

METHOD = (
    "Share right with Wilson's 95 % interval on the effective count (clips, not frames). A slice "
    "is compared with the **rest**; the drop has Newcombe's interval, the test is Fisher's, and q "
    "is Benjamini-Hochberg over **every slice searched**: all values of all columns and all pairs "
    "with 30 frames from 10 clips. Confirmed: at least 20 points behind, 30 effective frames, "
    "interval above 0, q ≤ 0.05; strong when the interval itself lies at 20 points or above. "
    "Compared class by class: each class weighs as much as among all frames (class-standardised "
    "accuracy; Simpson's paradox)."
)


NOTHING_TO_COMPARE = (
    "Nothing to compare yet: a camera, a time, a class or another column has to differ between the "
    "frames. Without labels, how sure it is and an estimate for all frames stand on Confidence, "
    "under Without labels."
)

METHOD_WITHOUT_LABELS = (
    "Mean confidence with a normal interval on the variance between clips (ratio estimator, Kish "
    "1965). The estimate is two: ATC (Garg et al. 2022), the share of frames at or above the "
    "confidence under which as many reference frames lie as are wrong there, and the difference "
    "of confidences (Guillory et al. 2021), reference accuracy less the fall in mean confidence. "
    "Both learn from the whole labelled reference, without what hold-outs reserve. Limits: 2.5 "
    "and 97.5 % quantiles over 300 draws of whole clips of both sides, the outer ones of both; "
    "none under 10 clips. The assumption, that confidence means the same in this slice as on "
    "the reference, cannot be tested without labels and fails most where a slice is strange."
)


@dataclass(frozen=True)
class SlicesReport:
    """One column, cut into slices."""

    column: str
    title: str
    table: (
        pd.DataFrame
    )  # tables.SLICES, worst first; if not by_label, findings.unlabelled.UNLABELLED
    overall: Accuracy
    headline: Statement
    statements: tuple[Statement, ...]  # one a row of the table
    by_label: bool = True  # False: nothing is labelled, how sure it says it is instead


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


@kept_beside(most=8)
def search(found: Scores, folder: Folder = Folder.FIELD) -> pd.DataFrame:
    """
    Every value of every column worth slicing by, and every pair that can be judged.

    One search serves every page, so that all of them correct for the same number of looks:
    tables.SLICES, worst first.
    """
    return slice_tables(found.labelled(folder), columns=list(_columns(found)), pairs=True)


def slices(project: Project, *, by: str, folder: Folder = Folder.FIELD) -> SlicesReport:
    """
    Accuracy per value of a column, with intervals on the effective count.

    Without any label: how sure the model says it is, marked as such.

    Raises:
        FieldcheckError: there is no such column, or nothing is answered.
    """
    return _slices(scores(project), by, folder)


@kept_beside(most=24)
def _slices(found: Scores, by: str, folder: Folder) -> SlicesReport:
    by = "label" if by == "class" else by
    frames = found.labelled(folder)
    if by not in (*TITLES, *found.metadata_columns):
        known = ", ".join(["class", *(name for name in _columns(found) if name != "label")])
        raise FieldcheckError(f"The frames have no column '{by}'. They have: {known}.")
    if frames.empty:
        return _unlabelled(found, by, folder)
    table = _rows_of(found, by, folder)
    rows = [{str(k): v for k, v in row.items()} for row in table.to_dict("records")]
    statements = tuple(told(found, row, folder) for row in rows)
    return SlicesReport(
        by,
        title_of(by),
        table,
        found.accuracy(folder),
        _headline(by, table, statements),
        statements,
    )


def told(found: Scores, row: dict[str, Any], folder: Folder = Folder.FIELD) -> Statement:
    """A row of the search in words, with whether there are frames of it left to label."""
    frames = found.of(folder)
    left = frames[frames["answer"].notna() & frames["label"].isna()]
    # A frame without a label may be of any class.
    parts = [(row["column"], row["value"]), (row.get("column_2"), row.get("value_2"))]
    for column, value in parts:
        if isinstance(column, str) and column != "label":
            left = frames_in(left, by=column, value=value)
    return full_statement(row, title_of, waiting=len(left))


def _rows_of(found: Scores, by: str, folder: Folder) -> pd.DataFrame:
    """The rows of one column in the search; one not worth searching is added to it."""
    every = search(found, folder)
    if by not in set(every.loc[every["column_2"].isna(), "column"]):
        columns = [*_columns(found), by]
        every = slice_tables(found.labelled(folder), columns=columns, pairs=True)
    rows = every[(every["column"] == by) & every["column_2"].isna()]
    return rows.reset_index(drop=True)


def _unlabelled(found: Scores, by: str, folder: Folder) -> SlicesReport:
    frames = found.of(folder)
    frames = frames[frames["answer"].notna()]
    if frames.empty or by == "label":
        raise NothingYetError(
            "No labelled frame has an answer yet, so there is nothing to compare. Wait for the "
            "model, or label some frames in the queue."
        )
    guesses = guesses_by(found, by)
    table = unlabelled_table(frames, column=by, guesses=guesses)
    rows = [{str(k): v for k, v in row.items()} for row in table.to_dict("records")]
    statements = tuple(
        unsure_statement(slice_name(row, title_of), row, guesses.get(row["value"])) for row in rows
    )
    headline = least_sure_statement(rows[0], title_of)
    return SlicesReport(
        by, title_of(by), table, found.accuracy(folder), headline, statements, by_label=False
    )


def without_labels(report: SlicesReport) -> str:
    """What a chart of a column without labels shows."""
    shown = "No labels here: the bars show how sure it says it is, not how often it is right."
    if report.table["guess_low"].notna().any():
        return f"{shown} A diamond is an estimate without labels, with its limits."
    return shown


def method(report: SlicesReport) -> str:
    """How the report is computed, in technical terms."""
    return METHOD if report.by_label else METHOD_WITHOUT_LABELS


def worst(project: Project) -> Statement:
    """
    The slice of one column furthest behind the rest.

    Surest state first; q is corrected over everything searched, because all of it was looked at.

    Raises:
        NothingYetError: no labelled field frame has an answer.
    """
    return _worst(scores(project))[1]


@kept_beside(most=4)
def _worst(found: Scores) -> tuple[str | None, Statement]:
    if found.labelled(Folder.FIELD).empty:
        raise NothingYetError("Not known without labels: label some frames in the queue.")
    table = search(found)
    order = {State.CONFIRMED.value: 0, State.SUSPECTED.value: 1, State.NONE_FOUND.value: 2}
    ranked = table.assign(rank=table["state"].map(order))
    judged = ranked[ranked["rank"].notna() & ranked["column_2"].isna()]
    if judged.empty:
        return None, Statement(
            "Too few frames in every camera, class, hour and place to say where it fails.",
            "Label more frames.",
            State.NOT_ENOUGH,
        )
    first = judged.sort_values(["rank", "drop"], ascending=[True, False]).iloc[0]
    row = {str(key): value for key, value in first.items()}
    statement = told(found, row)
    if statement.state is State.NONE_FOUND and row["q"] > Q_LIMIT:
        statement = Statement(
            f"Nowhere is it surely worse than elsewhere. Furthest behind, {statement.headline}",
            "May be chance, with so many places looked at: look at its frames.",
            State.NONE_FOUND,
            is_behind=statement.is_behind,
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
    behind = [statement for statement in statements if statement.is_behind]
    if behind:
        return replace(
            behind[0],
            headline=f"No {title_of(column).lower()} is a weak spot. Behind the rest, "
            f"{behind[0].headline}",
        )
    return Statement(
        f"No {title_of(column).lower()} is clearly worse than the rest"
        + (f"; {thin} of {len(table)} have too few frames to say." if thin else "."),
        "Try another way to cut the frames.",
        State.NONE_FOUND,
    )


def frames_of(
    project: Project, *, by: str, value: str, with_by: str | None = None, with_value: str = ""
) -> pd.DataFrame:
    """The field frames of one slice, wrong ones first, surest first; all of them if unlabelled."""
    found = scores(project)
    frames = found.labelled(Folder.FIELD)
    row = {"column": by, "value": value, "column_2": with_by, "value_2": with_value}
    if frames.empty:
        frames = found.of(Folder.FIELD)
        frames = frames[frames["answer"].notna()]
        return frames[in_slice(frames, row)].sort_values("confidence")
    inside = frames[in_slice(frames, row)]
    return inside.sort_values(["is_right", "confidence"], ascending=[True, False])


def frames_in(frames: pd.DataFrame, *, by: str, value: str) -> pd.DataFrame:
    """The given frames that have a value in a column."""
    return frames[in_slice(frames, {"column": by, "value": value})]


def rows_json(table: pd.DataFrame) -> list[dict[str, Any]]:
    """A table of slices as `fieldcheck slices --json` prints it (product.md, "Command line")."""
    table = table.astype(object).where(table.notna(), None)
    return [{str(k): v for k, v in row.items()} for row in table.to_dict("records")]


def slices_json(report: SlicesReport) -> list[dict[str, Any]]:
    """One column as `fieldcheck slices --by COLUMN --json` prints it."""
    if report.by_label:
        return rows_json(report.table)
    # the promised keys all the same: nothing is known to be right
    unknown = dict.fromkeys(("right", "effective", "low", "high", "drop"))
    table = report.table.rename(columns={"low": "confidence_low", "high": "confidence_high"})
    return [{**row, **unknown, "state": State.NOT_ENOUGH.value} for row in rows_json(table)]
