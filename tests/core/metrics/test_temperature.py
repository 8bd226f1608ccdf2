from __future__ import annotations

import math

import numpy as np
import pytest

from core.metrics.classification import softmax
from core.metrics.temperature import (
    HIGHEST,
    LOWEST,
    fit_temperature,
    temperature_error,
    temperature_interval,
)


def drawn(n: int, *, temperature: float, seed: int):
    rng = np.random.default_rng(seed)
    logits = rng.normal(0, 2, (n, 5))
    labels = np.array([rng.choice(5, p=row) for row in softmax(logits)])
    return logits * temperature, labels


def test_the_interval_covers_the_truth_as_often_as_it_says():
    hits = 0
    for seed in range(120):
        logits, labels = drawn(200, temperature=2.0, seed=seed)
        fitted = fit_temperature(logits, labels)
        error = temperature_error(logits, labels, np.arange(200), temperature=fitted)
        low, high = temperature_interval(fitted, error)
        hits += low <= 2.0 <= high
    print("covered", hits, "of 120")

    assert 107 <= hits <= 119


def test_copies_within_a_clip_add_no_knowledge():
    logits, labels = drawn(150, temperature=1.5, seed=0)
    fitted = fit_temperature(logits, labels)
    alone = temperature_error(logits, labels, np.arange(150), temperature=fitted)
    copied = temperature_error(
        np.repeat(logits, 8, axis=0),
        np.repeat(labels, 8),
        np.repeat(np.arange(150), 8),
        temperature=fitted,
    )

    assert copied == pytest.approx(alone)


@pytest.mark.parametrize(
    ("logits", "labels", "clip", "temperature"),
    [
        ([[4, 0], [0, 4]], [0, 1], ["a", "b"], 0.01),
        ([[4, 0], [0, 4]], [0, 1], ["a", "a"], 2.0),
        ([[0, 0], [0, 0]], [0, 1], ["a", "b"], 2.0),
    ],
)
def test_where_nothing_is_known_everything_is_possible(logits, labels, clip, temperature):
    error = temperature_error(logits, labels, clip, temperature=temperature)

    assert math.isinf(error)
    assert temperature_interval(temperature, error) == (LOWEST, HIGHEST)
