"""Two shares counted on the same frames: how far apart, and whether by chance."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from core.metrics.intervals import accuracy, wilson_interval
from core.records import Accuracy


@dataclass(frozen=True, slots=True)
class PairedDrop:
    """How many answers a change costs on the same frames."""

    before: Accuracy
    after: Accuracy
    drop: float  # share right before minus after, -1..1
    low: float
    high: float
    p: float  # one-sided: losing and gaining frames were equally likely


def paired_drop(was_right: ArrayLike, is_right: ArrayLike, clip: ArrayLike) -> PairedDrop:
    """
    The fall of the share right between two looks at the same frames.

    Counts are scaled to the smaller effective count of the two looks before they are judged.

    Args:
        was_right, is_right: shape (n,), n at least 1, bool.
        clip: shape (n,), one name per frame.

    Raises:
        ValueError: the shapes differ.

    Source:
        Newcombe 1998, method 10, and McNemar 1947; methods 1.2 and 1.3.
    """
    first, second = np.asarray(was_right, dtype=bool), np.asarray(is_right, dtype=bool)
    before, after = accuracy(first, clip), accuracy(second, clip)
    lost, gained = int((first & ~second).sum()), int((second & ~first).sum())
    both, neither = int((first & second).sum()), int((~first & ~second).sum())
    worth = min(before.effective, after.effective) / len(first)
    low, high = paired_newcombe_interval(*(worth * n for n in (both, lost, gained, neither)))
    p = mcnemar_p(round(worth * lost), round(worth * gained))
    return PairedDrop(before, after, before.rate - after.rate, low, high, p)


def paired_newcombe_interval(
    both: float, first_only: float, second_only: float, neither: float
) -> tuple[float, float]:
    """
    95 % interval of the first share minus the second, both counted on the same frames.

    Args:
        both, first_only, second_only, neither: frames right in both, in one or in none; 0 or more,
            not necessarily whole, so that effective counts fit.

    Returns:
        Limits in -1..1; (-1, 1) when nothing was counted.

    Source:
        Newcombe 1998, Statistics in Medicine 17, 2635-2650, method 10: the Wilson limits of both
        shares, combined with their correlation phi, corrected for continuity.
    """
    of = both + first_only + second_only + neither
    if of == 0:
        return -1.0, 1.0
    first, second = both + first_only, both + second_only
    rate_1, rate_2 = first / of, second / of
    low_1, high_1 = wilson_interval(first, of)
    low_2, high_2 = wilson_interval(second, of)
    phi = _phi(both, first_only, second_only, neither)
    down = _joined(rate_1 - low_1, high_2 - rate_2, phi)
    up = _joined(high_1 - rate_1, rate_2 - low_2, phi)
    return rate_1 - rate_2 - down, rate_1 - rate_2 + up


def mcnemar_p(first_only: int, second_only: int) -> float:
    """
    Chance of at least this many frames lost, were losing and gaining equally likely; one-sided.

    Args:
        first_only: frames right before and wrong after.
        second_only: frames wrong before and right after.

    Source:
        McNemar 1947, exact binomial form.
    """
    from scipy import stats  # 0.2 s, too much for the app's start

    changed = first_only + second_only
    return float(stats.binom.sf(first_only - 1, changed, 0.5)) if changed else 1.0


def _phi(both: float, first_only: float, second_only: float, neither: float) -> float:
    margins = (
        (both + first_only)
        * (second_only + neither)
        * (both + second_only)
        * (first_only + neither)
    )
    if margins <= 0:
        return 0.0
    cross = both * neither - first_only * second_only
    if cross > 0:
        cross = max(cross - (both + first_only + second_only + neither) / 2, 0.0)
    return cross / math.sqrt(margins)


def _joined(one: float, other: float, phi: float) -> float:
    return math.sqrt(max(one**2 - 2 * phi * one * other + other**2, 0.0))
