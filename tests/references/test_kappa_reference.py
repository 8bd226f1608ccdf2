"""Cohen's kappa against scikit-learn's."""

from __future__ import annotations

import math

import numpy as np
import pytest

from core.metrics.kappa import cohen_kappa


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("classes", [2, 5])
def test_it_equals_scikit_learns(seed, classes):
    from sklearn.metrics import cohen_kappa_score

    rng = np.random.default_rng(seed)
    first = rng.integers(0, classes, 60).astype(str)
    second = np.where(rng.random(60) < 0.7, first, rng.integers(0, classes + 1, 60).astype(str))

    ours = cohen_kappa(list(first), list(second))
    assert ours == pytest.approx(cohen_kappa_score(first, second), abs=1e-12)


def test_without_pairs_or_with_one_class_only_there_is_no_figure():
    assert math.isnan(cohen_kappa([], []))
    assert math.isnan(cohen_kappa(["a", "a"], ["a", "a"]))
    with pytest.raises(ValueError, match="1 against 2"):
        cohen_kappa(["a"], ["a", "b"])
