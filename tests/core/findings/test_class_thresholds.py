from __future__ import annotations

import numpy as np
import pytest

from core.findings.class_thresholds import (
    answers_under,
    bars_by_rarity,
    confusion_corrected_mix,
    mix_weights,
    price,
    price_statement,
    total_statement,
    tuned_bars,
)
from core.metrics.classification import softmax
from core.records import State


def scene(n: int, share: float, *, seed: int = 0, tilt: float = 2.5):
    """A common and a rare class; the model leans towards the common one."""
    rng = np.random.default_rng(seed)
    labels = (rng.random(n) < share).astype(np.intp)
    z = rng.normal(size=n) + 2.5 * labels
    return softmax(np.stack([np.full(n, tilt), z], axis=1)), labels


def found(probabilities, labels, bars) -> tuple[float, float]:
    """Recall of the rare class, and its false alarms per 1,000 frames."""
    said = answers_under(probabilities, bars)
    alarms = ((said == 1) & (labels == 0)).mean() * 1000
    return float((said == 1)[labels == 1].mean()), float(alarms)


def test_usual_bars_give_the_usual_answers():
    probabilities, _ = scene(200, 0.2)

    assert (answers_under(probabilities, np.ones(2)) == probabilities.argmax(axis=1)).all()


def test_tuned_bars_find_more_of_the_rare_class_at_a_price():
    bars = tuned_bars(*scene(4000, 0.05))
    test = scene(20_000, 0.05, seed=1)
    before, after = found(*test, np.ones(2)), found(*test, bars)

    assert bars[1] < 1
    assert after[0] > before[0] + 0.05
    assert after[1] > before[1]


def test_a_class_of_too_few_frames_keeps_its_bar():
    bars = tuned_bars(*scene(4000, 0.05), may_change=np.array([True, False]))

    assert bars[1] == 1


def test_bars_tuned_at_the_fields_mix_do_not_flood_the_field_with_false_alarms():
    """A class at 5 % in what was tuned on and 0.2 % in the field (the issue's case)."""
    probabilities, labels = scene(20_000, 0.05)
    field, truth = scene(100_000, 0.002, seed=1)
    plain = tuned_bars(probabilities, labels)
    weights = mix_weights(labels, np.array([0.998, 0.002]))
    weighted = tuned_bars(probabilities, labels, weights=weights)

    assert found(field, truth, plain)[1] > 2 * found(field, truth, weighted)[1]
    said = answers_under(field, weighted)
    usual = answers_under(field, plain)

    def f1(answer):
        hits = ((answer == 1) & (truth == 1)).sum()
        return 2 * hits / ((answer == 1).sum() + (truth == 1).sum())

    assert f1(said) > f1(usual)


def test_the_fields_mix_is_read_from_its_answers_with_the_confusions_undone():
    rng = np.random.default_rng(0)
    labels = rng.choice(3, 6000, p=[0.4, 0.3, 0.3])
    wrong = rng.random(6000) < 0.3
    said = np.where(wrong, (labels + 1) % 3, labels)
    truth = np.array([0.8, 0.15, 0.05])
    answers = 10_000 * (0.7 * truth + 0.3 * np.roll(truth, 1))
    mix = confusion_corrected_mix(answers, said, labels)

    assert mix == pytest.approx(truth, abs=0.03)
    assert abs(answers / 10_000 - truth).max() > 0.1  # the answers alone mislead


def test_weights_give_the_asked_mix_and_stay_one_on_average():
    labels = np.repeat([0, 1], [900, 100])
    weights = mix_weights(labels, np.array([0.5, 0.5]))

    assert weights.mean() == pytest.approx(1)
    assert weights[labels == 1].sum() == pytest.approx(weights[labels == 0].sum())
    assert mix_weights(labels[:900], np.array([0.0, 1.0])) == pytest.approx(np.ones(900))


def test_bars_by_rarity_answer_as_adjusted_logits_do():
    # methods 11: z = (2, 1, 0), priors (.9, .09, .01) -> 2.105361, 3.407946, 4.605170; 0 -> 2
    z = np.array([2.0, 1.0, 0.0])
    bars = bars_by_rarity([90, 9, 1])
    adjusted = np.log(softmax(z) / bars)

    assert adjusted - adjusted[0] == pytest.approx(
        np.array([2.105361, 3.407946, 4.605170]) - 2.105361, abs=1e-6
    )
    assert answers_under(softmax(z)[None], bars)[0] == 2
    assert bars_by_rarity([5, 0]).min() > 0


def test_the_price_is_counted_per_class_and_told():
    probabilities, labels = scene(4000, 0.05)
    cost = price(probabilities, labels, np.array([1.0, 0.2]), classes=["usual", "rare"])
    rare = {row["class"]: row for row in cost.table.to_dict("records")}["rare"]
    said = price_statement(rare, cost.of)

    assert rare["found_after"] > rare["found_before"]
    assert rare["answers_after"] == rare["found_after"] + rare["false_alarms_after"]
    assert f"found in {rare['found_after']} instead of {rare['found_before']} of" in said.headline
    assert "more false alarms in every 1,000 frames" in said.headline
    assert cost.right_after < cost.right_before
    assert total_statement(cost).state is State.CONFIRMED
    assert "lose more than they gain" in total_statement(cost).headline


def test_a_thousand_classes_are_tuned_in_seconds():
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 1000, 3000)
    logits = rng.normal(size=(3000, 1000))
    logits[np.arange(3000), labels] += 3
    bars = tuned_bars(softmax(logits), labels, may_change=np.arange(1000) < 3)

    assert bars.shape == (1000,)
    assert (bars[3:] == 1).all()
