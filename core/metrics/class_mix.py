"""How large a share of frames each class has where nobody labelled them, from the answers there."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

MIN_SINGULAR = 0.1
"""Ours: below it the confusion table turns a small error in the counts into a tenfold one."""

EM_ROUNDS = 500
EM_CLOSE = 1e-7
EM_CELLS = 1_000_000
"""Frames times classes looked at; of more, evenly spaced frames stand for all."""


class MixSource(StrEnum):
    """Where a class mix is from, best first."""

    CORRECTED = "corrected"  # counts of the answers, corrected by the confusion table
    SPREAD = "spread"  # expectation-maximisation over how sure each answer is
    AS_LABELLED = "as_labelled"  # the labelled frames' own mix: nothing was corrected


@dataclass(frozen=True, slots=True)
class ClassMix:
    """The share of each class, and where it is from."""

    shares: Floats  # (n_classes,), above 0, sum 1
    source: MixSource
    errors: Floats | None = None  # (n_classes,), standard errors; None where not known


def answer_rates(answers: ArrayLike, labels: ArrayLike, *, n_classes: int) -> Floats:
    """
    How often each label (column) gets each answer (row), on labelled frames.

    Args:
        answers, labels: shape (n,), int, 0..n_classes - 1.

    Returns:
        shape (n_classes, n_classes); columns sum to 1, or are nan for a label without frames.
    """
    table = np.zeros((n_classes, n_classes))
    np.add.at(table, (np.asarray(answers, dtype=int), np.asarray(labels, dtype=int)), 1.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(table / table.sum(axis=0))


def corrected_mix(answer_counts: ArrayLike, rates: Floats) -> Floats | None:
    """
    The class mix that would give these counts of answers; None where it cannot be told.

    Assumes that a class looks the same in both sets and only its share differs.

    Args:
        answer_counts: shape (n_classes,), frames of the unlabelled set by answer.
        rates: `answer_rates` of the labelled set.

    Returns:
        shape (n_classes,), or None: nothing was counted, a class is never labelled, or the answers
        hardly tell two classes apart (smallest singular value under MIN_SINGULAR).

    Source:
        Lipton, Wang and Smola 2018 (black box shift estimation); solved by non-negative least
        squares instead of an inverse, so that no share falls below 0.
    """
    from scipy.optimize import nnls

    counts = np.asarray(answer_counts, dtype=np.float64)
    if not counts.sum() or np.isnan(rates).any():
        return None
    if np.linalg.svd(rates, compute_uv=False)[-1] < MIN_SINGULAR:
        return None
    shares, _ = nnls(rates, counts / counts.sum())
    return np.asarray(shares / shares.sum()) if shares.sum() else None


def corrected_mix_errors(
    answer_counts: ArrayLike, rates: Floats, label_counts: ArrayLike, shares: Floats
) -> Floats:
    """
    Standard error of each share of `corrected_mix`, shape (n_classes,).

    Args:
        answer_counts, rates: as `corrected_mix`.
        label_counts: shape (n_classes,), labelled frames behind each column of `rates`, above 0.
        shares: what `corrected_mix` gave.

    Source:
        Delta method: both the counts and each column of rates are multinomial, and an error in
        either passes through the inverse of the confusion table.
    """
    counts = np.asarray(answer_counts, dtype=np.float64)
    said = counts / counts.sum()
    spread = (np.diag(said) - np.outer(said, said)) / counts.sum()
    of_column = shares**2 / np.asarray(label_counts, dtype=np.float64)
    spread += np.diag(rates @ of_column) - (rates * of_column) @ rates.T
    inverse = np.linalg.pinv(rates)
    return np.asarray(np.sqrt(np.maximum(((inverse @ spread) * inverse).sum(axis=1), 0.0)))


def spread_mix(probabilities: ArrayLike, *, prior: ArrayLike) -> Floats | None:
    """
    The class mix under which the probabilities, turned to it, have that mix as their mean.

    Needs no labels, but trusts the probabilities: an overconfident model moves it too little.

    Args:
        probabilities: shape (n, n_classes), rows sum to 1.
        prior: shape (n_classes,), above 0: the mix the model was trained on.

    Returns:
        shape (n_classes,), or None without frames or where it does not settle in EM_ROUNDS.

    Source:
        Saerens, Latinne and Decaestecker 2002, equations 2.7 to 2.9.
    """
    sure = np.asarray(probabilities, dtype=np.float64)
    start = np.asarray(prior, dtype=np.float64)
    if not len(sure):
        return None
    sure = sure[:: -(-sure.size // EM_CELLS)]
    ratio = sure / (start / start.sum())
    mix = start / start.sum()
    for _ in range(EM_ROUNDS):
        turned = ratio * mix
        new = np.asarray((turned / turned.sum(axis=1, keepdims=True)).mean(axis=0))
        if np.abs(new - mix).max() < EM_CLOSE:
            return new
        mix = new
    return None


def class_mix(
    labels: ArrayLike,
    answers: ArrayLike,
    *,
    unlabelled: ArrayLike,
    prior: ArrayLike,
) -> ClassMix:
    """
    The best that can be said of the mix of a set without labels, and how it was found.

    Corrected counts; else, where the labelled frames cannot correct them, the probabilities
    themselves; else the mix of the labelled frames as it is. A share lost in the noise of the
    correction is lifted to its standard error, and every class counts for one frame more: taken for
    0, a rare class would not count at all in whatever is weighted by the mix.

    Args:
        labels, answers: shape (n,), int: the labelled frames.
        unlabelled: shape (m, n_classes), probabilities of the set asked about.
        prior: shape (n_classes,), above 0: the mix the model was trained on.
    """
    given = np.asarray(labels, dtype=int)
    start = np.asarray(prior, dtype=np.float64)
    n_classes = len(start)
    sure = np.asarray(unlabelled, dtype=np.float64).reshape(-1, n_classes)
    said = np.bincount(sure.argmax(axis=1), minlength=n_classes)
    rates = answer_rates(answers, given, n_classes=n_classes)
    counted = np.bincount(given, minlength=n_classes).astype(np.float64)
    found = corrected_mix(said, rates)
    if found is not None:
        errors = corrected_mix_errors(said, rates, counted, found)
        lifted = np.maximum(found, errors)
        return ClassMix(_one_more(lifted, len(sure)), MixSource.CORRECTED, errors)
    found = spread_mix(sure, prior=start)
    if found is not None:
        return ClassMix(_one_more(found, len(sure)), MixSource.SPREAD)
    shares = counted if counted.sum() else start
    return ClassMix(_one_more(shares, max(int(counted.sum()), 1)), MixSource.AS_LABELLED)


def _one_more(shares: Floats, frames: int) -> Floats:
    """The shares, each class counting for one frame more."""
    counts = shares / shares.sum() * frames + 1.0
    return np.asarray(counts / counts.sum())


def mix_weights(labels: ArrayLike, shares: ArrayLike) -> Floats:
    """
    How many frames of the wanted mix each frame stands for: mean 1, shape (n,).

    A wanted class without frames has no one to stand for it: the others keep their proportions.

    Args:
        labels: shape (n,), int.
        shares: shape (n_classes,), the wanted mix.
    """
    given = np.asarray(labels, dtype=int)
    wanted = np.asarray(shares, dtype=np.float64)
    if not len(given):
        return np.zeros(0)
    counts = np.bincount(given, minlength=len(wanted))
    weights = (wanted / np.maximum(counts, 1))[given]
    return np.asarray(weights / weights.mean()) if weights.sum() else np.ones(len(given))
