"""How good is it here, and what should I do now?"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from core.errors import NothingYetError
from core.findings.statements import accuracy_statement, count_of, gap_statement
from core.metrics.intervals import newcombe_interval
from core.project import Project
from core.records import Accuracy, Folder, State, Statement
from core.workflows import confidence as confidence_workflow
from core.workflows import honest_accuracy, worst_light
from core.workflows import queue as queue_workflow
from core.workflows import slices as slices_workflow
from core.workflows.hard_cases import furthest_behind
from core.workflows.scores import Scores, scores


@dataclass(frozen=True)
class Todo:
    """One of the next things to do, and the page stem it is done on."""

    text: str
    page: str


@dataclass(frozen=True)
class OverviewReport:
    """The project's state in sentences."""

    title: str
    headline: Statement
    field: Accuracy
    field_statement: Statement
    reference: Accuracy
    reference_statement: Statement
    worst: Statement
    silent: Statement
    reviews: str
    progress: dict[str, int]
    honest: Statement  # accuracy as labelled, after review, and estimated for all
    light: Statement  # the worst-light hundred against the reference
    todos: tuple[Todo, ...]
    scored: int
    total: int


def overview(project: Project) -> OverviewReport:
    """Everything the first page says. Partial while scoring runs."""
    found = scores(project)
    field, reference = found.accuracy(Folder.FIELD), found.accuracy(Folder.REFERENCE)
    field_statement = accuracy_statement(
        field, "field frames", waiting=_waiting(found, Folder.FIELD)
    )
    done = queue_workflow.progress(project)
    worst = _worst(project)
    silent = _silent(project)
    headline = _headline(field, reference, field_statement)
    return OverviewReport(
        title=found.choices.title,
        headline=headline,
        field=field,
        field_statement=field_statement,
        reference=reference,
        reference_statement=accuracy_statement(
            reference, "reference frames", waiting=_waiting(found, Folder.REFERENCE)
        ),
        worst=worst,
        silent=silent,
        reviews=_reviews(done),
        progress=done,
        honest=honest_accuracy.statement(project),
        light=worst_light.worst_light_set(project).statement,
        todos=_todos(found, headline, worst, silent, done),
        scored=int(found.frames["answer"].notna().sum()),
        total=len(found.frames),
    )


def _headline(field: Accuracy, reference: Accuracy, alone: Statement) -> Statement:
    if not (field.of and reference.of):
        return alone
    low, high = newcombe_interval(
        reference.rate * reference.effective,
        reference.effective,
        field.rate * field.effective,
        field.effective,
    )
    return gap_statement(reference, field, low, high)


def _worst(project: Project) -> Statement:
    try:
        return slices_workflow.worst(project)
    except NothingYetError as error:
        return Statement(str(error), "", State.NOT_ENOUGH)


def _silent(project: Project) -> Statement:
    try:
        return confidence_workflow.silent_failures(project)[0]
    except NothingYetError as error:
        return Statement(str(error), "", State.NOT_ENOUGH)


def _reviews(done: dict[str, int]) -> str:
    if not done["decided"]:
        return f"None of {count_of(done['of'], 'frame')} looked at yet."
    return (
        f"{done['decided']:,} of {count_of(done['of'], 'frame')} looked at: "
        f"{count_of(done['relabelled'], 'label')} changed, "
        f"{count_of(done['hard_cases'], 'hard case')} kept."
    )


def _todos(
    found: Scores, headline: Statement, worst: Statement, silent: Statement, done: dict[str, int]
) -> tuple[Todo, ...]:
    field = found.accuracy(Folder.FIELD)
    # Alone, the field's own headline says only that there are frames enough.
    is_behind = found.accuracy(Folder.REFERENCE).of > 0 and headline.state is State.CONFIRMED
    unlabelled = _waiting(found, Folder.FIELD)
    behind = furthest_behind(found.project) if done["hard_cases"] else ""
    candidates = [
        (not field.of, Todo("Label a random sample for a first honest figure.", "queue")),
        (
            silent.state in (State.CONFIRMED, State.SUSPECTED),
            Todo("Look at the very sure mistakes.", "queue"),
        ),
        (
            is_behind or worst.state in (State.CONFIRMED, State.SUSPECTED),
            Todo("See where it fails, worst place first.", "slices"),
        ),
        (bool(behind), Todo(behind, "hard_cases")),
        (bool(done["decided"]), Todo("Hand your reviews to the training team.", "export")),
        (unlabelled > 0, Todo(f"{count_of(unlabelled, 'frame')} wait for a label.", "queue")),
        (True, Todo("Try what dusk, rain or blur does to a frame.", "dial")),
        (bool(field.of), Todo("Check how far to trust it when it says it is sure.", "confidence")),
    ]
    return tuple(todo for applies, todo in candidates if applies)[:3]


def _waiting(found: Scores, folder: Folder) -> int:
    return int(found.of(folder)["label"].isna().sum())


def left_out(project: Project) -> pd.DataFrame:
    """Every file and row that is not in the figures: columns what, path, why."""
    found = scores(project)
    rows = [("broken picture", f"{b.folder.value}/{b.path}", b.reason) for b in found.broken]
    rows += [
        ("row without a picture", p, "the metadata names it") for p in found.rows_without_frame
    ]
    rows += [("picture without a row", p, "no metadata") for p in found.frames_without_row]
    rows += [
        ("folder without a row", f"{folder.value}/", "the metadata names none of its pictures")
        for folder in found.folders_without_row
    ]
    return pd.DataFrame(rows, columns=["what", "path", "why"])


def notes(project: Project) -> tuple[str, ...]:
    """What did not make it into the figures, each a sentence with an example."""
    found = scores(project)
    notes = list(found.notes)
    if found.broken:
        first = found.broken[0]
        notes.append(
            f"{count_of(len(found.broken), 'file')} could not be read and "
            f"{'is' if len(found.broken) == 1 else 'are'} left out, such as {first.path}: "
            f"{first.reason}"
        )
    if found.labels_unknown:
        named = ", ".join(f"{name} ({n})" for name, n in list(found.labels_unknown.items())[:5])
        notes.append(f"Labels the model has no answer for are left out of the count: {named}.")
    if found.rows_without_frame:
        notes.append(
            f"{count_of(len(found.rows_without_frame), 'row')} of the metadata "
            f"name no picture, such as {found.rows_without_frame[0]}."
        )
    if found.frames_without_row:
        notes.append(
            f"{count_of(len(found.frames_without_row), 'picture')} "
            f"not in the metadata, such as {found.frames_without_row[0]}."
        )
    notes += [
        f"The metadata names none of the {count_of(len(found.of(folder)), 'picture')} of the "
        f"{folder.value} folder; what its folders and files say is used."
        for folder in found.folders_without_row
    ]
    return tuple(notes)
