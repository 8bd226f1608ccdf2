"""The one-number correction of how sure a model says it is, and how well that number is known."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from core.metrics.classification import softmax
from core.metrics.intervals import Z_95

LOWEST, HIGHEST = 0.01, 100.0


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
        LOWEST..HIGHEST.

    Raises:
        ValueError: n is 0, shapes differ, or a label is not a column of `logits`.

    Source:
        Guo et al. 2017, section 4.2: least negative log-likelihood, here by Brent's method over
        log T (the likelihood has one peak in 1/T).
    """
    from scipy.optimize import minimize_scalar  # 0.3 s that few callers need
    from scipy.special import logsumexp

    z, y = _checked(logits, labels)
    true = z[np.arange(len(y)), y]

    def loss(log_temperature: float) -> float:
        scale = np.exp(-log_temperature)
        return float(np.mean(logsumexp(z * scale, axis=1) - true * scale))

    bounds = (np.log(LOWEST), np.log(HIGHEST))
    best = minimize_scalar(loss, bounds=bounds, method="bounded", options={"xatol": 1e-9})
    nearest = min((*bounds, float(best.x)), key=loss)
    return float(np.exp(nearest))


def temperature_error(
    logits: ArrayLike, labels: ArrayLike, clip: ArrayLike, *, temperature: float
) -> float:
    """
    Standard error of ln(temperature), clips being the independent units; inf where unknown.

    Unknown is it at the bounds of the fit, with fewer than two clips, and where the model is
    certain of everything.

    Args:
        logits: shape (n, n_classes), finite.
        labels: shape (n,), int.
        clip: shape (n,), one name per frame.
        temperature: the fitted one.

    Raises:
        ValueError: as `fit_temperature`.

    Source:
        Sandwich estimator (White 1982; Cameron and Miller 2015 for clusters) of the likelihood in
        s = 1/T, whose slope per frame is E_p[z] - z_label and whose curvature is Var_p(z).
    """
    z, y = _checked(logits, labels)
    codes, names = pd.factorize(pd.Series(clip, dtype="object"), use_na_sentinel=False)
    if len(names) < 2 or not LOWEST * 1.001 < temperature < HIGHEST / 1.001:
        return math.inf
    p = softmax(z / temperature)
    mean = (p * z).sum(axis=1)
    slope = mean - z[np.arange(len(y)), y]
    curvature = float(((p * z**2).sum(axis=1) - mean**2).sum())
    if curvature <= 0:
        return math.inf
    of_clip = np.bincount(codes, weights=slope)
    variance = len(names) / (len(names) - 1) * float(of_clip @ of_clip) / curvature**2
    return math.sqrt(variance) * temperature


def temperature_interval(temperature: float, error: float) -> tuple[float, float]:
    """95 % limits from the standard error of its logarithm, within LOWEST..HIGHEST."""
    if math.isinf(error):
        return LOWEST, HIGHEST
    step = math.exp(Z_95 * error)
    return max(LOWEST, temperature / step), min(HIGHEST, temperature * step)


def _checked(logits: ArrayLike, labels: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    z, y = np.asarray(logits, dtype=np.float64), np.asarray(labels)
    if z.ndim != 2 or y.shape != z.shape[:1] or not len(y):
        raise ValueError(f"expected logits (n, n_classes), labels (n,), found {z.shape}, {y.shape}")
    if y.min() < 0 or y.max() >= z.shape[1]:
        raise ValueError(f"labels must lie in 0..{z.shape[1] - 1}, found {y.min()}..{y.max()}")
    return z, y.astype(np.intp)
