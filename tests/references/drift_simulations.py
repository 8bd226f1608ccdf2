"""
How the drift tests fare where the truth is known: `python -m tests.references.drift_simulations`.

Prints how often each rings on undrifted clips of correlated frames (at 0.05 by itself), how often
on planted shifts, and the detection table on scikit-learn's digits beside methods 9.2's BBSDs
column. The tests run a short version.
"""

from __future__ import annotations

import math
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd

from core.findings.adversarial import AUC_ALARM, P_ALARM
from core.findings.confidence_pattern import Pattern, confidence_pattern
from core.findings.drift import drift_reading
from core.metrics.clip_shuffle import alike_clips, clip_shuffle
from core.metrics.drift_tests import column_shift, count_shift
from core.metrics.embedding_shift import centre_shift, kernel_shift, neighbour_shift
from core.metrics.two_sample import told_apart
from core.metrics.unlike import unit_rows
from core.records import State

FEATURES, CLASSES = 16, 8
ALPHA = 0.05


@dataclass(frozen=True, eq=False)
class World:
    """Frames of one reference and one field batch."""

    embeddings: np.ndarray
    probabilities: np.ndarray
    clip: np.ndarray
    is_field: np.ndarray


Shift = Callable[[np.ndarray, np.random.Generator], np.ndarray]

SHIFTS: dict[str, Shift] = {
    "none": lambda e, rng: e,
    "moved": lambda e, rng: e + 0.8 * np.eye(FEATURES)[0] + 0.8 * np.eye(FEATURES)[1],
    "noisier": lambda e, rng: e + rng.normal(scale=1.5, size=e.shape),
    "duller": lambda e, rng: 0.5 * e,
}


def world(
    rng: np.random.Generator, *, reference: tuple[int, int] = (40, 20),
    field: tuple[int, int] = (15, 20), alike: float = 0.5, shift: str = "none",
) -> World:  # fmt: skip
    """
    Clips x frames of either side.

    A clip shows mostly one class; `alike` is the share of variance its frames have in common.
    """
    centres = np.random.default_rng(7).normal(scale=1.5, size=(CLASSES, FEATURES))
    parts = []
    for clips, length in (reference, field):
        usual = rng.integers(0, CLASSES, clips).repeat(length)
        shown = np.where(
            rng.random(clips * length) < 0.6, usual, rng.integers(0, CLASSES, clips * length)
        )
        own = rng.normal(size=(clips, FEATURES)).repeat(length, axis=0) * math.sqrt(alike)
        noise = rng.normal(size=(clips * length, FEATURES)) * math.sqrt(1 - alike)
        parts.append(centres[shown] + own + noise)
    parts[1] = SHIFTS[shift](parts[1], rng)
    embeddings = np.vstack(parts)
    logits = embeddings @ centres.T / 2 - (centres**2).sum(axis=1) / 4
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    clip = np.concatenate([np.repeat(np.arange(c), n) for c, n in (reference, field)])
    is_field = np.repeat([False, True], [reference[0] * reference[1], field[0] * field[1]])
    return World(embeddings, odds / odds.sum(axis=1, keepdims=True), clip, is_field)


