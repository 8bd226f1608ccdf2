from __future__ import annotations

import numpy as np
import pytest

from core.findings.adversarial import Apart, source_reading
from core.findings.drift import drift_reading
from core.findings.drift_words import drift_statement, source_statement
from core.metrics.two_sample import TwoSample
from core.records import State


def batch(clips: int, gap: float, *, seed: int = 0):
    rng = np.random.default_rng(seed)
    clip = np.arange(30 + clips).repeat(4)
    field = clip >= 30
    logits = 2 * rng.normal(size=(len(clip), 3))
    logits[field, 1] += gap
    p = np.exp(logits)
    return p / p.sum(axis=1, keepdims=True), clip, field, rng.normal(size=(len(clip), 8))


@pytest.mark.parametrize(
    ("clips", "gap", "state", "said"),
    [
        (9, 4.0, State.NOT_ENOUGH, "36 frames of 9 clips are too few"),
        (20, 0.0, State.NONE_FOUND, "80 frames of 20 clips look like the 120 frames"),
        (20, 4.0, State.CONFIRMED, "most for pear"),
    ],
)
def test_a_batch_in_words(clips, gap, state, said):
    p, clip, field, rows = batch(clips, gap)
    reading = drift_reading(p, clip, field, embeddings=rows, permutations=199)
    statement = drift_statement(reading, classes=["apple", "pear", "plum"])

    assert statement.state is state
    assert said in statement.headline
    assert statement.next_step
    assert len(reading.tests) == (0 if state is State.NOT_ENOUGH else 4)


def test_more_looks_ask_for_more_and_draw_enough_to_get_there():
    p, clip, field, _ = batch(20, 4.0)
    often = drift_reading(p, clip, field, looks=100)

    assert often.level == pytest.approx(0.0005)
    assert often.state is State.CONFIRMED
    assert len(often.tests) == 2


def test_what_holds_by_itself_and_not_among_the_looks_is_suspected():
    p, clip, field, _ = batch(20, 1.3, seed=0)
    once, often = (drift_reading(p, clip, field, looks=looks) for looks in (1, 1000))

    assert once.tests[0].p <= 0.05
    assert often.state is State.SUSPECTED
    assert "may have changed" in drift_statement(often).headline


def source(auc: float, balanced: float, low: float, p: float, *, clips: int = 40):
    result = TwoSample(auc=auc, balanced=balanced, low=low, high=0.99, p=p)
    return source_reading(result, frames=400, clips=clips, reference_frames=500, reference_clips=50)


@pytest.mark.parametrize(
    ("reading", "apart", "state", "said"),
    [
        (source(0.99, 0.95, 0.91, 0.005), Apart.SOURCE, State.CONFIRMED, "looks like a different"),
        (source(0.96, 0.90, 0.8256, 0.005), Apart.SOURCE, State.SUSPECTED, "may look like a diff"),
        (source(0.85, 0.75, 0.70, 0.01), Apart.CLEAR, State.CONFIRMED, "clearly differ"),
        (source(0.65, 0.60, 0.55, 0.01), Apart.DIFFERENT, State.CONFIRMED, "pictures differ"),
        (source(0.70, 0.60, 0.55, 0.04), Apart.DIFFERENT, State.SUSPECTED, "may differ"),
        (source(0.64, 0.60, 0.55, 0.005), Apart.ALIKE, State.NONE_FOUND, "look like the ref"),
        (source(0.99, 0.95, 0.91, 0.005, clips=9), Apart.ALIKE, State.NOT_ENOUGH, "too few"),
    ],
)
def test_levels_of_the_source(reading, apart, state, said):
    statement = source_statement(reading)

    assert (reading.apart, reading.state) == (apart, state)
    assert statement.state is state
    assert said in statement.headline
