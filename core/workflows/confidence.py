"""Can I trust "99 %"? How often it is right when it says how sure it is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from core.errors import NothingYetError
from core.findings.holdout_words import left_out_words
from core.findings.statements import silent_statement
from core.metrics.calibration import (
    expected_calibration_error,
    fit_temperature,
    perfect_model_band,
    reliability_table,
    silent_failure_summary,
)
from core.metrics.classification import softmax
from core.metrics.intervals import accuracy
from core.project import Project
from core.records import Accuracy, Folder, State, Statement
from core.settings import SETTINGS
from core.workflows.reserved import without_reserved
from core.workflows.scores import Scores, scores, vectors

BUDGET_THRESHOLDS = (0.5, 0.7, 0.8, 0.9, 0.95, 0.99, 0.999)
MARKS = (0.5, 0.7, 0.8, 0.9, 0.95, 0.99)
"""Confidence marks a person can choose."""

MIN_TEMPERATURE_FRAMES = 50


@dataclass(frozen=True)
class ConfidenceReport:
    """How far confidence can be trusted on the labelled field frames."""

    frames: pd.DataFrame  # labelled field frames with confidence and is_right
    reliability: pd.DataFrame  # tables.RELIABILITY
    headline: Statement  # at the threshold
    silent: Statement
    silent_failures: pd.DataFrame  # the frames, surest first
    threshold: float
    ece: float  # 15 equal-width bins
    ece_perfect_p95: float
    temperature: float | None  # fitted on the reference; None with too few frames
    silent_before: int
    silent_after: int | None  # with the temperature applied
    budget: list[dict[str, Any]]
    reserved: int = 0  # labelled reference frames the temperature was not fitted on


def confidence(
    project: Project, *, threshold: float = SETTINGS.silent_confidence
) -> ConfidenceReport:
    """
    How often the model is right at each level of confidence.

    Raises:
        NothingYetError: no labelled field frames.
    """
    return _confidence(scores(project), threshold)


@lru_cache(maxsize=6)
def _confidence(found: Scores, threshold: float) -> ConfidenceReport:
    frames = found.labelled(Folder.FIELD)
    if frames.empty:
        raise NothingYetError(
            "No labelled field frame has an answer yet, so nobody can say how far to trust it. "
            "Wait for the model, or label some frames in the queue."
        )
    sure, right = frames["confidence"].to_numpy(), frames["is_right"].to_numpy()
    clips = frames["clip"].to_numpy()
    wrong = frames[(~right) & (sure >= threshold)].sort_values("confidence", ascending=False)
    silent = silent_failure_summary(sure, right, clips, threshold=threshold)
    above = accuracy(right[sure >= threshold], clips[sure >= threshold])
    temperature, silent_after, reserved = _cooled(found, frames)
    return ConfidenceReport(
        frames=frames,
        reliability=reliability_table(sure, right, clips, n_bins=10),
        headline=_trust(above, threshold),
        silent=silent_statement(
            silent.wrong,
            silent.sure,
            silent.low_of_sure,
            silent.high_of_sure,
            threshold=threshold,
        ),
        silent_failures=wrong,
        threshold=threshold,
        ece=expected_calibration_error(sure, right, n_bins=SETTINGS.calibration_bins, bins="width"),
        ece_perfect_p95=perfect_model_band(
            sure, n_bins=SETTINGS.calibration_bins, bins="width", seed=0
        ),
        temperature=temperature,
        silent_before=int(((~right) & (sure >= SETTINGS.silent_confidence)).sum()),
        silent_after=silent_after,
        budget=[_budget_row(right, sure, clips, at) for at in BUDGET_THRESHOLDS],
        reserved=reserved,
    )


def silent_failures(project: Project) -> tuple[Statement, pd.DataFrame]:
    """The silent failures among the labelled field frames, in a sentence and as frames."""
    report = confidence(project)
    return report.silent, report.silent_failures


def _trust(above: Accuracy, threshold: float) -> Statement:
    claim = f"it says at least {threshold * 100:g} % sure"
    if not above.of:
        return Statement(
            f"On these frames it never says it is at least {threshold * 100:g} % sure.",
            "Lower the mark to see how it does below it.",
            State.NOT_ENOUGH,
        )
    headline = (
        f"When {claim}, it is right in {above.right:,} of {above.of:,} frames "
        f"({above.rate * 100:.0f} %, between {above.low * 100:.0f} and {above.high * 100:.0f} %)."
    )
    if above.clips < SETTINGS.min_clips:
        more = SETTINGS.min_clips - above.clips
        return Statement(headline, f"Label frames from {more} more clips.", State.NOT_ENOUGH)
    if above.high < threshold:
        return Statement(
            headline,
            "It promises more than it keeps: do not let it decide alone here.",
            State.CONFIRMED,
        )
    if above.rate < threshold:
        return Statement(headline, "Perhaps a little too sure; label more.", State.SUSPECTED)
    return Statement(headline, "As good as its word on these frames.", State.NONE_FOUND)


def _cooled(found: Scores, frames: pd.DataFrame) -> tuple[float | None, int | None, int]:
    """
    Temperature fitted on the reference, the silent failures left in the field with it, and how
    many reference frames a hold-out kept from the fit.

    Never fitted on the frames it is judged on (Guo et al. 2017, section 4.2).
    """
    labelled = found.labelled(Folder.REFERENCE)
    calibration = without_reserved(found.project, labelled)
    reserved = len(labelled) - len(calibration)
    spec = found.choices.spec
    if spec is None or len(calibration) < MIN_TEMPERATURE_FRAMES:
        return None, None, reserved
    position = {name: index for index, name in enumerate(spec.classes)}
    logits = vectors(found.project, "logits", list(calibration["content_hash"]))
    labels = calibration["label"].map(position).to_numpy()
    temperature = float(fit_temperature(logits, labels))
    cooled = softmax(vectors(found.project, "logits", list(frames["content_hash"])) / temperature)
    still = (~frames["is_right"].to_numpy()) & (cooled.max(axis=1) >= SETTINGS.silent_confidence)
    return temperature, int(still.sum()), reserved


def _budget_row(
    right: np.ndarray, sure: np.ndarray, clips: np.ndarray, threshold: float
) -> dict[str, Any]:
    kept = sure >= threshold
    at = accuracy(right[kept], clips[kept])
    # The same interval as the sentence about silent failures: one page, one figure.
    silent = silent_failure_summary(sure, right, clips, threshold=threshold) if at.of else None
    return {
        "threshold": threshold,
        "kept": at.of,
        "of": len(right),
        "wrong": at.of - at.right,
        "effective": at.effective,
        "low": silent.low_of_sure if silent else 0.0,
        "high": silent.high_of_sure if silent else 1.0,
    }


def budget_sentences(report: ConfidenceReport) -> list[str]:
    """What each mark costs, in words: how many frames stay, how many of them are wrong."""
    return [
        f"From {row['threshold'] * 100:g} % sure on: it decides {row['kept']:,} of {row['of']:,} "
        f"frames and is wrong in {row['wrong']:,} of them "
        f"(between {row['low'] * 100:.1f} and {row['high'] * 100:.1f} in 100)."
        for row in report.budget
        if row["kept"]
    ]


def technical(report: ConfidenceReport) -> str:
    """The figures behind the page in technical terms."""
    cooled = (
        f"Temperature scaling fitted on the reference gives T = {report.temperature:.2f}; with it "
        f"{report.silent_after} of {len(report.frames)} labelled field frames stay wrong at 0.99 "
        f"or more, before it "
        f"{report.silent_before}."
        if report.temperature is not None
        else f"Too few labelled reference frames (under {MIN_TEMPERATURE_FRAMES}) to fit a "
        "temperature."
    ) + left_out_words(report.reserved, "labelled reference frame")
    return (
        f"Confidence is the largest softmax probability. ECE over 15 equal-width bins: "
        f"{report.ece:.3f}; a perfectly calibrated model would show up to "
        f"{report.ece_perfect_p95:.3f} on as many frames (95th percentile of 500 draws). {cooled} "
        "Intervals: Wilson on the effective count of clips; silent failures Clopper-Pearson. "
        "Hollow points have under 20 frames. Sources: Guo et al. 2017; Bröcker & Smith 2007."
    )


def confidence_json(report: ConfidenceReport) -> dict[str, Any]:
    """What `fieldcheck confidence --json` prints (product.md, "Command line")."""
    return {
        "ece": report.ece,
        "ece_perfect_p95": report.ece_perfect_p95,
        "temperature": report.temperature,
        "silent": {"before": report.silent_before, "after": report.silent_after},
        "budget": report.budget,
        "of": len(report.frames),
    }
