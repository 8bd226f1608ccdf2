"""
How unlike the reference a picture is, on one scale from both scores, and where "unusual" begins.

The two scores, the spread of the probabilities (GEN) and the distance to the tenth nearest
reference picture (kNN), are each turned into the share of the reference that is less unlike; the
larger of the two is the picture's strangeness, 0..1.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.metrics.classification import softmax
from core.metrics.unlike import (
    generalised_entropy,
    keeping_threshold,
    neighbour_distance,
    share_below,
    unit_rows,
)
from core.settings import SETTINGS

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Strangeness:
    """Of n pictures, in order; each shape (n,)."""

    spread: Floats  # GEN, larger = more undecided
    distance: Floats  # kNN, 0..2
    score: Floats  # 0..1, the larger of both as a share of the reference


@dataclass(frozen=True, slots=True, eq=False)
class Gauge:
    """The reference as a measure of strangeness, and how well its threshold holds."""

    bank: NDArray[np.float32]  # (m, n_features), rows of length 1
    own: Strangeness  # of the reference pictures, each without its own clip
    threshold: float  # a score above it is unusual; inf with too few reference pictures
    kept: int  # reference pictures not called unusual when the other half of clips set the rule
    of: int

    def measure(self, logits: ArrayLike, embeddings: ArrayLike) -> Strangeness:
        """
        How strange pictures are that are not of the reference.

        Args:
            logits: shape (n, n_classes).
            embeddings: shape (n, n_features).
        """
        spread = generalised_entropy(softmax(logits))
        distance = neighbour_distance(unit_rows(embeddings), self.bank, k=SETTINGS.neighbours)
        return Strangeness(
            spread,
            distance,
            _rank(self.own.spread, self.own.distance, spread, distance),
        )

    def is_unusual(self, strange: Strangeness) -> NDArray[np.bool_]:
        """Which of them lie beyond what 95 % of held-out reference pictures stay within."""
        return np.asarray(strange.score > self.threshold)


def reference_gauge(
    logits: ArrayLike, embeddings: ArrayLike, clip: ArrayLike, *, seed: int = 0
) -> Gauge:
    """
    A gauge made of the reference pictures.

    A reference picture's own distance leaves out its whole clip, as a new picture has no twin in
    the reference either; the threshold is the split-conformal quantile of these. As a check that
    owes nothing to that, the clips are halved: each half sets a threshold that the other is held
    against.

    Args:
        logits: shape (m, n_classes), m > 0.
        embeddings: shape (m, n_features).
        clip: shape (m,), one name a picture.
        seed: which clips fall into which half.

    Source:
        methods 7; Liu et al. 2023 (GEN), Sun et al. 2022 (kNN), Vovk et al. 2005 (the quantile).
        Taking the larger of two ranks is ours: it needs no weights between the two.
    """
    spread = generalised_entropy(softmax(logits))
    bank = unit_rows(embeddings)
    _, clips = np.unique(np.asarray(clip, dtype=str), return_inverse=True)
    distance = neighbour_distance(
        bank, bank, k=SETTINGS.neighbours, query_group=clips, bank_group=clips
    )
    score = _rank(spread, distance, spread, distance)
    kept, of = _held_out(spread, bank, clips, seed=seed)
    return Gauge(
        bank=bank,
        own=Strangeness(spread, distance, score),
        threshold=keeping_threshold(score, keeps=SETTINGS.keeps_usual),
        kept=kept,
        of=of,
    )


def _held_out(
    spread: Floats, bank: NDArray[np.float32], clips: NDArray[np.intp], *, seed: int
) -> tuple[int, int]:
    halves = np.random.default_rng(seed).permutation(int(clips.max()) + 1) % 2
    side = halves[clips]
    kept = of = 0
    across = np.empty(len(bank))
    for half in (0, 1):
        across[side == half] = neighbour_distance(
            bank[side == half], bank[side != half], k=SETTINGS.neighbours
        )
    for half in (0, 1):
        sets, held = side == half, side != half
        if not sets.any() or not held.any():
            return 0, 0
        own = _rank(spread[sets], across[sets], spread[sets], across[sets])
        threshold = keeping_threshold(own, keeps=SETTINGS.keeps_usual)
        if math.isinf(threshold):
            return 0, 0
        others = _rank(spread[sets], across[sets], spread[held], across[held])
        kept += int((others <= threshold).sum())
        of += int(held.sum())
    return kept, of


def _rank(spread: Floats, distance: Floats, asked_spread: Floats, asked_distance: Floats) -> Floats:
    return np.maximum(share_below(spread, asked_spread), share_below(distance, asked_distance))


def sureness_by_distance(
    reference: ArrayLike, distance: ArrayLike, confidence: ArrayLike, *, groups: int = 10
) -> list[dict[str, float]]:
    """
    How sure it says it is, from the most ordinary pictures to the strangest.

    By distance alone: the spread of the probabilities is another name for how sure it is, so a
    chart against it could only fall.

    Args:
        reference: shape (m,), distances within the reference; its tenths set the groups.
        distance: shape (n,), of the pictures asked about.
        confidence: shape (n,), 0..1.
        groups: how many; one more holds what lies beyond 99 % of the reference.

    Returns:
        One row a group that holds pictures: low and high (share of the reference that is less
        strange, 0..1), frames, confidence (mean), quarter and three_quarters of confidence.
    """
    share = share_below(reference, distance)
    sure = np.asarray(confidence, dtype=np.float64)
    edges = np.append(np.arange(groups) / groups, [0.99, np.inf])
    rows = []
    for low, high in pairwise(edges):
        inside = (share >= low) & (share < high)
        if inside.any():
            quarter, three = np.quantile(sure[inside], [0.25, 0.75])
            rows.append(
                {
                    "low": float(low),
                    "high": float(min(high, 1.0)),
                    "frames": int(inside.sum()),
                    "confidence": float(sure[inside].mean()),
                    "quarter": float(quarter),
                    "three_quarters": float(three),
                }
            )
    return rows
