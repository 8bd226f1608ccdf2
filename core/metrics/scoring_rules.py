"""One number for a whole set of stated confidences: how far off they were, and in which way."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def brier_of_answer(confidence: ArrayLike, is_correct: ArrayLike) -> float:
    """
    Mean squared distance between how sure it was and what happened, 0 (best) .. 1.

    Args:
        confidence: shape (n,), probability of the predicted class, 0..1.
        is_correct: shape (n,), True where the prediction equals the label.

    Raises:
        ValueError: shapes differ, or n is 0.

    Source:
        Brier 1950, of the top answer alone (right or not), as reliability diagrams are.
    """
    sure, right = _pair(confidence, is_correct)
    return float(np.mean((sure - right) ** 2))


def negative_log_likelihood(probabilities: ArrayLike, labels: ArrayLike) -> float:
    """
    Mean of -ln(probability given to the true class), in nats; what the temperature minimises.

    Args:
        probabilities: shape (n, n_classes); 0 counts as the smallest double, so it stays finite.
        labels: shape (n,), int.

    Raises:
        ValueError: shapes differ, or n is 0.
    """
    p, y = np.asarray(probabilities, dtype=np.float64), np.asarray(labels)
    if p.ndim != 2 or y.shape != p.shape[:1] or not len(y):
        raise ValueError(f"expected (n, n_classes) and (n,), found {p.shape}, {y.shape}")
    true = p[np.arange(len(y)), y.astype(np.intp)]
    return float(-np.log(np.maximum(true, np.finfo(np.float64).tiny)).mean())


def spiegelhalter(confidence: ArrayLike, is_correct: ArrayLike) -> tuple[float, float]:
    """
    z and its two-sided p: whether the Brier score is larger than perfect confidences would give.

    Treats frames as independent; give one frame a clip, or take a p just below 0.05 as nothing.

    Returns:
        (z, p); (0, 1) where every confidence is 0, 0.5 or 1 and nothing can be told.

    Raises:
        ValueError: shapes differ, or n is 0.

    Source:
        Spiegelhalter 1986: sum((y - p)(1 - 2p)) / sqrt(sum((1 - 2p)^2 p (1 - p))).
    """
    sure, right = _pair(confidence, is_correct)
    scale = math.sqrt(float(np.sum((1 - 2 * sure) ** 2 * sure * (1 - sure))))
    if scale == 0:
        return 0.0, 1.0
    z = float(np.sum((right - sure) * (1 - 2 * sure))) / scale
    return z, math.erfc(abs(z) / math.sqrt(2))


def _pair(confidence: ArrayLike, is_correct: ArrayLike) -> tuple[Floats, Floats]:
    sure = np.asarray(confidence, dtype=np.float64)
    right = np.asarray(is_correct, dtype=bool).astype(np.float64)
    if sure.ndim != 1 or sure.shape != right.shape or not len(sure):
        raise ValueError(f"confidence has shape {sure.shape}, is_correct {right.shape}")
    return sure, right
