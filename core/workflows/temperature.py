"""The correction learnt on the reference: how sure it is with it, and whether it holds here."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.findings.confidence_words import travel_statement
from core.findings.holdout_words import left_out_words
from core.metrics.calibration import (
    correlation_of,
    debiased_calibration_error,
    expected_calibration_error,
    perfect_model_band,
)
from core.metrics.classification import softmax
from core.metrics.intervals import Z_95, accuracy
from core.metrics.scoring_rules import brier_of_answer, negative_log_likelihood, spiegelhalter
from core.metrics.temperature import fit_temperature, temperature_error, temperature_interval
from core.records import Folder, Statement
from core.workflows.kept import kept_beside
from core.workflows.reserved import without_reserved
from core.workflows.scores import Scores, vectors

FEWEST_FRAMES = 50
NOISY_FRAMES = 200  # methods 5: with fewer the fitted number is noisy


@dataclass(frozen=True, slots=True)
class Figures:
    """How good its word is on the labelled field frames, in technical terms."""

    stated: float  # mean confidence
    ece: float  # equal-mass bins
    perfect: float  # the 95th percentile of a perfect model's, clips considered
    debiased: float  # root mean square
    brier: float  # of the answer
    nll: float  # nats
    z: float  # Spiegelhalter's
    p: float


@dataclass(frozen=True, slots=True, eq=False)
class Correction:
    """Temperature scaling fitted on the reference, judged on the field."""

    temperature: float
    low: float  # 95 %, clips
    high: float
    fitted_on: int  # labelled reference frames
    needed: float  # what the field's own labels would give; never applied
    needed_low: float
    needed_high: float
    confidence: NDArray[np.float64]  # corrected, of the labelled field frames, in their order
    before: Figures
    after: Figures
    statement: Statement


@kept_beside(most=4)
def correction(found: Scores) -> Correction | None:
    """
    The correction and what it does; None with too few labelled reference frames, or no field ones.

    Never fitted on the frames it is judged on (Guo et al. 2017, section 4.2), nor on those a
    hold-out reserves.
    """
    field = found.labelled(Folder.FIELD)
    reference = without_reserved(found.project, found.labelled(Folder.REFERENCE))
    if found.choices.spec is None or field.empty or len(reference) < FEWEST_FRAMES:
        return None
    logits, labels = _known(found, reference)
    fitted = fit_temperature(logits, labels)
    error = temperature_error(logits, labels, reference["clip"], temperature=fitted)
    there, truth = _known(found, field)
    needed = fit_temperature(there, truth)
    needed_error = temperature_error(there, truth, field["clip"], temperature=needed)
    before, after = softmax(there), softmax(there / fitted)
    spread = math.hypot(error, needed_error)
    differs = math.isfinite(spread) and abs(math.log(fitted / needed)) > Z_95 * spread
    of_field = accuracy(field["is_right"].to_numpy(), field["clip"].to_numpy())
    figures = [_figures(field, p, truth) for p in (before, after)]
    low, high = temperature_interval(fitted, error)
    needed_low, needed_high = temperature_interval(needed, needed_error)
    return Correction(
        temperature=fitted,
        low=low,
        high=high,
        fitted_on=len(reference),
        needed=needed,
        needed_low=needed_low,
        needed_high=needed_high,
        confidence=after.max(axis=1),
        before=figures[0],
        after=figures[1],
        statement=travel_statement(of_field, figures[0].stated, figures[1].stated, differs=differs),
    )


def _known(found: Scores, frames: pd.DataFrame) -> tuple[NDArray[np.float32], NDArray[np.intp]]:
    classes = found.choices.spec.classes if found.choices.spec else ()
    place = {name: index for index, name in enumerate(classes)}
    labels = np.asarray(frames["label"].map(place), dtype=np.intp)
    return vectors(found.project, "logits", list(frames["content_hash"])), labels


def _figures(
    frames: pd.DataFrame, probabilities: NDArray[np.float64], labels: NDArray[np.intp]
) -> Figures:
    sure, right = probabilities.max(axis=1), frames["is_right"].to_numpy()
    clip = frames["clip"].to_numpy(object)
    z, p = spiegelhalter(sure, right)
    return Figures(
        stated=float(sure.mean()),
        ece=expected_calibration_error(sure, right),
        perfect=perfect_model_band(
            sure, seed=0, clip=clip, correlation=correlation_of(right, clip), draws=200
        ),
        debiased=debiased_calibration_error(sure, right),
        brier=brier_of_answer(sure, right),
        nll=negative_log_likelihood(probabilities, labels),
        z=z,
        p=p,
    )


def correction_lines(found: Correction | None, *, left_out: int = 0) -> list[str]:
    """
    The figures for the fold, in technical terms.

    Args:
        left_out: labelled reference frames a hold-out kept from the fit.
    """
    reserved = left_out_words(left_out, "labelled reference frame")
    if found is None:
        few = f"Too few labelled reference frames (under {FEWEST_FRAMES}) to fit a temperature."
        return [few + reserved]
    noisy = ", few, so it is known only roughly" if found.fitted_on < NOISY_FRAMES else ""
    lines = [
        f"Temperature scaling fitted on the reference ({found.fitted_on:,} labelled frames{noisy}) "
        f"gives T = {found.temperature:.2f} (95 % {found.low:.2f} to {found.high:.2f}, clips as "
        f"units). The field's own labels would give {found.needed:.2f} ({found.needed_low:.2f} to "
        f"{found.needed_high:.2f}); that one is shown, never applied, because it would be judged "
        f"on the frames it was made from.{reserved}"
    ]
    for name, figures in (("as stated", found.before), ("corrected", found.after)):
        lines.append(
            f"Field, {name}: ECE {figures.ece:.3f} over 15 equal-mass bins (a perfect model at "
            f"this count, with clips as alike as these, stays under {figures.perfect:.3f} in 95 "
            f"of 100 draws), debiased RMS {figures.debiased:.3f}, Brier score of the answer "
            f"{figures.brier:.3f}, log loss {figures.nll:.3f}, Spiegelhalter z {figures.z:.2f} "
            f"(p {figures.p:.3f}, frames taken as independent)."
        )
    return lines
