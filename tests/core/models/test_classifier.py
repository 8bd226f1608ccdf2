from __future__ import annotations

import math

import numpy as np
import pytest

from core.models.classifier import answers

CLASSES = ("ant", "bee", "cat", "dog")


def test_an_answer_is_the_likeliest_class_with_the_top_three():
    probabilities = np.array([[0.1, 0.6, 0.05, 0.25]])

    (answer,) = answers(np.log(probabilities).astype(np.float32), CLASSES)

    assert answer.label == "bee"
    assert answer.confidence == pytest.approx(0.6, abs=1e-6)
    assert [one.label for one in answer.top3] == ["bee", "dog", "ant"]
    assert [one.confidence for one in answer.top3] == pytest.approx([0.6, 0.25, 0.1], abs=1e-6)


def test_entropy_is_zero_when_sure_and_log_n_when_lost():
    sure, lost = answers(np.array([[90, 0, 0, 0], [1, 1, 1, 1]], dtype=np.float32), CLASSES)

    assert sure.entropy == pytest.approx(0.0, abs=1e-6)
    assert lost.entropy == pytest.approx(math.log(4))


def test_of_equal_classes_the_first_wins_as_in_argmax():
    (answer,) = answers(np.array([[1, 2, 2, 0]], dtype=np.float32), CLASSES)

    assert answer.label == "bee"


def test_with_two_classes_the_top_holds_two():
    (answer,) = answers(np.array([[0, 1]], dtype=np.float32), ("ant", "bee"))

    assert [one.label for one in answer.top3] == ["bee", "ant"]
