"""Does "99 % sure" mean right 99 times in 100? Measures, the correction, and silent failures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from core import tables
from core.metrics.intervals import (
    accuracy,
    clip_correlation,
    clip_counts,
    clopper_pearson,
    effective_count,
    zero_events_upper,
)
from core.settings import SETTINGS

Bins = Literal["mass", "width"]


def expected_calibration_error(
    confidence: ArrayLike,
    is_correct: ArrayLike,
    *,
    n_bins: int = SETTINGS.calibration_bins,
    bins: Bins = "mass",
) -> float:
    """
    Mean gap between stated confidence and accuracy, weighted by bin size.

    Never 0 by chance alone: read it beside `perfect_model_band`.

    Args:
        confidence: shape (n,), probability of the predicted class, 0..1.
        is_correct: shape (n,), True where the prediction equals the label.
        n_bins: how many bins at most.
        bins: "mass" puts equally many frames into each, ties staying in one bin, so that the
            order of frames does not matter; "width" cuts 0..1 evenly, each bin holding its upper
            edge.

    Raises:
        ValueError: shapes differ, n is 0, or a confidence is outside 0..1.

    Source:
        Guo et al. 2017, section 2 ("width", 15 bins); "mass" as in Roelofs et al. 2022.
    """
    sure, correct = _checked(confidence, is_correct)
    return _mean_gap(_bin_of(sure, n_bins, bins), correct - sure)


def perfect_model_band(
    confidence: ArrayLike,
    *,
    n_bins: int = SETTINGS.calibration_bins,
    bins: Bins = "mass",
    draws: int = 500,
    seed: int,
) -> float:
    """
    The calibration error that a perfectly calibrated model stays under 95 times in 100.

    Only a larger `expected_calibration_error`, with the same bins, is a finding. Answers are drawn
    independently; frames that come in clips scatter more, so give one frame per clip, or take an
    error just above the band as no finding.

    Args:
        confidence: shape (n,), 0..1.
        draws: how many imagined sets of answers, each right with the stated probability.

    Raises:
        ValueError: n is 0, or a confidence is outside 0..1.

    Source:
        Bröcker and Smith 2007 (consistency resampling).
    """
    sure, _ = _checked(confidence, np.ones(np.shape(confidence)))
    bin_of = _bin_of(sure, n_bins, bins)
    rng = np.random.default_rng(seed)
    errors = [_mean_gap(bin_of, (rng.random(len(sure)) < sure) - sure) for _ in range(draws)]
    return float(np.quantile(errors, 0.95))


def reliability_table(
    confidence: ArrayLike, is_correct: ArrayLike, clip: ArrayLike, *, n_bins: int = 10
) -> pd.DataFrame:
    """
    How often it was right, by how sure it said it was: tables.RELIABILITY, least sure first.

    Bins of equal width over 0..1, each holding its upper edge; empty ones are left out. Intervals
    count clips. A bin that is all right cannot show how alike its clips' frames are; the whole
    set's correlation is used there.

    Args:
        confidence: shape (n,), 0..1.
        is_correct: shape (n,), bool.
        clip: shape (n,), one name per frame.

    Raises:
        ValueError: shapes differ, or a confidence is outside 0..1. No frames give no rows.
    """
    if np.size(confidence) == 0:
        return tables.empty(tables.RELIABILITY)
    sure, correct = _checked(confidence, is_correct)
    names = np.asarray(clip, dtype=object)
    correlation = _correlation(correct, names)
    bin_of = _bin_of(sure, n_bins, "width")
    edges = np.arange(n_bins + 1) / n_bins
    rows = []
    for index in np.unique(bin_of):
        inside = bin_of == index
        share = accuracy(correct[inside], names[inside], correlation_if_unseen=correlation)
        rows.append(
            {
                "bin_low": edges[index],
                "bin_high": edges[index + 1],
                "frames": share.of,
                "right": share.right,
                "confidence": sure[inside].mean(),
                "accuracy": share.rate,
                "low": share.low,
                "high": share.high,
                "is_thin": share.of < SETTINGS.min_bin_frames,
            }
        )
    return tables.conform(pd.DataFrame(rows), tables.RELIABILITY)


def fit_temperature(logits: ArrayLike, labels: ArrayLike) -> float:
    """
    The T > 0 for which softmax(logits / T) describes the labels best; the answers stay the same.

    Above 1 the model claimed to be surer than it was. Fit it on labelled frames that no figure is
    then shown for, 200 or more, and again for each site: it does not outlast a changed field. Where
    every answer is right there is no best T and the lower bound, 0.01, comes back.

    Args:
        logits: shape (n, n_classes), finite; log-probabilities serve as well.
        labels: shape (n,), int, the index of the true class.

    Returns:
        0.01..100.

    Raises:
        ValueError: n is 0, shapes differ, or a label is not a column of `logits`.

    Source:
        Guo et al. 2017, section 4.2: least negative log-likelihood, here by Brent's method over
        log T (the likelihood has one peak in 1/T).
    """
    from scipy.optimize import minimize_scalar  # 0.3 s that few callers need
    from scipy.special import logsumexp

    z = np.asarray(logits, dtype=np.float64)
    y = np.asarray(labels)
    if z.ndim != 2 or y.shape != z.shape[:1] or not len(y):
        raise ValueError(f"expected logits (n, n_classes), labels (n,), found {z.shape}, {y.shape}")
    if y.min() < 0 or y.max() >= z.shape[1]:
        raise ValueError(f"labels must lie in 0..{z.shape[1] - 1}, found {y.min()}..{y.max()}")
    true = z[np.arange(len(y)), y]

    def loss(log_temperature: float) -> float:
        scale = np.exp(-log_temperature)
        return float(np.mean(logsumexp(z * scale, axis=1) - true * scale))

    bounds = (np.log(0.01), np.log(100.0))
    best = minimize_scalar(loss, bounds=bounds, method="bounded", options={"xatol": 1e-9})
    nearest = min((*bounds, float(best.x)), key=loss)
    return float(np.exp(nearest))


@dataclass(frozen=True, slots=True)
class SilentFailures:
    """Wrong though very sure, with 95 % intervals on effective counts."""

    wrong: int  # silent failures
    sure: int  # frames at or above the threshold
    errors: int  # all wrong frames, sure or not
    of: int
    low: float  # of wrong / of
    high: float
    low_of_sure: float  # of wrong / sure; above 1 - threshold the promise is broken
    high_of_sure: float


def silent_failures(
    confidence: ArrayLike,
    is_correct: ArrayLike,
    *,
    threshold: float = SETTINGS.silent_confidence,
) -> NDArray[np.bool_]:
    """
    Which frames are wrong though the model was at least `threshold` sure; shape (n,).

    Raises:
        ValueError: shapes differ, or a confidence is outside 0..1.
    """
    sure, correct = _checked(confidence, is_correct, may_be_empty=True)
    return np.asarray((sure >= threshold) & (correct == 0))


def silent_failure_summary(
    confidence: ArrayLike,
    is_correct: ArrayLike,
    clip: ArrayLike,
    *,
    threshold: float = SETTINGS.silent_confidence,
) -> SilentFailures:
    """
    How many silent failures, of all frames and of the frames it was sure of.

    Args:
        confidence: shape (n,), 0..1.
        is_correct: shape (n,), bool.
        clip: shape (n,), one name per frame.

    Raises:
        ValueError: shapes differ, or a confidence is outside 0..1.

    Source:
        Hendrycks and Gimpel 2017; Clopper-Pearson, and the one-sided rule of three for none.
    """
    silent = silent_failures(confidence, is_correct, threshold=threshold)
    sure = np.asarray(confidence, dtype=np.float64) >= threshold
    correct = np.asarray(is_correct, dtype=bool)
    names = np.asarray(clip, dtype=object)
    correlation = _correlation(correct, names)
    low, high = _rare_interval(silent, names, correlation)
    low_of_sure, high_of_sure = _rare_interval(silent[sure], names[sure], correlation)
    return SilentFailures(
        wrong=int(silent.sum()),
        sure=int(sure.sum()),
        errors=int((~correct).sum()),
        of=len(correct),
        low=low,
        high=high,
        low_of_sure=low_of_sure,
        high_of_sure=high_of_sure,
    )


def _rare_interval(
    happened: NDArray[np.bool_], clip: NDArray[np.object_], correlation: float
) -> tuple[float, float]:
    effective = effective_count(happened, clip, correlation_if_unseen=correlation)
    if not happened.any():
        return 0.0, zero_events_upper(effective)
    return clopper_pearson(float(happened.mean()) * effective, effective)


def _correlation(is_correct: ArrayLike, clip: ArrayLike) -> float:
    seen = clip_correlation(*clip_counts(is_correct, clip))
    return 1.0 if np.isnan(seen) else seen


def _bin_of(confidence: NDArray[np.float64], n_bins: int, bins: Bins) -> NDArray[np.intp]:
    if bins == "width":
        inner = np.arange(1, n_bins) / n_bins
        return np.searchsorted(inner, confidence, side="left")
    parts = np.array_split(np.sort(confidence), n_bins)
    starts = np.array([part[0] for part in parts[1:] if len(part)])
    return np.searchsorted(starts, confidence, side="right")


def _mean_gap(bin_of: NDArray[np.intp], gap: NDArray[np.float64]) -> float:
    return float(np.abs(np.bincount(bin_of, weights=gap)).sum() / len(gap))


def _checked(
    confidence: ArrayLike, is_correct: ArrayLike, *, may_be_empty: bool = False
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    sure = np.asarray(confidence, dtype=np.float64)
    correct = np.asarray(is_correct, dtype=bool).astype(np.float64)
    if sure.ndim != 1 or sure.shape != correct.shape:
        raise ValueError(f"confidence has shape {sure.shape}, is_correct {correct.shape}")
    if not len(sure) and not may_be_empty:
        raise ValueError("no frames to measure")
    if not np.all((sure >= 0) & (sure <= 1)):
        raise ValueError("confidence must lie in 0..1")
    return sure, correct
