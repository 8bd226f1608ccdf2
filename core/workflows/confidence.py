"""Can I trust "99 %"? How often it is right when it says how sure it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.errors import NothingYetError
from core.findings.confidence_words import bin_sentences, trust_statement, word_statement
from core.findings.statements import count_of, silent_statement
from core.metrics.calibration import (
    correlation_of,
    expected_calibration_error,
    perfect_model_band,
    reliability_table,
    silent_failure_summary,
)
from core.metrics.intervals import accuracy
from core.project import Project
from core.records import Folder, State, Statement
from core.settings import SETTINGS
from core.workflows import budget as budget_workflow
from core.workflows.kept import kept_beside
from core.workflows.reserved import without_reserved
from core.workflows.scores import Scores, scores
from core.workflows.temperature import (
    FEWEST_FRAMES,
    Correction,
    correction,
    correction_lines,
)
from core.workflows.unlabelled import UnlabelledReport, guess_json, unlabelled

SECTIONS: dict[str, str] = {
    "budget": "Let it decide?",
    "word": "Keeps its word?",
    "silent": "Sure and wrong",
    "unusual": "Unusual",
    "probes": "Nonsense exam",
    "unlabelled": "Without labels",
}
"""The questions of the page, one at a time."""

MEASURES: dict[str, tuple[str, str]] = {
    "sure": ("How sure", "How sure it said it was, out of 100"),
    "lead": (
        "Lead over the second answer",
        "How far the first answer leads the second, out of 100",
    ),
    "undecided": ("How undecided", "How evenly it spreads over the classes, out of 100"),
}
"""What the histogram can show: name, and title of its axis."""


@dataclass(frozen=True, eq=False)
class SilentReport:
    """Very sure and wrong, on the labelled field frames."""

    statement: Statement
    frames: pd.DataFrame  # surest first
    count: int


@dataclass(frozen=True, eq=False)
class ConfidenceReport:
    """How far confidence can be trusted on the labelled field frames."""

    frames: pd.DataFrame  # labelled field frames with confidence and is_right
    reliability: pd.DataFrame  # tables.RELIABILITY
    reliability_after: pd.DataFrame | None  # with the correction
    headline: Statement  # at the threshold
    word: Statement  # over all labelled frames
    silent_as_stated: SilentReport
    silent_corrected: SilentReport | None
    threshold: float
    ece: float  # 15 equal-width bins
    ece_perfect_p95: float
    correction: Correction | None  # fitted on the reference; None with too few frames
    budget: list[dict[str, Any]]
    chosen: float | None  # the project's threshold
    unusual: int  # answered field frames unlike the reference
    unlabelled: UnlabelledReport
    reserved: int = 0  # labelled reference frames the correction was not fitted on

    @property
    def silent(self) -> Statement:
        """Very sure and wrong as stated, in a sentence."""
        return self.silent_as_stated.statement

    @property
    def silent_failures(self) -> pd.DataFrame:
        """The frames of that sentence, surest first."""
        return self.silent_as_stated.frames

    @property
    def temperature(self) -> float | None:
        """T of the correction."""
        return self.correction.temperature if self.correction else None

    @property
    def silent_before(self) -> int:
        """Very sure and wrong, as stated."""
        return len(self.silent_failures)

    @property
    def silent_after(self) -> int | None:
        """Very sure and wrong, with the correction."""
        return self.silent_corrected.count if self.silent_corrected else None


def confidence(project: Project, *, threshold: float | None = None) -> ConfidenceReport:
    """
    How often the model is right at each level of confidence.

    Args:
        threshold: the mark of the headline; None takes the project's own, else 0.99.

    Raises:
        NothingYetError: no labelled field frames.
    """
    found = scores(project)
    chosen = found.choices.sure_threshold
    mark = next(m for m in (threshold, chosen, SETTINGS.silent_confidence) if m is not None)
    return _confidence(found, mark, project)


@kept_beside(most=6)
def _confidence(found: Scores, threshold: float, project: Project) -> ConfidenceReport:
    frames = found.labelled(Folder.FIELD)
    if frames.empty:
        raise NothingYetError(
            "No labelled field frame has an answer yet, so nobody can say how far to trust it. "
            "Wait for the model, or label some frames in the queue."
        )
    sure, right, clips = _columns(frames)
    above = accuracy(right[sure >= threshold], clips[sure >= threshold])
    fitted = correction(found)
    costs = budget_workflow.budget(project)
    as_stated, ece, perfect, word = _word(found)
    return ConfidenceReport(
        frames=frames,
        reliability=as_stated,
        reliability_after=(
            None if fitted is None else reliability_table(fitted.confidence, right, clips)
        ),
        headline=trust_statement(above, threshold),
        word=word,
        silent_as_stated=silent_of(frames, sure),
        silent_corrected=None if fitted is None else silent_of(frames, fitted.confidence),
        threshold=threshold,
        ece=ece,
        ece_perfect_p95=perfect,
        correction=fitted,
        budget=budget_workflow.budget_json(costs),
        chosen=found.choices.sure_threshold,
        unusual=costs.unusual,
        unlabelled=unlabelled(project),
        reserved=_reserved(found),
    )


def _reserved(found: Scores) -> int:
    labelled = found.labelled(Folder.REFERENCE)
    return len(labelled) - len(without_reserved(found.project, labelled))


@kept_beside(most=4)
def _word(found: Scores) -> tuple[pd.DataFrame, float, float, Statement]:
    sure, right, clips = _columns(found.labelled(Folder.FIELD))
    alike = correlation_of(right, clips)
    bins = SETTINGS.calibration_bins
    statement = word_statement(
        accuracy(right, clips),
        float(sure.mean()),
        expected_calibration_error(sure, right, n_bins=bins),
        perfect_model_band(sure, n_bins=bins, seed=0, clip=clips, correlation=alike, draws=200),
    )
    return (
        reliability_table(sure, right, clips),
        expected_calibration_error(sure, right, n_bins=bins, bins="width"),
        perfect_model_band(
            sure, n_bins=bins, bins="width", seed=0, clip=clips, correlation=alike, draws=200
        ),
        statement,
    )


def _columns(
    frames: pd.DataFrame,
) -> tuple[NDArray[np.float64], NDArray[np.bool_], NDArray[np.object_]]:
    return (
        frames["confidence"].to_numpy(np.float64),
        frames["is_right"].to_numpy(bool),
        frames["clip"].to_numpy(object),
    )


def silent_of(frames: pd.DataFrame, sure: NDArray[np.float64]) -> SilentReport:
    """
    The very sure and wrong among labelled frames.

    Args:
        frames: labelled frames with is_right (bool) and clip.
        sure: shape (n,), how sure it is of each, as stated or corrected.
    """
    mark = SETTINGS.silent_confidence
    right = frames["is_right"].to_numpy(bool)
    found = silent_failure_summary(sure, right, frames["clip"].to_numpy(object), threshold=mark)
    chosen = np.flatnonzero(~right & (sure >= mark))
    order = chosen[np.argsort(-sure[chosen], kind="stable")]
    return SilentReport(
        statement=silent_statement(
            found.wrong, found.sure, found.low_of_sure, found.high_of_sure, threshold=mark
        ),
        frames=frames.iloc[order],
        count=len(order),
    )


@kept_beside(most=4)
def _silent(found: Scores) -> SilentReport | None:
    frames = found.labelled(Folder.FIELD)
    return None if frames.empty else silent_of(frames, frames["confidence"].to_numpy(np.float64))


def silent_failures(project: Project) -> tuple[Statement, pd.DataFrame]:
    """
    The silent failures among the labelled field frames, in a sentence and as frames.

    Raises:
        NothingYetError: no labelled field frames.
    """
    report = _silent(scores(project))
    if report is None:
        raise NothingYetError("No labelled field frame has an answer yet.")
    return report.statement, report.frames


def histogram_values(
    project: Project, *, measure: str, answer: str | None = None
) -> tuple[NDArray[np.float64], NDArray[np.object_]]:
    """
    What the histogram draws of every answered field frame.

    Args:
        measure: a key of MEASURES.
        answer: only frames with this answer.

    Returns:
        Two arrays of shape (n,): values 0..1, and True, False or None (nobody labelled it).
    """
    found = scores(project)
    frames = found.of(Folder.FIELD)
    frames = frames[frames["answer"].notna()]
    if answer is not None:
        frames = frames[frames["answer"] == answer]
    return _measured(frames, measure, found), frames["is_right"].to_numpy(object)


def _measured(frames: pd.DataFrame, measure: str, found: Scores) -> NDArray[np.float64]:
    if measure == "lead":
        leads = [
            top[0][1] - top[1][1] if len(top) > 1 else 1.0 for top in frames["top3"].to_numpy()
        ]
        return np.array(leads, dtype=np.float64)
    if measure == "undecided":
        classes = len(found.choices.spec.classes) if found.choices.spec else 2
        most = np.log(classes) if classes > 1 else 1.0
        return np.asarray((frames["entropy"].to_numpy(np.float64) / most).clip(0, 1))
    return frames["confidence"].to_numpy(np.float64)


def answers(project: Project) -> list[str]:
    """The classes the model gives in the field, the commonest first."""
    frames = scores(project).of(Folder.FIELD)
    return [str(name) for name in frames["answer"].dropna().value_counts().index]


def budget_sentences(report: ConfidenceReport) -> list[str]:
    """What each mark costs, in words: how many frames stay, how many of them are wrong."""
    return [
        f"From {row['threshold'] * 100:g} % sure on: it decides {row['kept']:,} of {row['of']:,} "
        f"labelled frames and is wrong in {row['wrong']:,} of them "
        f"(between {row['low'] * 100:.1f} and {row['high'] * 100:.1f} in 100)."
        for row in report.budget
        if row["kept"]
    ]


def report_lines(report: ConfidenceReport) -> list[str]:
    """What `fieldcheck confidence` prints."""
    after = report.silent_corrected
    return [
        report.headline.headline,
        report.word.headline + " " + report.word.next_step,
        report.silent.headline,
        *([f"With the correction: {after.statement.headline}"] if after else []),
        *([report.correction.statement.headline] if report.correction else []),
        *budget_sentences(report),
        *([report.unlabelled.headline.headline] if report.unlabelled.guess else []),
        budget_workflow.chosen_words(report.chosen),
    ]


def correction_statement(report: ConfidenceReport) -> Statement:
    """Whether the correction holds in the field; what is missing for it where there is none."""
    if report.correction:
        return report.correction.statement
    return Statement(
        "Too few labelled reference frames to learn a correction of how sure it says it is.",
        f"Add {FEWEST_FRAMES} or more labelled reference frames on the Overview page.",
        State.NOT_ENOUGH,
    )


def silent_change(report: ConfidenceReport) -> str:
    """The count before and after the correction, in one line."""
    frames = count_of(len(report.frames), "labelled frame")
    return (
        f"Very sure and wrong in {report.silent_before:,} of {frames} as stated, in "
        f"{report.silent_after:,} of them with the correction learnt on the reference."
    )


def measure_title(name: str) -> str:
    """What a person chooses the histogram's measure by."""
    return MEASURES[name][0]


