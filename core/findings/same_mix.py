"""Compared like with like: how a slice would do if it saw the same mix of classes as the rest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.findings.cells import Codes
from core.metrics.intervals import Z_95

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class SameMix:
    """Accuracy and drop at one mix of classes, each shape (n_sets,); nan without common classes."""

    rate: Floats
    drop: Floats
    low: Floats
    high: Floats


def same_mix(
    codes: Codes, asked: Codes, classes: Codes, is_right: NDArray[np.bool_], worth: Floats
) -> SameMix:
    """
    Class-standardised accuracy of sets of a cut, and their drop against the rest.

    Each class counts as often as among all the frames, over the classes that both the set and
    the rest have. A set that looks bad only because it sees the hard classes looks as good as the
    rest here (Simpson's paradox).

    Args:
        codes: shape (n,), the set of each frame.
        asked: shape (n_sets,), the sets wanted, ascending.
        classes: shape (n,), a number from 0 for each frame's label.
        is_right: shape (n,).
        worth: shape (n_sets,), effective count / count of each set.

    Source:
        Direct standardisation (Fleiss, Levin and Paik 2003, chapter 19). The interval is the
        normal one on variances with one right and one wrong frame added to each class; ours.
    """
    n_classes = int(classes.max()) + 1 if len(classes) else 1
    of = np.bincount(classes, minlength=n_classes).astype(np.float64)
    right = np.bincount(classes, weights=is_right, minlength=n_classes)
    place = np.searchsorted(asked, codes)
    is_asked = np.isin(codes, asked)
    cell = (place * n_classes + classes)[is_asked]
    shape, size = (len(asked), n_classes), len(asked) * n_classes
    n = np.bincount(cell, minlength=size).reshape(shape).astype(np.float64)
    k = np.bincount(cell, weights=is_right[is_asked], minlength=size).reshape(shape)
    n_rest, k_rest = of - n, right - k
    is_common = (n > 0) & (n_rest > 0)
    weight = np.where(is_common, of, 0.0)
    total = weight.sum(axis=1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        weight = weight / total
        inside = np.where(is_common, k / n, 0.0)
        rest = np.where(is_common, k_rest / n_rest, 0.0)
        rate = (weight * inside).sum(axis=1)
        drop = (weight * (rest - inside)).sum(axis=1)
        share = worth[:, None]
        spread = _variance(k * share, n * share) + _variance(k_rest * share, n_rest * share)
        half = Z_95 * np.sqrt((weight**2 * np.where(is_common, spread, 0.0)).sum(axis=1))
    has_none = total[:, 0] == 0
    columns = (rate, drop, drop - half, drop + half)
    return SameMix(*(np.where(has_none, np.nan, column) for column in columns))


def _variance(k: Floats, n: Floats) -> Floats:
    p = (k + 1) / (n + 2)
    return np.asarray(p * (1 - p) / (n + 2))
