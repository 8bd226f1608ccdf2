"""Our statistics against the libraries people trust."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import torch
from scipy import stats
from statsmodels.regression.linear_model import OLS
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint
from torchmetrics.functional.classification import binary_calibration_error

from core.findings.slices import slice_table, worse_than_rest
from core.metrics.calibration import expected_calibration_error
from core.metrics.classification import entropy, softmax
from core.metrics.intervals import (
    accuracy,
    benjamini_hochberg,
    clip_counts,
    clopper_pearson,
    effective_count,
    holm,
    newcombe_interval,
    wilson_interval,
)
from core.metrics.temperature import fit_temperature

COUNTS = [
    (0, 1),
    (1, 1),
    (0, 10),
    (9, 10),
    (10, 10),
    (45, 50),
    (231, 233),
    (353, 400),
    (0.9 * 50.625, 50.625),
]


@pytest.mark.parametrize(("right", "of"), COUNTS)
def test_wilson_interval_equals_statsmodels(right, of):
    expected = proportion_confint(right, of, method="wilson")

    assert wilson_interval(right, of) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(("events", "of"), COUNTS)
def test_clopper_pearson_equals_statsmodels(events, of):
    expected = proportion_confint(events, of, method="beta")

    assert clopper_pearson(events, of) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("seed", range(20))
def test_newcombe_interval_equals_statsmodels(seed):
    rng = np.random.default_rng(seed)
    of_a, of_b = rng.integers(1, 500, 2)
    right_a, right_b = rng.integers(0, of_a + 1), rng.integers(0, of_b + 1)
    expected = confint_proportions_2indep(
        right_a, of_a, right_b, of_b, method="newcomb", compare="diff"
    )

    assert newcombe_interval(right_a, of_a, right_b, of_b) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("seed", range(5))
def test_benjamini_hochberg_equals_statsmodels(seed):
    p = np.random.default_rng(seed).beta(0.5, 2, 200).round(3)  # with ties

    assert benjamini_hochberg(p) == pytest.approx(multipletests(p, method="fdr_bh")[1], abs=1e-12)


def test_the_effective_count_equals_the_clustered_standard_error_of_statsmodels():
    rng = np.random.default_rng(0)
    clip = np.repeat(np.arange(40), 12)
    is_right = rng.random(480) < np.repeat(rng.beta(4, 1, 40), 12)
    fitted = OLS(is_right.astype(float), np.ones(480)).fit(
        cov_type="cluster", cov_kwds={"groups": clip}
    )
    rate = is_right.mean()

    # statsmodels' small-sample factor is clips/(clips-1) as ours, times (n-1)/(n-1) for one term
    assert effective_count(is_right, clip) == pytest.approx(
        rate * (1 - rate) / fitted.bse[0] ** 2, rel=1e-6
    )


@pytest.mark.parametrize("seed", range(5))
def test_for_unequal_clips_the_effective_count_is_never_above_what_statsmodels_allows(seed):
    rng = np.random.default_rng(seed)
    sizes = np.ceil(rng.lognormal(1, 1, 50)).astype(int)
    clip = np.repeat(np.arange(50), sizes)
    is_right = rng.random(len(clip)) < np.repeat(rng.beta(2, 1, 50), sizes)
    fitted = OLS(is_right.astype(float), np.ones(len(clip))).fit(
        cov_type="cluster", cov_kwds={"groups": clip}
    )
    rate = is_right.mean()

    assert effective_count(is_right, clip) <= rate * (1 - rate) / fitted.bse[0] ** 2 + 1e-6
    assert effective_count(is_right, clip) >= len(clip) ** 2 / (sizes @ sizes) / 2


@pytest.mark.parametrize("seed", range(10))
def test_the_test_against_the_rest_equals_fishers(seed):
    rng = np.random.default_rng(seed)
    inside = accuracy(rng.random(40) < 0.7, np.arange(40))
    rest = accuracy(rng.random(300) < 0.85, np.arange(300))
    table = [[inside.right, 40 - inside.right], [rest.right, 300 - rest.right]]

    assert worse_than_rest(inside, rest) == pytest.approx(
        stats.fisher_exact(table, alternative="less").pvalue, rel=1e-9
    )


def test_the_slice_table_equals_statsmodels_on_frames_that_are_clips():
    rng = np.random.default_rng(0)
    frames = pd.DataFrame(
        {"place": rng.choice(list("abcd"), 600), "is_right": rng.random(600) < 0.8}
    )
    table = slice_table(frames.assign(clip=frames.index), column="place")

    for row in table.itertuples():
        inside = frames["place"] == row.value
        counts = [
            clip_counts(frames["is_right"][side], frames.index[side]) for side in (~inside, inside)
        ]
        (rest, of_rest), (right, of) = [(k.sum(), n.sum()) for k, n in counts]
        expected = confint_proportions_2indep(rest, of_rest, right, of, method="newcomb")
        assert (row.low, row.high) == pytest.approx(proportion_confint(right, of, method="wilson"))
        assert (row.drop_low, row.drop_high) == pytest.approx(expected)


@pytest.mark.parametrize("n_bins", [5, 10, 15])
def test_equal_width_calibration_error_equals_torchmetrics(n_bins):
    rng = np.random.default_rng(0)
    confidence = 0.5 + 0.5 * rng.beta(4, 1.2, 3000)
    is_correct = rng.random(3000) < confidence - 0.05
    # torchmetrics reads the probability of the positive class; above 0.5 that is the answer's
    expected = binary_calibration_error(
        torch.tensor(confidence), torch.tensor(is_correct.astype(int)), n_bins=n_bins, norm="l1"
    )

    found = expected_calibration_error(confidence, is_correct, n_bins=n_bins, bins="width")

    assert found == pytest.approx(float(expected), abs=1e-6)


@pytest.mark.parametrize("n", [100, 101, 997])
def test_equal_mass_calibration_error_equals_a_split_of_the_sorted_frames(n):
    rng = np.random.default_rng(0)
    confidence = rng.random(n)
    is_correct = rng.random(n) < confidence
    order = np.argsort(confidence)
    parts = np.array_split(order, 15)
    expected = sum(
        len(part) / n * abs(is_correct[part].mean() - confidence[part].mean()) for part in parts
    )

    assert expected_calibration_error(confidence, is_correct) == pytest.approx(expected)


def test_softmax_and_entropy_equal_torch():
    logits = np.random.default_rng(0).normal(0, 5, (50, 7))
    there = torch.distributions.Categorical(logits=torch.tensor(logits))

    assert softmax(logits) == pytest.approx(there.probs.numpy())
    assert entropy(softmax(logits)) == pytest.approx(there.entropy().numpy())


def test_the_temperature_is_where_the_loss_of_torch_is_least():
    rng = np.random.default_rng(0)
    logits = torch.tensor(rng.normal(0, 6, (500, 4)))
    labels = torch.tensor([rng.choice(4, p=row) for row in softmax(logits.numpy() / 2.5)])
    best = fit_temperature(logits.numpy(), labels.numpy())

    def loss(temperature: float) -> float:
        return float(torch.nn.functional.cross_entropy(logits / temperature, labels))

    assert loss(best) < min(loss(best * 0.995), loss(best * 1.005))


@pytest.mark.parametrize("seed", range(4))
def test_holm_equals_statsmodels(seed: int):
    p = np.random.default_rng(seed).uniform(0, 0.2, 30).round(3)  # rounded, so that some tie

    _, adjusted, _, _ = multipletests(p, method="holm")

    assert holm(p) == pytest.approx(adjusted, abs=1e-12)


def test_holm_rejects_one_of_the_golden_eight():
    assert (holm([0.001, 0.008, 0.012, 0.03, 0.04, 0.2, 0.5, 0.9]) <= 0.05).sum() == 1


def test_recall_precision_and_f1_equal_torchmetrics_and_scikit_learn():
    from sklearn.metrics import confusion_matrix, precision_recall_fscore_support
    from torchmetrics.functional.classification import multiclass_f1_score, multiclass_recall

    from core.findings.class_metrics import class_metrics, confusion, macro_averages

    rng = np.random.default_rng(0)
    names = list("abcde")
    label = rng.choice(names, 500, p=[0.4, 0.3, 0.15, 0.1, 0.05])
    answer = np.where(rng.random(500) < 0.7, label, rng.choice(list("abcd"), 500))
    answer = np.where(answer == "e", "a", answer)  # a class never answered
    frames = pd.DataFrame({"label": label, "answer": answer, "clip": np.arange(500)})
    table = class_metrics(frames, classes=names)
    precision, recall, f1, support = precision_recall_fscore_support(
        label, answer, labels=names, zero_division=0
    )
    codes = [torch.tensor([names.index(name) for name in column]) for column in (answer, label)]

    assert table["recall"].to_numpy() == pytest.approx(recall, abs=1e-12)
    assert table["precision"].fillna(0).to_numpy() == pytest.approx(precision, abs=1e-12)
    assert table["f1"].to_numpy() == pytest.approx(f1, abs=1e-12)
    assert list(table["frames"]) == list(support)
    assert macro_averages(table)["recall"] == pytest.approx(
        float(multiclass_recall(*codes, num_classes=5, average="macro")), abs=1e-6
    )
    assert macro_averages(table)["f1"] == pytest.approx(
        float(multiclass_f1_score(*codes, num_classes=5, average="macro")), abs=1e-6
    )
    cells = confusion(frames).pivot(index="label", columns="answer", values="frames")
    cells = cells.reindex(index=names, columns=names).fillna(0)
    assert (cells.to_numpy() == confusion_matrix(label, answer, labels=names)).all()