def technical(report: ConfidenceReport) -> str:
    """The figures behind the page in technical terms."""
    before, after = report.silent_before, report.silent_after
    silent = (
        ""
        if after is None
        else f"{before} of {count_of(len(report.frames), 'labelled field frame')} are wrong at "
        f"0.99 or more as stated, {after} corrected. "
    )
    return "\n\n".join(
        [
            "Confidence is the largest softmax probability. ECE over 15 equal-width bins: "
            f"{report.ece:.3f}; a perfectly calibrated model would show up to "
            f"{report.ece_perfect_p95:.3f} on as many frames (95th percentile of 200 draws in "
            "which frames of a clip are right together as often as here).",
            *correction_lines(report.correction, left_out=report.reserved),
            f"{silent}Bins hold equally many frames; hollow points have under 20. The band is "
            "where a perfectly calibrated model would lie in 95 of 100 draws. Intervals: Wilson "
            "on the effective count of clips; silent failures Clopper-Pearson, rule of three for "
            "none. Sources: Guo et al. 2017; Kumar et al. 2019; Roelofs et al. 2022; Bröcker & "
            "Smith 2007; Spiegelhalter 1986.",
            *bin_sentences(report.reliability),
        ]
    )


def confidence_json(report: ConfidenceReport) -> dict[str, Any]:
    """What `fieldcheck confidence --json` prints (product.md, "Command line")."""
    found = report.correction
    return {
        "ece": report.ece,
        "ece_perfect_p95": report.ece_perfect_p95,
        "temperature": report.temperature,
        "temperature_low": found.low if found else None,
        "temperature_high": found.high if found else None,
        "temperature_field": found.needed if found else None,
        "correction": found.statement.state.value if found else None,
        "silent": {"before": report.silent_before, "after": report.silent_after},
        "budget": report.budget,
        "of": len(report.frames),
        "threshold": report.threshold,
        "chosen": report.chosen,
        "unusual": report.unusual,
        "unlabelled": guess_json(report.unlabelled),
    }
