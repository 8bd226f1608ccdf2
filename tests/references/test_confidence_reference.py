"""Sections 5, 6, 7 and 9.3 of the methods: their golden vectors, and the closed forms elsewhere."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy import stats
from scipy.spatial.distance import cdist
from scipy.spatial.distance import mahalanobis as scipy_mahalanobis
from torchmetrics.functional.classification import binary_auroc

from core.metrics.calibration import (
    debiased_calibration_error,
    expected_calibration_error,
)
from core.metrics.classification import entropy, softmax
from core.metrics.intervals import clopper_pearson, zero_events_upper
from core.metrics.label_free import (
    accuracy_by_difference,
    accuracy_by_threshold,
    threshold_of_errors,
)
from core.metrics.scoring_rules import brier_of_answer, negative_log_likelihood, spiegelhalter
from core.metrics.temperature import fit_temperature
from core.metrics.unlike import (
    area_standard_error,
    area_under_curve,
    free_energy,
    generalised_entropy,
    mahalanobis,
    neighbour_distance,
    passed_at_keep,
    unit_rows,
)

GOLDEN = Path(__file__).resolve().parents[3] / "shared" / "methods" / "golden_vectors.json"
if not GOLDEN.is_file():
    pytest.skip("the golden vectors lie in ../shared, which is not here", allow_module_level=True)
golden = json.loads(GOLDEN.read_text(encoding="utf-8"))


def test_the_tiny_calibration_example():
    tiny = golden["calibration"]["tiny"]
    sure, right = tiny["conf"], tiny["correct"]
    # The golden equal-mass bins cut through ties; these confidences differ by less than is printed.
    apart = np.array(sure) - np.arange(10) * 1e-9
    z, p = spiegelhalter(sure, right)

    for bins in (10, 15):
        found = expected_calibration_error(sure, right, n_bins=bins, bins="width")
        assert found == pytest.approx(tiny[f"ece{bins}"], abs=1e-6)
    assert expected_calibration_error(apart, right, n_bins=5) == pytest.approx(
        tiny["ece_equal_mass_5"], abs=1e-6
    )
    assert brier_of_answer(sure, right) == pytest.approx(tiny["brier_top"], abs=1e-6)
    assert z == pytest.approx(tiny["spiegelhalter_z"], abs=1e-6)
    assert p == pytest.approx(tiny["p"], abs=1e-6)


def test_the_temperature():
    known = golden["calibration"]["temperature"]
    found = fit_temperature(known["logits"], known["labels"])

    assert found == pytest.approx(known["T"], abs=1e-6)
    assert softmax(np.array(known["logits"][0]) / found) == pytest.approx(known["p"], abs=1e-6)


def test_the_intervals_of_rare_events():
    some, none = golden["clopper_pearson95"]

    assert clopper_pearson(some["k"], some["n"]) == pytest.approx(
        (some["lo"], some["hi"]), abs=5e-5
    )
    assert zero_events_upper(none["n"]) == pytest.approx(none["one_sided_upper"], abs=5e-6)


@pytest.mark.parametrize("row", golden["ood_scores"], ids=lambda row: str(row["z"]))
def test_the_scores_of_unlikeness(row):
    p = softmax(row["z"])
    ours = {
        "msp": p.max(),
        "H": entropy(p),
        "Hnorm": entropy(p) / math.log(len(p)),
        "E": free_energy(row["z"]),
        "E_T2": free_energy(row["z"], temperature=2),
        "GEN": -generalised_entropy(p),
    }

    assert set(row) - {"z"} <= set(ours)
    for name in set(row) - {"z"}:
        assert float(ours[name]) == pytest.approx(row[name], abs=1e-6), name


def test_the_area_under_the_curve():
    known = golden["auroc"]
    area = area_under_curve(known["id"], known["ood"])

    assert area == pytest.approx(known["auroc"], abs=1e-9)
    assert passed_at_keep(known["id"], known["ood"]) == pytest.approx(known["fpr95_id_positive"])
    assert area_standard_error(area, 10, 10) == pytest.approx(known["hanley_mcneil_se"], abs=1e-6)
    ties = known["ties"]
    assert area_under_curve(ties["id"], ties["ood"]) == pytest.approx(ties["auroc"], abs=1e-9)
    assert passed_at_keep(ties["id"], ties["ood"]) == pytest.approx(ties["fpr95_id_positive"])


def test_the_nearest_neighbours():
    known = golden["knn"]
    found = neighbour_distance(unit_rows(known["query"]), unit_rows(known["ref"]), k=known["k"])

    assert found == pytest.approx(known["unit_sphere_dist"], abs=1e-6)


def test_the_mahalanobis_distance():
    known = golden["mahalanobis"]
    rows = np.array(known["ref"], dtype=float)
    found = mahalanobis([known["query"]], rows.mean(axis=0), known["biased_cov"])

    assert found == pytest.approx([known["d2"]], abs=1e-9)


def test_accuracy_without_labels():
    known = golden["atc"]
    threshold = threshold_of_errors(known["val_score"], known["val_correct"])
    by_difference = accuracy_by_difference(known["val_score"], known["val_correct"], known["field"])

    assert threshold == pytest.approx(known["definition_t_midpoint"], abs=1e-9)
    assert accuracy_by_threshold(known["field"], threshold) == pytest.approx(
        known["definition_estimate"], abs=1e-9
    )
    assert by_difference == pytest.approx(known["doc_estimate"], abs=1e-9)
    assert np.mean(known["field"]) == pytest.approx(known["mean_conf"], abs=1e-9)


def test_the_area_equals_torchmetrics_and_scipy_ties_included():
    rng = np.random.default_rng(0)
    usual, unusual = rng.normal(1, 1, 300).round(1), rng.normal(0, 1, 200).round(1)
    # ranks within 0..1: anything outside goes through a sigmoid there, which splits ties
    scores = torch.tensor(stats.rankdata(np.concatenate([usual, unusual])) / 500)
    theirs = float(binary_auroc(scores, torch.tensor([1] * 300 + [0] * 200)))
    u = stats.mannwhitneyu(usual, unusual).statistic

    found = area_under_curve(usual, unusual)

    assert found == pytest.approx(u / 300 / 200, abs=1e-9)
    assert found == pytest.approx(theirs, abs=1e-6)


def test_distances_equal_scipys():
    rng = np.random.default_rng(0)
    bank, queries = unit_rows(rng.normal(size=(200, 32))), unit_rows(rng.normal(size=(50, 32)))
    kth = np.sort(cdist(queries.astype(float), bank.astype(float)), axis=1)[:, 9]
    spread = np.cov(bank.T) + 0.1 * np.eye(32)
    mean = bank.mean(axis=0, dtype=np.float64)
    one = scipy_mahalanobis(queries[0], mean, np.linalg.inv(spread)) ** 2

    assert neighbour_distance(queries, bank) == pytest.approx(kth, abs=1e-6)
    assert mahalanobis(queries[:1], mean, spread)[0] == pytest.approx(one, rel=1e-9)


def test_the_loss_equals_torchs_cross_entropy():
    rng = np.random.default_rng(0)
    logits, labels = rng.normal(0, 5, (300, 6)), rng.integers(0, 6, 300)
    theirs = torch.nn.functional.cross_entropy(torch.tensor(logits), torch.tensor(labels))

    found = negative_log_likelihood(softmax(logits), labels)

    assert found == pytest.approx(float(theirs), abs=1e-9)


def test_a_perfect_model_shows_the_debiased_error_of_the_table():
    """Methods 5, "Bias of ECE for a perfectly calibrated model", last two columns."""
    rng = np.random.default_rng(0)
    for n, plug_in, debiased, draws in ((200, 0.080, 0.018, 400), (1000, 0.037, 0.009, 200)):
        found: dict[bool, list[float]] = {True: [], False: []}
        for _ in range(draws):
            sure = 0.5 + 0.5 * rng.beta(4, 1.2, n)
            right = rng.random(n) < sure
            for flag, kept in found.items():
                kept.append(debiased_calibration_error(sure, right, is_debiased=flag))
        print(n, np.mean(found[False]), np.mean(found[True]))

        assert np.mean(found[False]) == pytest.approx(plug_in, abs=0.004)
        assert np.mean(found[True]) == pytest.approx(debiased, abs=0.006)
