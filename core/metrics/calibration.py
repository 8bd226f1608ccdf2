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


def debiased_calibration_error(
    confidence: ArrayLike,
    is_correct: ArrayLike,
    *,
    n_bins: int = SETTINGS.calibration_bins,
    bins: Bins = "mass",
    is_debiased: bool = True,
) -> float:
    """
    Root mean square gap between stated confidence and accuracy, less what chance alone adds.

    Near 0 for a perfect model however few the frames, where the plain error is not; 0 where chance
    explains all of it. Bins of one frame say nothing about chance and are left out.

    Args:
        is_debiased: False gives the plug-in value, chance included.

    Raises:
        ValueError: as `expected_calibration_error`.

    Source:
        Kumar, Liang and Ma 2019, section 5; Ferro and Fricker 2012: acc (1 - acc) / (n - 1) is
        taken off inside the square.
    """
    sure, correct = _checked(confidence, is_correct)
    bin_of = _bin_of(sure, n_bins, bins)
    counted = np.bincount(bin_of)
    held = counted > (1 if is_debiased else 0)
    if not held.any():
        return 0.0
    frames = counted[held].astype(np.float64)
    right = np.bincount(bin_of, weights=correct)[held] / frames
    stated = np.bincount(bin_of, weights=sure)[held] / frames
    chance = right * (1 - right) / np.maximum(frames - 1, 1) if is_debiased else 0.0
    square = float(frames @ ((right - stated) ** 2 - chance)) / frames.sum()
    return float(np.sqrt(max(square, 0.0)))


def perfect_answers(
    confidence: ArrayLike,
    *,
    draws: int = 500,
    seed: int,
    clip: ArrayLike | None = None,
    correlation: float = 0.0,
) -> NDArray[np.bool_]:
    """
    Imagined answers of a model as good as its word: each right with the stated probability.

    Args:
        confidence: shape (n,), 0..1.
        clip: shape (n,), one name per frame; frames of one clip are then right and wrong together
            as often as `correlation` (0..1) says, since clips scatter more than single frames.

    Returns:
        Shape (draws, n).

    Source:
        Bröcker and Smith 2007 (consistency resampling). The clips are ours: a frame follows its
        clip's common draw with probability sqrt(correlation), its own otherwise.
    """
    sure, _ = _checked(confidence, np.ones(np.shape(confidence)))
    rng = np.random.default_rng(seed)
    lot = rng.random((draws, len(sure)), dtype=np.float32)
    if clip is not None and correlation > 0:
        codes, names = pd.factorize(pd.Series(clip, dtype="object"), use_na_sentinel=False)
        common = rng.random((draws, len(names)), dtype=np.float32)
        follows = rng.random((draws, len(sure)), dtype=np.float32) < np.sqrt(correlation)
        lot = np.where(follows, common[:, codes], lot)
    return np.asarray(lot < sure)


def perfect_model_band(
    confidence: ArrayLike,
    *,
    n_bins: int = SETTINGS.calibration_bins,
    bins: Bins = "mass",
    draws: int = 500,
    seed: int,
    clip: ArrayLike | None = None,
    correlation: float = 0.0,
) -> float:
    """
    The calibration error that a perfectly calibrated model stays under 95 times in 100.

    Only a larger `expected_calibration_error`, with the same bins, is a finding. Without `clip`
    answers are drawn independently, which is too strict where frames come in clips.

    Args:
        confidence: shape (n,), 0..1.
        draws, clip, correlation: as `perfect_answers`.

    Raises:
        ValueError: n is 0, or a confidence is outside 0..1.

    Source:
        Bröcker and Smith 2007 (consistency resampling).
    """
    sure, _ = _checked(confidence, np.ones(np.shape(confidence)))
    bin_of = _bin_of(sure, n_bins, bins)
    imagined = perfect_answers(sure, draws=draws, seed=seed, clip=clip, correlation=correlation)
    errors = [_mean_gap(bin_of, answers - sure) for answers in imagined]
    return float(np.quantile(errors, 0.95))


def reliability_table(
    confidence: ArrayLike,
    is_correct: ArrayLike,
    clip: ArrayLike,
    *,
    n_bins: int = 10,
    draws: int = 400,
    seed: int = 0,
) -> pd.DataFrame:
    """
    How often it was right, by how sure it said it was: tables.RELIABILITY, least sure first.

    Bins of equally many frames, ties staying in one bin; fewer bins where they would hold under
    SETTINGS.min_bin_frames. Intervals count clips. A bin that is all right cannot show how alike
    its clips' frames are; the whole set's correlation is used there. `perfect_low` and
    `perfect_high` hold the share right of a model as good as its word 95 times in 100, at this
    count and with clips as alike as these.

    Args:
        confidence: shape (n,), 0..1.
        is_correct: shape (n,), bool.
        clip: shape (n,), one name per frame.
        n_bins: how many bins at most.

    Raises:
        ValueError: shapes differ, or a confidence is outside 0..1. No frames give no rows.

    Source:
        Equal-mass bins: Roelofs et al. 2022; the band: Bröcker and Smith 2007.
    """
    if np.size(confidence) == 0:
        return tables.empty(tables.RELIABILITY)
    sure, correct = _checked(confidence, is_correct)
    names = np.asarray(clip, dtype=object)
    correlation = correlation_of(correct, names)
    bin_of = _bin_of(sure, min(n_bins, max(1, len(sure) // SETTINGS.min_bin_frames)), "mass")
    imagined = perfect_answers(sure, draws=draws, seed=seed, clip=names, correlation=correlation)
    rows = []
    for index in np.unique(bin_of):
        inside = bin_of == index
        share = accuracy(correct[inside], names[inside], correlation_if_unseen=correlation)
        perfect = np.quantile(imagined[:, inside].mean(axis=1), [0.025, 0.975])
        rows.append(
            {
                "bin_low": sure[inside].min(),
                "bin_high": sure[inside].max(),
                "frames": share.of,
                "right": share.right,
                "confidence": sure[inside].mean(),
                "accuracy": share.rate,
                "low": share.low,
                "high": share.high,
                "perfect_low": perfect[0],
                "perfect_high": perfect[1],
                "is_thin": share.of < SETTINGS.min_bin_frames,
            }
        )
    return tables.conform(pd.DataFrame(rows), tables.RELIABILITY)


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
    correlation = correlation_of(correct, names)
    low, high = rare_interval(silent, names, correlation)
    low_of_sure, high_of_sure = rare_interval(silent[sure], names[sure], correlation)
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


def rare_interval(
    happened: NDArray[np.bool_], clip: NDArray[np.object_], correlation: float
) -> tuple[float, float]:
    """
    95 % interval of a rare share on the effective count; the rule of three where it never happened.

    Args:
        happened: shape (n,), bool.
        clip: shape (n,), one name per frame.
        correlation: 0..1, used where these frames cannot tell how alike a clip's frames are.

    Source:
        Clopper and Pearson 1934; one-sided for no event.
    """
    effective = effective_count(happened, clip, correlation_if_unseen=correlation)
    if not happened.any():
        return 0.0, zero_events_upper(effective)
    return clopper_pearson(float(happened.mean()) * effective, effective)


def correlation_of(is_correct: ArrayLike, clip: ArrayLike) -> float:
    """`clip_correlation` of these frames; 1, the cautious end, where it cannot be seen."""
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
