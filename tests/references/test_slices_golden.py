"""Golden values of methods.md sections 1, 3, 4 and 11, and the libraries behind them, live."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import test_proportions_2indep as proportions_test

from core.findings.slices import slice_table
from core.metrics.intervals import (
    accuracy,
    benjamini_hochberg,
    clopper_pearson,
    effective_count,
    newcombe_interval,
    wilson_interval,
    zero_events_upper,
)
from core.metrics.paired import mcnemar_p

GOLDEN = Path(__file__).resolve().parents[3] / "shared" / "methods" / "golden_vectors.json"

pytestmark = pytest.mark.skipif(not GOLDEN.is_file(), reason="the folder shared/ is not here")


@pytest.fixture(scope="module")
def golden():
    return json.loads(GOLDEN.read_text(encoding="utf-8"))


def digits(value: float) -> float:
    """Half a unit of the last digit given, at most 1e-6 where six or more are given."""
    text = f"{value:.10f}".rstrip("0")
    return max(0.51 * 10 ** -len(text.split(".")[1]), 1e-9)


def test_wilson(golden):
    for row in golden["wilson95"]:
        low, high = wilson_interval(row["k"], row["n"])
        assert low == pytest.approx(row["lo"], abs=digits(row["lo"]))
        assert high == pytest.approx(row["hi"], abs=digits(row["hi"]))


def test_clopper_pearson_and_the_rule_of_three(golden):
    some, none = golden["clopper_pearson95"]

    assert clopper_pearson(3, 200) == pytest.approx((some["lo"], some["hi"]), abs=5.1e-5)
    assert zero_events_upper(none["n"]) == pytest.approx(1 - 0.05 ** (1 / 300), abs=1e-12)
    for of, upper in ((50, 0.0582), (100, 0.0295), (300, 0.00994), (1000, 0.00299)):
        assert zero_events_upper(of) == pytest.approx(upper, abs=5.1e-5)


def test_clips(golden):
    row = golden["clip_neff"]
    each = row["frames_per_clip"]
    right = np.concatenate([np.arange(each) < round(a * each) for a in row["clip_acc"]])
    clip = np.repeat(np.arange(len(row["clip_acc"])), each)
    found = accuracy(right, clip)

    assert found.effective == pytest.approx(row["n_eff"], abs=1e-6)
    assert len(right) / found.effective == pytest.approx(row["deff"], abs=1e-6)
    assert (found.low, found.high) == pytest.approx(row["wilson_neff"], abs=1e-6)
    assert wilson_interval(180, 200) == pytest.approx(row["wilson_iid"], abs=1e-6)


def test_exchangeable_clips_of_fifty_are_worth_what_kish_says():
    rng = np.random.default_rng(0)
    clip = np.repeat(np.arange(4000), 50)
    rate = rng.beta(0.9 * 7 / 3, 0.1 * 7 / 3, 4000)  # correlation 1 / (1 + 7/3) = 0.3
    right = rng.random(200_000) < np.repeat(rate, 50)

    assert 200_000 / effective_count(right, clip) == pytest.approx(15.7, rel=0.05)


def test_the_drop_and_fishers_test(golden):
    for row in golden["newcombe_drop"]:
        (k, n), (k_rest, n_rest) = row["slice"], row["rest"]
        low, high = newcombe_interval(k_rest, n_rest, k, n)
        assert (low, high) == pytest.approx((row["lo"], row["hi"]), abs=5.1e-5)
        if "fisher_one_sided" in row:
            frames = pd.DataFrame(
                {
                    "place": ["slice"] * n + ["rest"] * n_rest,
                    "is_right": [*(np.arange(n) < k), *(np.arange(n_rest) < k_rest)],
                }
            )
            table = slice_table(frames.assign(clip=frames.index), column="place")
            found = table.set_index("value").loc["slice"]
            # two tests: the smaller p is doubled
            assert found["q"] / 2 == pytest.approx(row["fisher_one_sided"], rel=1e-3)
            assert found["drop"] == pytest.approx(row["drop"])


def test_benjamini_hochberg(golden):
    row = golden["bh"]

    assert benjamini_hochberg(row["p"]) == pytest.approx(row["adj"], abs=5.1e-5)
    assert benjamini_hochberg(row["p"]) == pytest.approx(
        multipletests(row["p"], method="fdr_bh")[1], abs=1e-9
    )


def test_mcnemar(golden):
    row = golden["mcnemar_exact"]

    # ours asks for one side, the golden value for both
    assert 2 * mcnemar_p(row["b"], row["c"]) == pytest.approx(row["p"], abs=1e-9)


@pytest.mark.parametrize(
    ("night", "is_strong"), [((30, 50), False), ((60, 200), True), ((150, 250), True)]
)
def test_strong_agrees_with_the_score_test_of_twenty_points(night, is_strong):
    (k, n), (k_rest, n_rest) = night, (450, 500)
    p = proportions_test(
        k_rest, n_rest, k, n, value=0.20, method="score", alternative="larger"
    ).pvalue
    frames = pd.DataFrame(
        {
            "place": ["night"] * n + ["day"] * n_rest,
            "is_right": [*(np.arange(n) < k), *(np.arange(n_rest) < k_rest)],
        }
    )
    row = slice_table(frames.assign(clip=frames.index), column="place").set_index("value")

    assert bool(row.loc["night", "is_strong"]) is is_strong
    assert bool(p <= 0.05) is is_strong
    if night == (30, 50):
        assert p == pytest.approx(0.0675, abs=5.1e-5)
