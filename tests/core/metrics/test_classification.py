from __future__ import annotations

import numpy as np
import pytest

from core.metrics.classification import entropy, softmax


def test_softmax_equals_the_golden():
    probabilities = softmax([[2, 1, 0], [10, 0, 0]])

    assert probabilities.max(axis=1) == pytest.approx([0.665241, 0.999909], abs=5e-7)
    assert probabilities.sum(axis=1) == pytest.approx([1, 1])


def test_softmax_survives_huge_logits_and_keeps_apart_what_single_precision_would_not():
    logits = np.array([[30.0, 0.0], [31.0, 0.0], [5000.0, -5000.0]], dtype=np.float32)

    probabilities = softmax(logits)

    assert probabilities.dtype == np.float64
    assert np.isfinite(probabilities).all()
    assert probabilities[0, 0] < probabilities[1, 0] < 1


def test_entropy_equals_the_golden():
    found = entropy(softmax([[2, 1, 0], [10, 0, 0], [0, 0, 0], [5, 5, -5]]))

    assert found == pytest.approx([0.832396, 0.000999, 1.098612, 0.693397], abs=5e-7)


def test_entropy_of_a_certain_answer_is_zero():
    assert entropy([1.0, 0.0, 0.0]) == 0
