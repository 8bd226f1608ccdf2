"""How often is it right where nobody has labelled? A guess, its check, and what to label next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from core.errors import NothingYetError
from core.findings.cells import value_text
from core.findings.label_free import (
    LabelFree,
    PlanResult,
    check_statement,
    draw_plan,
    estimate_statement,
    estimates,
    plan_result,
    plan_statement,
    strata_of,
)
from core.findings.statements import count_of
from core.project import Project
from core.records import Action, Folder, State, Statement
from core.store import choices as choice_store
from core.store.database import connect
from core.workflows.kept import kept_beside
from core.workflows.reserved import without_reserved
from core.workflows.scores import Scores, reviewed, scores

PLAN_SIZES = (20, 40, 60, 100, 200)
PLAN = "label_plan"


@dataclass(frozen=True, eq=False)
class UnlabelledReport:
    """The guess for the unlabelled field frames, and how the same guess fares on labelled ones."""

    headline: Statement
    guess: LabelFree | None
    check: Statement | None
    unlabelled: int  # pictures


def unlabelled(project: Project) -> UnlabelledReport:
    """
    The guess at accuracy without labels.

    Raises:
        NothingYetError: no field frame has an answer.
    """
    return _unlabelled(scores(project))


@kept_beside(most=4)
def _unlabelled(found: Scores) -> UnlabelledReport:
    field = found.of(Folder.FIELD)
    field = field[field["answer"].notna()]
    if field.empty:
        raise NothingYetError(
            "No field frame has an answer yet. They come in on the Overview page."
        )
    open_frames = _open_frames(found)
    labelled = found.labelled(Folder.FIELD)
    fields = [frames for frames in (labelled, open_frames) if len(frames)]
    guesses = _guesses(found, fields)
    if guesses is None:
        return UnlabelledReport(_no_reference(len(open_frames)), None, None, len(open_frames))
    check = None
    if len(labelled):
        check = check_statement(guesses[0], found.accuracy(Folder.FIELD))
    if open_frames.empty:
        return UnlabelledReport(_all_labelled(len(labelled)), None, check, 0)
    return UnlabelledReport(estimate_statement(guesses[-1]), guesses[-1], check, len(open_frames))


@kept_beside(most=8)
def guesses_by(found: Scores, column: str) -> dict[str, LabelFree]:
    """
    The guess for every value of a column, where no field frame is labelled.

    Empty without a labelled reference to learn from.
    """
    field = found.of(Folder.FIELD)
    field = field[field["answer"].notna()]
    texts = field[column].astype("object").map(value_text)
    parts = {str(value): part for value, part in field.groupby(texts, sort=True)}
    guesses = _guesses(found, list(parts.values()))
    return dict(zip(parts, guesses, strict=True)) if guesses else {}


def _guesses(found: Scores, fields: list[pd.DataFrame]) -> list[LabelFree] | None:
    """The guess for each set of frames, learnt from the reference that no hold-out reserves."""
    known = without_reserved(found.project, found.labelled(Folder.REFERENCE))
    return None if known.empty else estimates(known, fields)


def _open_frames(found: Scores) -> pd.DataFrame:
    """Answered field pictures that came without a label, one row a picture."""
    field = found.of(Folder.FIELD)
    chosen = field[field["answer"].notna() & field["label"].isna()]
    return chosen.drop_duplicates("content_hash")


def _no_reference(count: int) -> Statement:
    return Statement(
        f"{count_of(count, 'frame')} without a label, and no labelled reference to learn from.",
        "Add a labelled reference on the Overview page, or label the frames below.",
        State.NOT_ENOUGH,
    )


def _all_labelled(count: int) -> Statement:
    return Statement(
        f"Every field frame came with a label ({count:,} the model knows): nothing to guess.",
        "The Overview shows how often it is right.",
        State.NONE_FOUND,
    )


@dataclass(frozen=True, eq=False)
class Plan:
    """Which frames to label for an unbiased figure, and what they say so far."""

    result: PlanResult
    statement: Statement
    frames: pd.DataFrame  # of the plan, in its order, still to be labelled


def make_plan(project: Project, *, count: int, seed: int = 0) -> Plan | None:
    """
    Choose the frames to label next and keep them for the queue; None if there is nothing to label.

    A new plan replaces the old; frames decided already stay out of it. It is one for the whole
    field, whatever the view is narrowed to: its figure would stand for nothing else.

    Args:
        count: frames to label.
        seed: another one draws other frames.
    """
    found = scores(project.whole)
    frames = _open_frames(found)
    standing = reviewed(project)
    decided = standing.loc[standing["decision"].notna(), "content_hash"]
    strata = strata_of(frames[~frames["content_hash"].isin(decided)], seed=seed)
    picks = draw_plan(strata, count=count)
    if not picks:
        return None
    stored = {
        "seed": seed,
        "picks": [[digest, place] for digest, place in picks],
        "sizes": [part.frames for part in strata],
    }
    with connect(project.database) as db:
        choice_store.note(db, **{PLAN: stored})
    return plan(project)


def plan(project: Project) -> Plan | None:
    """The plan in hand, with what its labels say so far; None without one."""
    stored = stored_plan(project)
    if stored is None:
        return None
    frames = scores(project.whole).of(Folder.FIELD).drop_duplicates("content_hash")
    frames = frames[frames["answer"].notna()].set_index("content_hash", drop=False)
    order = [digest for digest, _ in stored["picks"] if digest in frames.index]
    labels = _labels(project)
    sizes = [int(size) for size in stored["sizes"]]
    right, done = [0] * len(sizes), [0] * len(sizes)
    for digest, place in stored["picks"]:
        if digest in labels and digest in frames.index:
            done[place] += 1
            right[place] += labels[digest] == frames.loc[digest, "answer"]
    result = plan_result(sizes, right, done, planned=len(order))
    left = [digest for digest in order if digest not in labels]
    return Plan(result, plan_statement(result), frames.loc[left].reset_index(drop=True))


def stored_plan(project: Project) -> dict[str, Any] | None:
    """The plan as it is stored: seed, picks (content hash, stratum) in order, sizes of strata."""
    with connect(project.database) as db:
        stored = choice_store.choices(db).get(PLAN)
    return stored if isinstance(stored, dict) else None


def forget_plan(project: Project) -> None:
    """Drop the plan; the labels made by it stay."""
    with connect(project.database) as db:
        choice_store.note(db, **{PLAN: None})


def _labels(project: Project) -> dict[str, str]:
    standing = reviewed(project)
    named = standing[
        standing["decision"].isin([Action.LABEL.value, Action.AGREE.value])
        & standing["label"].notna()
    ]
    return dict(zip(named["content_hash"], named["label"], strict=True))


def guess_json(report: UnlabelledReport) -> dict[str, Any] | None:
    """The guess as data, for `fieldcheck confidence --json`; None without one."""
    guess = report.guess
    if guess is None:
        return None
    return {
        "frames": guess.frames,
        "by_threshold": guess.by_threshold,
        "by_difference": guess.by_difference,
        "low": guess.low,
        "high": guess.high,
        "state": report.headline.state.value,
    }


def technical(report: UnlabelledReport) -> str:
    """How it is computed, in technical terms."""
    guess = report.guess
    figures = (
        f"ATC {guess.by_threshold:.3f} ({guess.threshold_low:.3f} to {guess.threshold_high:.3f}), "
        f"difference of confidences {guess.by_difference:.3f} ({guess.difference_low:.3f} to "
        f"{guess.difference_high:.3f}), from {guess.reference:,} labelled reference frames, "
        f"{guess.reference_wrong:,} of them wrong. "
        if guess
        else ""
    )
    return (
        f"{figures}ATC (Garg et al. 2022): the confidence under which as many reference frames lie "
        "as are wrong there; the estimate is the share of field frames at or above it, the "
        "threshold half-way between two scores. Difference of confidences (Guillory et al. 2021): "
        "reference accuracy less the fall in mean confidence. Limits: 2.5 and 97.5 % quantiles "
        "over 300 draws of whole clips of both sets; the outer limits of both methods are shown, "
        "because either assumption may be the wrong one. No method can do this without an "
        "assumption (Garg et al. 2022). "
        "The plan: five strata of equal size by confidence, Neyman allocation with the stated "
        "confidence as a first guess at the spread, random within strata, stratified estimate "
        "(Cochran 1977) with a normal interval on smoothed shares; skipped frames are not counted."
    )
