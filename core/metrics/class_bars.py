"""A bar per class: the answer is the class whose probability is highest over its bar."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Codes = NDArray[np.intp]

ROUNDS = 2
FURTHEST = float(np.log(1000.0))
"""Ours: a bar a thousand times lower or higher stands for chance in a few frames."""


def logit_adjusted(logits: ArrayLike, prior: ArrayLike) -> Floats:
    """
    Logits minus the log of each class's share in training: rare classes are named sooner.

    Args:
        logits: shape (..., n_classes).
        prior: shape (n_classes,), each above 0.

    Raises:
        ValueError: a share is not above 0.

    Source:
        Menon et al. 2021 (ICLR), section 4.1, with tau 1; the answer that makes the mean error
        over classes least, were the probabilities true.
    """
    shares = np.asarray(prior, dtype=np.float64)
    if not np.all(shares > 0):
        raise ValueError(f"every share must be above 0, found {shares.min()}")
    return np.asarray(np.asarray(logits, dtype=np.float64) - np.log(shares))


def bars_by_rarity(counts: ArrayLike) -> Floats:
    """
    The bars of `logit_adjusted`: a class's share times the number of classes, so 1 if all alike.

    Args:
        counts: shape (n_classes,), training frames; a class without any counts as one frame.
    """
    shares = np.maximum(np.asarray(counts, dtype=np.float64), 1.0)
    return np.asarray(shares / shares.mean())


def answers_under(logits: ArrayLike, bars: ArrayLike) -> Codes:
    """
    argmax of probability over bar, shape (n,).

    Args:
        logits: shape (n, n_classes); log-probabilities serve as well.
        bars: shape (n_classes,), above 0; all 1 gives the usual answer.
    """
    return np.asarray(np.argmax(logit_adjusted(logits, bars), axis=1), dtype=np.intp)


def fit_bars(
    logits: ArrayLike,
    labels: ArrayLike,
    *,
    start: ArrayLike,
    may_change: ArrayLike,
    weights: ArrayLike | None = None,
    recall: float | None = None,
) -> Floats:
    """
    Bars with the highest mean F1 over the classes; or the highest that find a share of each class.

    One class at a time, over every place its bar could stand, twice round. Optimistic on the frames
    it is given: price the bars on others.

    Args:
        logits: shape (n, n_classes), finite.
        labels: shape (n,), int.
        start: shape (n_classes,), above 0: bars to begin with, kept where `may_change` is False.
        may_change: shape (n_classes,), bool.
        weights: shape (n,), 0 or more: how many field frames each stands for.
        recall: 0..1, lower a bar until this share of the class's frames is found, no further.

    Raises:
        ValueError: shapes differ.
    """
    z, given = np.asarray(logits, dtype=np.float64), np.asarray(labels, dtype=np.intp)
    if z.ndim != 2 or given.shape != z.shape[:1]:
        raise ValueError(f"expected logits (n, n_classes), labels (n,), found {z.shape}")
    weight = np.ones(len(given)) if weights is None else np.asarray(weights, dtype=np.float64)
    log_bars = np.log(np.asarray(start, dtype=np.float64))
    chosen = np.flatnonzero(np.asarray(may_change, dtype=bool))
    if not len(given) or z.shape[1] < 2:
        return np.exp(log_bars)
    leaders = _Leaders(z, log_bars)
    for _ in range(ROUNDS):
        for name in map(int, chosen):
            rival, runner_up = leaders.without(name)
            lead = z[:, name] - rival
            if recall is None:
                order = np.argsort(-lead, kind="stable")
                sums = _f1_sums(runner_up[order], given[order], weight[order], name, z.shape[1])
                bar = _best_f1(lead[order], sums, log_bars[name])
            else:
                bar = _for_recall(lead, given == name, recall, log_bars[name])
            leaders.move(name, bar)
    if len(chosen) == z.shape[1]:  # only their proportions count: let the middle one be 1
        log_bars -= np.sort(log_bars)[len(chosen) // 2]
    return np.exp(log_bars)


class _Leaders:
    """The first and second class of every frame, kept as single bars move."""

    def __init__(self, z: Floats, log_bars: Floats) -> None:
        self.z, self.log_bars = z, log_bars
        self.first = np.zeros(len(z), dtype=np.intp)
        self.second = np.zeros(len(z), dtype=np.intp)
        self._rank(np.arange(len(z)))

    def _rank(self, rows: Codes) -> None:
        scores = self.z[rows] - self.log_bars
        self.first[rows] = scores.argmax(axis=1)
        scores[np.arange(len(rows)), self.first[rows]] = -np.inf
        self.second[rows] = scores.argmax(axis=1)

    def without(self, name: int) -> tuple[Floats, Codes]:
        """The best score and its class, were `name` not there."""
        best = np.where(self.first == name, self.second, self.first)
        return self.z[np.arange(len(self.z)), best] - self.log_bars[best], best

    def move(self, name: int, log_bar: float) -> None:
        if log_bar == self.log_bars[name]:
            return
        self.log_bars[name] = log_bar
        second = self.z[np.arange(len(self.z)), self.second] - self.log_bars[self.second]
        mine = self.z[:, name] - log_bar
        touched = (self.first == name) | (self.second == name) | (mine >= second)
        self._rank(np.flatnonzero(touched))


def _best_f1(lead: Floats, sums: Floats, now: float) -> float:
    """
    The log bar with the highest sum of F1; the present one unless beaten.

    Args:
        lead: shape (n,), how far the class leads its best rival, highest first.
        sums: shape (n + 1,), the sum of F1 once the first 0..n frames are named so.
        now: the present log bar.
    """
    # after m flips the frames leading most by m are named; a cut needs a gap below the m-th
    below = np.append(lead[1:], lead[-1] - 2e-6)
    cuts = (lead + below) / 2
    is_possible = (lead > below) & (np.abs(cuts) <= FURTHEST)
    present = sums[int((lead > now).sum())]
    scores = np.where(is_possible, sums[1:], -np.inf)
    best = scores.max()
    if best <= present + 1e-12:
        return now
    equal = cuts[scores >= best - 1e-12]
    return float(equal[np.abs(equal).argmin()])  # the one that changes least


def _f1_sums(runner_up: Codes, labels: Codes, weight: Floats, name: int, of: int) -> Floats:
    """
    Sum of F1 over the classes after the first 0..n frames go from their runner-up to `name`.

    Each flip takes a frame from one other class, so only two F1 change: those of the others are
    followed class by class and their steps put back in order.
    """
    wanted = np.bincount(labels, weights=weight, minlength=of)
    said = np.bincount(runner_up, weights=weight, minlength=of)
    hits = np.bincount(labels, weights=weight * (runner_up == labels), minlength=of)
    mine = np.concatenate([[0.0], np.cumsum(weight * (labels == name))])
    named = np.concatenate([[0.0], np.cumsum(weight)])
    steps = np.zeros(len(labels))
    by_class = np.argsort(runner_up, kind="stable")
    other, step = runner_up[by_class], weight[by_class]
    hit = step * (labels[by_class] == other)
    gone, lost = _within(step, other), _within(hit, other)
    steps[by_class] = _f1(hits[other] - lost, wanted[other], said[other] - gone) - _f1(
        hits[other] - lost + hit, wanted[other], said[other] - gone + step
    )
    others = _f1(hits, wanted, said).sum()  # nobody is answered `name` yet: its own F1 is 0
    rest = others + np.concatenate([[0.0], np.cumsum(steps)])
    return np.asarray(rest + _f1(mine, wanted[name], named))


def _within(amount: Floats, group: Codes) -> Floats:
    """Running sum of each group on its own; groups stand together."""
    total = np.cumsum(amount)
    starts = np.flatnonzero(np.diff(group, prepend=-1))
    before = (total - amount)[starts]
    return np.asarray(total - np.repeat(before, np.diff(np.append(starts, len(group)))))


def _f1(hits: ArrayLike, wanted: ArrayLike, said: ArrayLike) -> Floats:
    both = np.asarray(wanted, dtype=np.float64) + np.asarray(said, dtype=np.float64)
    return np.asarray(2 * np.asarray(hits) / np.where(both > 1e-12, both, 1.0) * (both > 1e-12))


def _for_recall(lead: Floats, is_it: NDArray[np.bool_], recall: float, now: float) -> float:
    """The log bar that finds the asked share of the frames; the present one if it does already."""
    mine = np.sort(lead[is_it])[::-1]
    needed = int(np.ceil(recall * len(mine) - 1e-9))
    if not needed or (mine > now).sum() >= needed:
        return now
    last = mine[needed - 1]
    lower = lead[lead < last]
    cut = (last + lower.max()) / 2 if len(lower) else last - 1e-6
    return float(max(cut, -FURTHEST))
