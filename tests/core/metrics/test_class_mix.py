from __future__ import annotations

import numpy as np
import pytest

from core.metrics.class_mix import (
    MixSource,
    answer_rates,
    class_mix,
    corrected_mix,
    mix_weights,
    spread_mix,
)

RATES = np.array([[0.9, 0.2, 0.1], [0.05, 0.7, 0.1], [0.05, 0.1, 0.8]])


def sharp(answers, n_classes=3, sure=0.9):
    """Probabilities whose largest is the answer."""
    rest = (1 - sure) / (n_classes - 1)
    return np.full((len(answers), n_classes), rest) + (sure - rest) * np.eye(n_classes)[answers]


def frames(mix, n, rng):
    labels = rng.choice(3, n, p=mix)
    answers = np.array([rng.choice(3, p=RATES[:, label]) for label in labels])
    return labels, answers


def test_rates_are_columns_by_label_and_nan_where_nobody_labelled():
    rates = answer_rates([0, 0, 1, 1], [0, 0, 0, 1], n_classes=3)

    assert rates[:, 0] == pytest.approx([2 / 3, 1 / 3, 0])
    assert rates[:, 1].tolist() == [0, 1, 0]
    assert np.isnan(rates[:, 2]).all()


@pytest.mark.parametrize("mix", [[0.6, 0.398, 0.002], [0.2, 0.3, 0.5], [1, 0, 0]])
def test_exact_counts_give_the_exact_mix(mix):
    assert corrected_mix(RATES @ mix * 5000, RATES) == pytest.approx(mix, abs=1e-9)


def test_what_cannot_be_told_is_not_guessed():
    alike = np.array([[0.5, 0.5, 0], [0.5, 0.5, 0], [0, 0, 1]])

    assert corrected_mix([1, 2, 3], alike) is None
    assert corrected_mix([0, 0, 0], RATES) is None
    assert corrected_mix([1, 2, 3], answer_rates([0, 1], [0, 1], n_classes=3)) is None


def test_the_standard_error_is_how_far_the_mix_scatters():
    found = []
    for seed in range(150):
        rng = np.random.default_rng(seed)
        labels, answers = frames([0.5, 0.3, 0.2], 600, rng)
        _, unseen = frames([0.3, 0.3, 0.4], 1500, rng)
        found.append(class_mix(labels, answers, unlabelled=sharp(unseen), prior=[1, 1, 1]))
    scatter = np.std([mix.shares for mix in found], axis=0)
    said = np.mean([mix.errors for mix in found], axis=0)

    assert np.mean([mix.shares for mix in found], axis=0) == pytest.approx(
        [0.3, 0.3, 0.4], abs=0.01
    )
    assert said == pytest.approx(scatter, rel=0.2)


def test_a_class_of_two_in_a_thousand_is_never_taken_for_nothing():
    for seed in range(20):
        rng = np.random.default_rng(seed)
        labels, answers = frames([0.6, 0.35, 0.05], 2000, rng)
        _, unseen = frames([0.6, 0.398, 0.002], 5000, rng)
        mix = class_mix(labels, answers, unlabelled=sharp(unseen), prior=[12, 7, 1])

        assert mix.source is MixSource.CORRECTED
        assert 0.0002 < mix.shares[2] < 0.05
        assert mix.shares[2] >= min(mix.errors[2], 0.01) * 0.9


def test_the_probabilities_alone_find_the_mix_if_they_are_true():
    rng = np.random.default_rng(1)
    prior, mix = np.array([0.5, 0.5]), np.array([0.9, 0.1])
    labels = rng.choice(2, 20_000, p=mix)
    x = rng.normal(2.0 * labels - 1, 1.0)
    likelihoods = np.exp(-0.5 * (x[:, None] - np.array([-1.0, 1.0])) ** 2)
    posterior = likelihoods * prior / (likelihoods * prior).sum(axis=1, keepdims=True)

    assert spread_mix(posterior, prior=prior) == pytest.approx(mix, abs=0.01)
    assert spread_mix(np.zeros((0, 2)), prior=prior) is None


def test_it_falls_back_step_by_step_and_says_so():
    _, answers = frames([0.5, 0.3, 0.2], 200, np.random.default_rng(0))
    lacking = class_mix([0, 1], [0, 1], unlabelled=sharp(answers), prior=[1, 1, 1])
    nothing = class_mix([0, 0, 1], [0, 0, 1], unlabelled=np.zeros((0, 3)), prior=[1, 1, 1])

    assert lacking.source is MixSource.SPREAD
    assert nothing.source is MixSource.AS_LABELLED
    assert nothing.shares.argmax() == 0
    for mix in (lacking, nothing):
        assert mix.shares.sum() == pytest.approx(1)
        assert mix.shares.min() > 0


def test_weights_give_the_wanted_mix():
    labels = np.repeat([0, 1, 2], [60, 35, 5])
    weights = mix_weights(labels, [0.6, 0.398, 0.002])

    assert weights.mean() == pytest.approx(1)
    assert np.bincount(labels, weights) / 100 == pytest.approx([0.6, 0.398, 0.002])
    assert mix_weights([0, 0], [0, 1]).tolist() == [1, 1]
    assert mix_weights([], [0.5, 0.5]).tolist() == []
