"""Weak spots: the slices furthest behind, among every column and every pair of columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from core.errors import FieldcheckError, NothingYetError
from core.findings.blind_spots import blind_spots, once
from core.findings.slice_words import full_statement, search_statement, slice_name
from core.findings.slices import pair_table
from core.project import Project
from core.records import Folder, State, Statement
from core.workflows.kept import kept_beside
from core.workflows.scores import Scores, scores
from core.workflows.slices import search, title_of, told

UNLABELLED = "Without labels nobody can say where it is wrong. Label some frames in the queue."


@dataclass(frozen=True)
class SpotsReport:
    """The weak spots among all columns and pairs."""

    table: pd.DataFrame  # tables.SLICES and told_by, surest first
    searched: int
    headline: Statement
    names: tuple[str, ...]  # one a row of the table
    statements: tuple[Statement, ...]
    watch: tuple[Statement, ...] = ()  # behind for sure, but by less or of too few frames


MOST_WATCHED = 5


def weak_spots(project: Project) -> SpotsReport:
    """
    The confirmed and suspected weak spots, each told once.

    Raises:
        NothingYetError: no labelled field frame has an answer.
    """
    return _weak_spots(scores(project))


@kept_beside(most=4)
def _weak_spots(found: Scores) -> SpotsReport:
    frames = _labelled(found)
    table = search(found)
    is_judged = (table["state"] != State.NOT_ENOUGH.value).any()
    spots = blind_spots(frames, table)
    rows = _rows(spots)
    whole = [row for row in rows if not isinstance(row["told_by"], str)]
    return SpotsReport(
        spots,
        len(table),
        search_statement(whole, len(table) if is_judged else 0, title_of),
        tuple(slice_name(row, title_of) for row in rows),
        tuple(told(found, row) for row in rows),
        tuple(told(found, row) for row in _rows(_watched(frames, table))),
    )


def _watched(frames: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """Slices behind the rest though no weak spots, furthest first, each set of frames once."""
    behind = table[
        (table["drop_low"] > 0)
        & table["state"].isin([State.NOT_ENOUGH.value, State.NONE_FOUND.value])
    ]
    return once(frames, behind.sort_values("drop", ascending=False)).head(MOST_WATCHED)


def pairs(project: Project, *, by: str | None = None) -> pd.DataFrame:
    """
    The searched pairs, worst first: tables.SLICES; only those with the column `by`, if given.

    Raises:
        FieldcheckError: no pair with that column was searched.
        NothingYetError: no labelled field frame has an answer.
    """
    found = scores(project)
    _labelled(found)
    table = search(found)
    table = table[table["column_2"].notna()]
    if by is not None:
        by = "label" if by == "class" else by
        known = {*table["column"], *table["column_2"]}
        table = table[(table["column"] == by) | (table["column_2"] == by)]
        if table.empty:
            named = ", ".join(sorted(known)) or "none"
            raise FieldcheckError(f"No pair with the column '{by}' was searched; with: {named}.")
    return table.reset_index(drop=True)


def pair_grid(project: Project, *, columns: tuple[str, str]) -> pd.DataFrame:
    """
    Every pair of values of two columns among the labelled field frames (findings.pair_table).

    Raises:
        NothingYetError: no labelled field frame has an answer.
    """
    return _pair_grid(scores(project), columns)


@kept_beside(most=8)
def _pair_grid(found: Scores, columns: tuple[str, str]) -> pd.DataFrame:
    return pair_table(_labelled(found), columns=columns)


def lines(table: pd.DataFrame) -> list[str]:
    """Rows of tables.SLICES in words, in their order."""
    said = [full_statement(row, title_of) for row in _rows(table)]
    return [f"{s.headline} {s.next_step}" for s in said] or [
        "No pair of values has 30 frames from 10 clips."
    ]


def report_lines(report: SpotsReport) -> list[str]:
    """The weak spots in words."""
    return [f"{said.headline} {said.next_step}" for said in (report.headline, *report.statements)]


def _labelled(found: Scores) -> pd.DataFrame:
    frames = found.labelled(Folder.FIELD)
    if frames.empty:
        raise NothingYetError(UNLABELLED)
    return frames


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(k): v for k, v in row.items()} for row in table.to_dict("records")]
