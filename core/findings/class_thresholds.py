"""Lower the bar for classes it misses, and what that costs: thresholds tuned and tested apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from core.findings.statements import percent
from core.metrics.paired import mcnemar_p
from core.records import State, Statement

Floats = NDArray[np.float64]
Codes = NDArray[np.intp]

BARS = tuple(np.geomspace(0.02, 1.0, 15))
"""Bars tried for a class; 1 is the usual one."""

PASSES = 2
MOST_TUNED = 30
"""Classes tuned at most, those missed most first: each costs two passes over all frames."""


@dataclass(frozen=True)
class Price:
    """Before and after on the test part."""

    table: pd.DataFrame  # class, bar, frames, and found/answers/false_alarms before and after
    right_before: int
    right_after: int
    of: int
    p: float  # McNemar, one-sided, that the change only loses by chance


def answers_under(probabilities: Floats, bars: Floats) -> Codes:
    """
    The class whose probability is highest over its bar, shape (n,).

    Args:
        probabilities: shape (n, n_classes).
        bars: shape (n_classes,), above 0; all 1 gives the usual answer.
    """
    return np.asarray(np.argmax(probabilities / bars, axis=1), dtype=np.intp)


def bars_by_rarity(counts: ArrayLike) -> Floats:
    """
    Bars that make up for how rarely a class was trained on, the commonest at 1.

    Source:
        Logit adjustment (Menon et al. 2021): logits minus the log of the class's share; here on
        probabilities. A class of no frames counts as one of one frame.
    """
    shares = np.maximum(np.asarray(counts, dtype=np.float64), 1.0)
    return np.asarray(shares / shares.max())


def tuned_bars(
    probabilities: Floats, labels: Codes, *, weights: Floats | None = None,
    may_change: NDArray[np.bool_] | None = None,
) -> Floats:  # fmt: skip
    """
    Bars that give the highest mean F1 over the classes, one class at a time.

    Args:
        probabilities: shape (n, n_classes), of the validation part.
        labels: shape (n,), a class number each.
        weights: shape (n,), how many field frames each stands for; `mix_weights`.
        may_change: shape (n_classes,), classes with enough validation frames to be tuned.
    """
    n_classes = probabilities.shape[1]
    weight = np.ones(len(labels)) if weights is None else weights
    bars = np.ones(n_classes)
    tuned = np.arange(n_classes) if may_change is None else np.flatnonzero(may_change)
    tuned = _most_missed(probabilities, labels, tuned)
    for _ in range(PASSES):
        for name in tuned:
            bars[name] = _best_bar(probabilities, labels, weight, bars, int(name))
    return bars


def _most_missed(probabilities: Floats, labels: Codes, tuned: Codes) -> Codes:
    usual = np.argmax(probabilities, axis=1)
    n = np.bincount(labels, minlength=probabilities.shape[1])
    missed = np.bincount(labels[usual != labels], minlength=probabilities.shape[1])
    share = missed / np.maximum(n, 1)
    return np.asarray(tuned[np.argsort(-share[tuned], kind="stable")][:MOST_TUNED])


def _best_bar(
    probabilities: Floats, labels: Codes, weight: Floats, bars: Floats, name: int
) -> float:
    others = probabilities / bars
    mine = probabilities[:, name]
    others[:, name] = -1.0
    runner_up = np.argmax(others, axis=1)
    rival = others[np.arange(len(labels)), runner_up]
    scores = []
    for bar in BARS:
        said = np.where(mine / bar > rival, name, runner_up)
        scores.append(_mean_f1(said, labels, weight, probabilities.shape[1]))
    best = max(scores)
    # of equally good bars the highest: it changes least
    return float(max(bar for bar, score in zip(BARS, scores, strict=True) if score >= best - 1e-12))


def _mean_f1(said: Codes, labels: Codes, weight: Floats, n_classes: int) -> float:
    hits = np.bincount(labels, weights=weight * (said == labels), minlength=n_classes)
    wanted = np.bincount(labels, weights=weight, minlength=n_classes)
    answers = np.bincount(said, weights=weight, minlength=n_classes)
    present = wanted > 0
    return float((2 * hits[present] / (wanted[present] + answers[present])).mean())


def confusion_corrected_mix(answers: ArrayLike, said: Codes, labels: Codes) -> Floats:
    """
    The share of each class in the field, from what was answered there.

    Args:
        answers: shape (n_classes,), field frames answered so.
        said, labels: shape (n,), of labelled frames, for how often each class gets each answer.

    Source:
        Lipton, Wang and Smola 2018 (black box shift estimation): the confusion matrix inverted,
        shares below 0 cut off.
    """
    counted = np.asarray(answers, dtype=np.float64)
    n_classes = len(counted)
    # half a frame in every diagonal cell: a class without labelled frames stays solvable
    matrix = np.eye(n_classes) * 0.5
    np.add.at(matrix, (said, labels), 1.0)
    matrix = matrix / matrix.sum(axis=0, keepdims=True)
    mix, *_ = np.linalg.lstsq(matrix, counted / max(counted.sum(), 1.0), rcond=None)
    mix = np.maximum(mix, 0.0)
    return np.asarray(mix / mix.sum()) if mix.sum() else np.full(n_classes, 1 / n_classes)


def mix_weights(labels: Codes, mix: Floats) -> Floats:
    """Weights that give frames the class mix of the field; mean 1, shape (n,)."""
    share = np.bincount(labels, minlength=len(mix)) / len(labels)
    weight = np.where(share > 0, mix / np.where(share > 0, share, 1.0), 0.0)[labels]
    return np.asarray(weight / weight.mean()) if weight.sum() else np.ones(len(labels))


def price(probabilities: Floats, labels: Codes, bars: Floats, *, classes: Sequence[str]) -> Price:
    """What bars gain and cost, per class, on frames they were not tuned on."""
    before = answers_under(probabilities, np.ones(len(bars)))
    after = answers_under(probabilities, bars)
    rows = []
    for number, name in enumerate(classes):
        is_it = labels == number
        row: dict[str, object] = {"class": name, "bar": bars[number], "frames": int(is_it.sum())}
        for when, said in (("before", before), ("after", after)):
            row[f"found_{when}"] = int((is_it & (said == number)).sum())
            row[f"answers_{when}"] = int((said == number).sum())
            row[f"false_alarms_{when}"] = int((~is_it & (said == number)).sum())
        rows.append(row)
    lost = int(((before == labels) & (after != labels)).sum())
    gained = int(((before != labels) & (after == labels)).sum())
    return Price(
        pd.DataFrame(rows),
        int((before == labels).sum()),
        int((after == labels).sum()),
        len(labels),
        mcnemar_p(lost, gained),
    )


def price_statement(row: dict[str, object], of: int) -> Statement:
    """What lowering one class's bar gains and costs, of `of` test frames."""
    wanted = int(str(row["frames"]))
    before, after = int(str(row["found_before"])), int(str(row["found_after"]))
    alarms = int(str(row["false_alarms_after"])) - int(str(row["false_alarms_before"]))
    answers, hits = int(str(row["answers_after"])), after
    holds = f" Of {answers:,} answers {hits:,} then hold." if answers else ""
    per_1000 = abs(alarms) * 1000 / max(of, 1)
    change = "at the price of {} more" if alarms > 0 else "with {} fewer"
    cost = (
        f"{change.format(f'{per_1000:.0f}')} false alarms in every 1,000 frames"
        if alarms
        else "with as many false alarms"
    )
    return Statement(
        f"{row['class']}: found in {after:,} instead of {before:,} of {wanted:,} frames"
        f" {cost}.{holds}",
        "",
        State.NOT_ENOUGH if wanted < 30 else State.NONE_FOUND,
    )


def total_statement(found: Price) -> Statement:
    """What all the bars together do to the answers, on the test part."""
    change = found.right_after - found.right_before
    counts = (
        f"right in {found.right_after:,} instead of {found.right_before:,} of {found.of:,} frames "
        f"({percent(found.right_after / found.of) if found.of else 'none'})"
    )
    if found.p <= 0.05:
        return Statement(
            f"These bars lose more than they gain: {counts} of the test part.",
            "Use them only if missing a rare class costs more than a false alarm.",
            State.CONFIRMED,
        )
    word = "More" if change > 0 else "No more"
    return Statement(
        f"{word} right answers with these bars: {counts} of the test part.",
        "Look at each class below before you use them.",
        State.NONE_FOUND,
    )
