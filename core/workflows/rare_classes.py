"""Are rare classes failed more, and what would it cost to name them sooner?"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.errors import DiskError, FieldcheckError, NothingYetError
from core.findings.class_thresholds import (
    Price,
    bars_by_rarity,
    confusion_corrected_mix,
    mix_weights,
    price,
    price_statement,
    total_statement,
    tuned_bars,
)
from core.findings.rare_classes import RareReport, rare_report
from core.metrics.classification import softmax
from core.metrics.intervals import effective_count
from core.project import Project
from core.records import Folder, Statement
from core.settings import SETTINGS
from core.workflows.scores import Scores, scores, vectors
from core.workflows.training_list import training_list

HOW: dict[str, str] = {
    "tuned": "Tuned on two thirds of the clips",
    "rarity": "By how rare each class was in training",
}
TEST_SHARE = 3  # one clip in so many is kept for the test

METHOD = (
    "Error by class, or by tenths of 20 classes or more, sorted by training count; mean over the "
    "classes with a bootstrap of whole clips (2,000 draws). Spearman's rank correlation of count "
    "and error. Imbalance is confirmed when the rarest group's error is three times the "
    "commonest's and the bootstrap interval of the difference excludes 0. **Bars**: the answer is "
    "the class with the highest probability over its bar. Tuned: macro F1 on two thirds of the "
    "clips, weighted to the field's class mix (its labels, or its answers corrected by the "
    "confusion matrix), only for classes with 30 effective frames there; by rarity: logit "
    "adjustment (Menon et al. 2021). The price is counted on the other third, and McNemar's test "
    "says whether more is lost than gained."
)


@dataclass(frozen=True)
class ThresholdReport:
    """Bars per class and what they gain and cost on clips they were not tuned on."""

    how: str
    bars: dict[str, float]
    price: Price
    headline: Statement
    statements: tuple[Statement, ...]  # one a class whose answers change


def rare_classes(project: Project) -> RareReport:
    """
    Error of the labelled field frames by how often their class was trained on.

    Counts come from the training list, else the reference, else the field itself.

    Raises:
        NothingYetError: no labelled field frame has an answer.
    """
    found = scores(project)
    counts, source = class_counts(project)
    return _rare(found, tuple(sorted(counts.items())), source)


@lru_cache(maxsize=4)
def _rare(found: Scores, counts: tuple[tuple[str, int], ...], source: str) -> RareReport:
    return rare_report(_labelled(found), dict(counts), source=source)


def class_counts(project: Project) -> tuple[dict[str, int], str]:
    """How often each class was trained on, and where that is from, in words."""
    found = scores(project)
    classes = found.choices.spec.classes if found.choices.spec else ()
    training = training_list(project)
    for labels, source in (
        (training["label"] if training is not None else None, "the training list"),
        (found.of(Folder.REFERENCE)["label"].dropna(), "the reference"),
        (found.of(Folder.FIELD)["label"].dropna(), "the field"),
    ):
        if labels is not None and labels.isin(classes).any():
            counted = labels.value_counts()
            return {name: int(counted.get(name, 0)) for name in classes}, source
    return dict.fromkeys(classes, 0), "the field"


def thresholds(project: Project, *, how: str = "tuned") -> ThresholdReport:
    """
    A bar per class, tuned on two thirds of the clips or set by rarity, priced on the other third.

    Args:
        how: a key of HOW.

    Raises:
        FieldcheckError: there is no such way.
        NothingYetError: too few labelled clips to tune and test apart.
    """
    if how not in HOW:
        raise FieldcheckError(f"There is no way '{how}'. There are: {', '.join(HOW)}.")
    found = scores(project)
    counts, _ = class_counts(project)
    return _thresholds(found, tuple(counts.items()), how)


@lru_cache(maxsize=4)
def _thresholds(found: Scores, counts: tuple[tuple[str, int], ...], how: str) -> ThresholdReport:
    frames = _labelled(found).drop_duplicates("content_hash").reset_index(drop=True)
    classes = [name for name, _ in counts]
    clips = pd.factorize(frames["clip"])[0]
    n_clips = len(np.unique(clips))
    if n_clips < 2 * SETTINGS.min_clips:
        raise NothingYetError(
            f"Tuning and testing on different clips needs {2 * SETTINGS.min_clips} labelled "
            f"clips; there are {n_clips}. Label more frames in the queue."
        )
    order = np.random.default_rng(0).permutation(n_clips)
    is_test = np.isin(clips, order[: n_clips // TEST_SHARE])
    logits = vectors(found.project, "logits", list(frames["content_hash"]))
    probabilities = softmax(np.nan_to_num(logits, nan=-1e9))
    place = {name: number for number, name in enumerate(classes)}
    labels = np.asarray(frames["label"].map(place), dtype=np.intp)
    if how == "rarity":
        bars = bars_by_rarity([count for _, count in counts])
    else:
        bars = _tuned(found, frames[~is_test], probabilities[~is_test], labels[~is_test])
    found_price = price(probabilities[is_test], labels[is_test], bars, classes=classes)
    table = found_price.table
    changed = table[
        (table["answers_before"] != table["answers_after"])
        | (table["found_before"] != table["found_after"])
    ]
    rows = [{str(k): v for k, v in row.items()} for row in changed.to_dict("records")]
    return ThresholdReport(
        how,
        dict(zip(classes, map(float, bars), strict=True)),
        found_price,
        total_statement(found_price),
        tuple(price_statement(row, found_price.of) for row in rows),
    )


def _tuned(
    found: Scores,
    frames: pd.DataFrame,
    probabilities: NDArray[np.float64],
    labels: NDArray[np.intp],
) -> NDArray[np.float64]:
    n_classes = probabilities.shape[1]
    said = np.argmax(probabilities, axis=1)
    worth = np.zeros(n_classes)
    for name in np.unique(labels):
        here = labels == name
        worth[name] = effective_count(
            said[here] == name, frames["clip"].to_numpy()[here], correlation_if_unseen=1.0
        )
    weights = mix_weights(labels, _field_mix(found, said, labels, n_classes))
    return tuned_bars(
        probabilities, labels, weights=weights, may_change=worth >= SETTINGS.min_effective
    )


def _field_mix(
    found: Scores, said: NDArray[np.intp], labels: NDArray[np.intp], n_classes: int
) -> NDArray[np.float64]:
    """The field's class mix: its labels where nearly all have one, else its answers, corrected."""
    field = found.of(Folder.FIELD)
    field = field[field["answer"].notna()]
    classes = found.choices.spec.classes if found.choices.spec else ()
    place = {name: number for number, name in enumerate(classes)}
    known = field["label"].map(place).dropna().astype(int)
    if len(known) >= 0.95 * len(field):
        return np.bincount(known, minlength=n_classes) / len(known)
    answers = np.bincount(field["answer"].map(place).dropna().astype(int), minlength=n_classes)
    return confusion_corrected_mix(answers, said, labels)


def thresholds_json(report: ThresholdReport) -> bytes:
    """The bars as a file: divide each class's probability by its bar, answer with the highest."""
    content = {
        "how": report.how,
        "rule": "answer = argmax(probability / bar)",
        "bars": report.bars,
        "tested_on": report.price.of,
        "right_before": report.price.right_before,
        "right_after": report.price.right_after,
    }
    return json.dumps(content, indent=1, allow_nan=False).encode()


def write_thresholds(report: ThresholdReport, out: Path) -> None:
    """
    Write the bars to a file.

    Raises:
        DiskError: it cannot be written there.
    """
    try:
        out.write_bytes(thresholds_json(report))
    except OSError as error:
        raise DiskError(
            f"{out} cannot be written ({error.strerror}). Choose another place."
        ) from error


def _labelled(found: Scores) -> pd.DataFrame:
    frames = found.labelled(Folder.FIELD)
    if frames.empty:
        raise NothingYetError(
            "No labelled field frame has an answer yet, so nobody can say which classes fail. "
            "Label some frames in the queue."
        )
    return frames