def rings(
    w: World, *, permutations: int = 199, seed: int = 0, even: bool = True
) -> dict[str, bool]:
    """Which tests ring at 0.05 by themselves, and which alarms are raised."""
    kept = alike_clips(w.clip, w.is_field) if even else np.ones(len(w.clip), bool)
    clip, field = w.clip[kept], w.is_field[kept]
    shuffle = clip_shuffle(clip, field, permutations=permutations, seed=seed)
    units = unit_rows(w.embeddings)[kept]
    p = w.probabilities[kept]
    apart = told_apart(units, shuffle, seed=seed)
    near = neighbour_shift(units, clip, field, permutations=permutations, seed=seed)
    answers = count_shift(p.argmax(axis=1), shuffle, n_classes=p.shape[1])
    whole = drift_reading(
        w.probabilities, w.clip, w.is_field, embeddings=w.embeddings, permutations=permutations,
        seed=seed,
    )  # fmt: skip
    pattern = confidence_pattern(as_frames(w), permutations=permutations, seed=seed)
    return {
        "softmax KS": column_shift(p, shuffle).joint <= ALPHA,
        "answer counts": answers.p <= ALPHA,
        "centre, p": centre_shift(units, shuffle, seed=seed).p <= ALPHA,
        "centre, z > 2": centre_shift(units, shuffle, seed=seed).z > 2,
        "kernel": kernel_shift(units, shuffle).p <= ALPHA,
        "neighbours": near.joint <= ALPHA,
        "told apart, p": apart.p <= ALPHA,
        "told apart, alarm": apart.p <= P_ALARM and apart.auc >= AUC_ALARM,
        "all four, confirmed": whole.state is State.CONFIRMED,
        "pattern, confirmed": pattern.state is State.CONFIRMED,
        "pattern, site": pattern.pattern is Pattern.SITE,
        "frames shuffled": frame_test(p, field) <= ALPHA,
    }


def as_frames(w: World) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "confidence": w.probabilities.max(axis=1),
            "answer": w.probabilities.argmax(axis=1).astype(str),
            "clip": np.where(w.is_field, "f", "r").astype(object) + w.clip.astype(str),
            "is_field": w.is_field,
        }
    )


def frame_test(probabilities: np.ndarray, is_field: np.ndarray) -> float:
    """What must not be done: textbook KS over frames, with Bonferroni."""
    from scipy.stats import ks_2samp

    columns = probabilities.T
    least = min(ks_2samp(c[is_field], c[~is_field], method="asymp").pvalue for c in columns)
    return min(1.0, least * len(columns))


def ringing(
    *, draws: int, seed: int = 0, permutations: int = 199, even: bool = True, **made: object
) -> pd.Series:
    """Share of worlds in which each test rings."""
    rng = np.random.default_rng(seed)
    found = [
        rings(world(rng, **made), permutations=permutations, seed=n, even=even)  # type: ignore[arg-type]
        for n in range(draws)
    ]
    return pd.DataFrame(found).mean()


# --- digits, methods 9.2


BBSDS: dict[str, tuple[float, float, float]] = {
    "none": (0.10, 0.07, 0.10),
    "noise .1": (0.07, 0.17, 0.37),
    "noise .3": (0.83, 1.0, 1.0),
    "blur .5": (0.60, 1.0, 1.0),
    "darker x.8": (0.83, 1.0, 1.0),
    "contrast .6": (1.0, 1.0, 1.0),
    "1-px shift": (1.0, 1.0, 1.0),
    "class 0 disappears": (0.13, 0.07, 0.10),
}
"""methods 9.2: detection rate of BBSDs (KS, Bonferroni) at 20, 50 and 100 frames, 30 repeats."""

SIZES = (20, 50, 100)
REPEATS = 30
"""Of the table; its rates are thirtieths."""


