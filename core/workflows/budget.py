"""How much could it decide alone? What each mark costs, and which one the project goes by."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from core.errors import NothingYetError
from core.findings.budget import (
    Budget,
    budget_at,
    budget_by,
    budget_statement,
    clips_correlation,
    expected_words,
)
from core.project import Project
from core.records import Folder, Statement
from core.settings import SETTINGS
from core.store import reviews as review_store
from core.store.database import connect
from core.workflows.kept import kept_beside
from core.workflows.reserved import reserved_hashes
from core.workflows.scores import Scores, scores
from core.workflows.unlike import unusual_frames

MARKS = (
    0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.92, 0.94, 0.95, 0.96, 0.97, 0.98, 0.99, 0.995, 0.999,
)  # fmt: skip
"""Marks the slider offers, finer where it matters."""

LISTED = (0.5, 0.7, 0.8, 0.9, 0.95, 0.99, 0.999)
"""Marks the command line lists."""

USUAL_MARK = 0.9
PAUSE = 60.0  # s, ours: a longer gap between two reviews was a break, not a review
FEWEST_GAPS = 20

SPLITS = {"camera": "by camera", "class": "by answer"}

MOST_GROUPS = 40
"""Cameras or answers listed, the commonest; with a thousand classes the slider must not wait."""

COLUMNS = {"camera": "camera", "class": "answer"}
"""What the budget is split by, and the column of the frames it is in."""


@dataclass(frozen=True, eq=False)
class BudgetReport:
    """Every mark over the answered field frames."""

    frames: pd.DataFrame  # answered field frames, one per file, with is_unusual
    rows: tuple[Budget, ...]  # one per MARKS, ascending
    unusual: int  # frames kept back however sure the model is
    seconds: float  # review time of one frame
    is_own_pace: bool
    chosen: float | None  # the project's threshold


def budget(project: Project) -> BudgetReport:
    """
    What each mark would cost on this project's field frames.

    Raises:
        NothingYetError: no field frame has an answer.
    """
    found = scores(project)
    frames, rows = _budget(found)
    seconds, is_own = review_pace(project)
    return BudgetReport(
        frames=frames,
        rows=rows,
        unusual=int(frames["is_unusual"].sum()),
        seconds=seconds,
        is_own_pace=is_own,
        chosen=found.choices.sure_threshold,
    )


@kept_beside(most=4)
def _budget(found: Scores) -> tuple[pd.DataFrame, tuple[Budget, ...]]:
    unusual = unusual_frames(
        found.project, found.choices, found.frames, locked=reserved_hashes(found.project)
    )
    frames = found.frames.assign(is_unusual=unusual)
    frames = frames[(frames["folder"] == Folder.FIELD.value) & frames["answer"].notna()]
    if frames.empty:
        raise NothingYetError(
            "No field frame has an answer yet, so nobody can say how far to trust it. They come in "
            "on the Overview page."
        )
    correlation = clips_correlation(frames)
    marks = sorted({*MARKS, *LISTED})
    return frames, tuple(budget_at(frames, mark, correlation=correlation) for mark in marks)


def at(report: BudgetReport, threshold: float) -> Budget:
    """The budget at any threshold; at once for the slider's own."""
    for row in report.rows:
        if row.threshold == threshold:
            return row
    return budget_at(report.frames, threshold)


def statement(report: BudgetReport, threshold: float) -> Statement:
    """What a mark costs, in a sentence with its next step."""
    return budget_statement(at(report, threshold), seconds=report.seconds)


def splits(report: BudgetReport) -> dict[str, str]:
    """What the budget can be split by here, with its title; cameras only where they are known."""
    has_cameras = bool(report.frames["camera"].notna().any())
    return {name: title for name, title in SPLITS.items() if name != "camera" or has_cameras}


def split(report: BudgetReport, threshold: float, *, by: str) -> list[str]:
    """
    The same per camera or class, one sentence each, most expected wrong first.

    Args:
        by: a key of COLUMNS.
    """
    column = COLUMNS[by]
    sizes = report.frames[column].value_counts()
    common = report.frames[report.frames[column].isin(sizes.index[:MOST_GROUPS])]
    lines = [
        f"{name}: waves through {row.passed:,} of {row.frames:,} frames; {expected_words(row)}."
        for name, row in budget_by(common, threshold, column=column).items()
    ]
    rest = sizes.iloc[MOST_GROUPS:]
    if len(rest):
        lines.append(f"{len(rest):,} rarer ones, with {int(rest.sum()):,} frames, are not listed.")
    return lines


def notes(report: BudgetReport) -> list[str]:
    """What a person should know beside the sentence."""
    found = []
    if report.unusual:
        found.append(
            f"{report.unusual:,} of {len(report.frames):,} frames look unusual; they are kept back "
            "for you however sure it is."
        )
    pace = "your own pace" if report.is_own_pace else "a guess until you have reviewed some"
    found.append(f"Review time: {report.seconds:.0f} s a frame ({pace}).")
    return found


def review_pace(project: Project) -> tuple[float, bool]:
    """Seconds one review takes here, and whether that was measured or is the usual guess."""
    with connect(project.database) as db:
        table = review_store.load_reviews(db)
    gaps = table.sort_values("at").groupby("client")["at"].diff().dt.total_seconds().dropna()
    gaps = gaps[(gaps > 0) & (gaps < PAUSE)]
    if len(gaps) < FEWEST_GAPS:
        return SETTINGS.review_seconds, False
    return float(max(0.5, np.median(gaps))), True


def budget_json(report: BudgetReport) -> list[dict[str, Any]]:
    """The listed marks as data; `expected` is [wrong, low, high] or null."""
    return [
        {**asdict(row), "expected": None if row.expected is None else list(row.expected)}
        for row in report.rows
        if row.threshold in LISTED
    ]


def mark_title(mark: float) -> str:
    """ "90 % sure"."""
    return f"{mark * 100:g} % sure"


def chosen_words(threshold: float | None) -> str:
    """What the chosen threshold does, for the page and the command line."""
    if threshold is None:
        return "No mark is chosen: every answer is shown, however unsure."
    return (
        f"Chosen: under {threshold * 100:g} % sure, and on unusual pictures, every answer reads "
        "“not sure”."
    )


METHOD = """
Selective prediction: a frame passes if its largest softmax probability is at or above the mark and
it is not unusual (see "Unusual"). The wrong ones are counted on the labelled frames that
pass; their share, with its Clopper-Pearson interval on the effective count of clips (the rule of
three for none), is taken to hold for all frames that pass, so the labelled ones must be as good as
a random sample of them. Source: Geifman & El-Yaniv 2017.
"""
