"""A share in which frames count unequally, with an interval that knows clips and weights."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.metrics.intervals import effective_of_clips, wilson_interval


@dataclass(frozen=True, slots=True)
class WeightedShare:
    """A share 0..1 with its 95 % interval; nan between 0 and 1 where nothing counts."""

    rate: float
    low: float
    high: float
    effective: float


def weighted_share(
    happened: NDArray[np.bool_],
    weights: NDArray[np.float64],
    clips: NDArray[np.intp],
    *,
    correlation_if_unseen: float = 1.0,
) -> WeightedShare:
    """
    The weighted share with Wilson's interval on an effective count.

    That count is the clips' (methods 1.2), times what Kish's formula says the weights leave of it.
    Unlike a bootstrap it has a width where nothing, or everything, happened.

    Args:
        happened: shape (n,).
        weights: shape (n,), 0 or more.
        clips: shape (n,), a number 0 or more per clip.
        correlation_if_unseen: as `effective_of_clips`.

    Source:
        Kish 1965, effective count of weights (sum w)^2 / sum w^2; Wilson 1927. Multiplying both is
        ours: cautious where weights follow clips.
    """
    total = float(weights.sum())
    if not total:
        return WeightedShare(float("nan"), 0.0, 1.0, 0.0)
    rate = min(1.0, float(weights @ happened / total))  # sums of weights round
    of_weights = total**2 / float(weights @ weights) / len(weights)
    frames = np.bincount(clips)
    events = np.bincount(clips[happened], minlength=len(frames))
    effective = of_weights * effective_of_clips(
        events, frames, correlation_if_unseen=correlation_if_unseen
    )
    low, high = wilson_interval(min(rate * effective, effective), effective)
    return WeightedShare(rate, min(low, rate), max(high, rate), effective)