@cache
def digits() -> tuple[object, np.ndarray, np.ndarray, np.ndarray]:
    """
    A small network, the reference's pictures, the field's and the field's labels.

    The table's network is not on record, and how easily a shift is seen depends on how much it
    upsets the network. This one was chosen among nine by the table's accuracies (97.6 clean, then
    96.2, 81.7, 97.0, 97.6, 93.7 and 44.7 under the shifts; here 97.1, 94.0, 82.0, 96.2, 97.3, 94.0
    and 44.9). A first one with the default alpha of 1e-4 had been tried before: contrast cost it
    19 points instead of 4, and its detection lay outside two errors at noise .1 (0.43 and 0.77 at
    50 and 100 frames) and inside everywhere else.
    """
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split
    from sklearn.neural_network import MLPClassifier

    pictures, labels = load_digits(return_X_y=True)
    taught, rest, taught_y, rest_y = train_test_split(
        pictures / 16, labels, test_size=0.5, random_state=0, stratify=labels
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # 400 rounds are meant
        network = MLPClassifier((64,), alpha=0.1, max_iter=400, random_state=0)
        network.fit(taught, taught_y)
    reference, field, _, field_y = train_test_split(
        rest, rest_y, test_size=0.5, random_state=0, stratify=rest_y
    )
    return network, reference, field, field_y


def shifted(pictures: np.ndarray, shift: str, rng: np.random.Generator) -> np.ndarray:
    """Pictures of 8 x 8, 0..1, under a shift of the table."""
    from scipy.ndimage import gaussian_filter

    square = pictures.reshape(-1, 8, 8)
    if shift.startswith("noise"):
        square = np.clip(square + rng.normal(scale=float(shift[6:]), size=square.shape), 0, 1)
    elif shift == "blur .5":
        square = gaussian_filter(square, (0, 0.5, 0.5))
    elif shift == "darker x.8":
        square = square * 0.8
    elif shift == "contrast .6":
        square = (square - 0.5) * 0.6 + 0.5
    elif shift == "1-px shift":
        square = np.roll(square, 1, axis=2)
    return square.reshape(len(square), -1)


def detection(shift: str, size: int, *, repeats: int = REPEATS, seed: int = 0) -> float:
    """How often the softmax test rings at 0.05 on so many shifted digits, each its own clip."""
    network, reference, pictures, labels = digits()
    rng = np.random.default_rng(seed)
    usual = network.predict_proba(reference)  # type: ignore[attr-defined]
    allowed = np.flatnonzero(labels != 0) if shift.startswith("class") else np.arange(len(labels))
    hits = 0
    for repeat in range(repeats):
        picked = rng.choice(allowed, size, replace=False)
        now = network.predict_proba(shifted(pictures[picked], shift, rng))  # type: ignore[attr-defined]
        is_field = np.repeat([False, True], [len(usual), size])
        shuffle = clip_shuffle(
            np.arange(len(is_field)), is_field, permutations=199, seed=seed + repeat
        )
        hits += column_shift(np.vstack([usual, now]), shuffle).joint <= ALPHA
    return hits / repeats


def two_errors(rate: float, *, repeats: int = REPEATS) -> float:
    """
    Two binomial standard errors between a rate of the table and one of ours.

    Both are counts of so many repeats; half a hit is added so that 0 and 1 have an error too.
    """
    p = (rate * REPEATS + 0.5) / (REPEATS + 1)
    return 2 * math.sqrt(p * (1 - p) * (1 / REPEATS + 1 / repeats))


def main() -> None:
    """The full figures; minutes."""
    started = time.perf_counter()
    settings: dict[str, dict[str, object]] = {
        "40 clips of 20 against 15 of 20, half alike": {},
        "the same, frames independent": {"alike": 0.0},
        "40 clips of 20 against 15 of 20, 9/10 alike": {"alike": 0.9},
        "40 clips of 20 against 30 of 1, 9/10 alike": {"alike": 0.9, "field": (30, 1)},
        "  without evening out the clips": {"alike": 0.9, "field": (30, 1), "even": False},
    }
    table = {name: ringing(draws=200, **made) for name, made in settings.items()}  # type: ignore[arg-type]
    for shift in ("moved", "noisier", "duller"):
        table[f"planted: {shift}"] = ringing(draws=50, shift=shift)
    with pd.option_context("display.width", 200):
        for name, row in table.items():
            print(f"\n{name}\n{(row * 100).round(1).to_string()}")
    print("\ndigits: ours at 20/50/100 (120 repeats) | methods 9.2")
    for shift, column in BBSDS.items():
        ours = [detection(shift, size, repeats=120) for size in SIZES]
        outside = [
            size for size, a, b in zip(SIZES, ours, column, strict=True)
            if abs(a - b) > two_errors(b, repeats=120)
        ]  # fmt: skip
        said = f"outside two errors at {outside}" if outside else "within two errors"
        print(f"{shift:20} {'/'.join(f'{r:.2f}' for r in ours)} | {column}  {said}")
    print(f"{time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    main()
