"""Goldens are methods.md sections 5 and 6."""

from __future__ import annotations

import numpy as np
import pytest

from core import tables
from core.metrics.calibration import (
    debiased_calibration_error,
    expected_calibration_error,
    perfect_answers,
    perfect_model_band,
    reliability_table,
    silent_failure_summary,
    silent_failures,
)
from core.metrics.classification import softmax
from core.metrics.intervals import clip_correlation, clip_counts
from core.metrics.temperature import fit_temperature

CONFIDENCE = [0.95] * 4 + [0.85] * 2 + [0.65] * 2 + [0.55] * 2
IS_CORRECT = [1, 1, 1, 0, 1, 0, 1, 1, 0, 1]


@pytest.mark.parametrize("n_bins", [10, 15])
def test_equal_width_error_equals_the_golden(n_bins):
    found = expected_calibration_error(CONFIDENCE, IS_CORRECT, n_bins=n_bins, bins="width")

    assert found == pytest.approx(0.230)


def test_equal_mass_error_equals_the_golden_where_no_confidences_tie():
    # the golden splits the four 0.95 in the order given; a hair apart, they have that order
    apart = np.array(CONFIDENCE) - np.arange(10) * 1e-9

    assert expected_calibration_error(apart, IS_CORRECT, n_bins=5) == pytest.approx(0.250)


def test_ties_stay_in_one_bin_so_that_order_does_not_matter():
    order = np.random.default_rng(0).permutation(10)

    forwards = expected_calibration_error(CONFIDENCE, IS_CORRECT, n_bins=5)
    shuffled = expected_calibration_error(
        np.array(CONFIDENCE)[order], np.array(IS_CORRECT)[order], n_bins=5
    )

    assert forwards == pytest.approx(0.230)
    assert shuffled == pytest.approx(forwards)


def test_a_bin_holds_its_upper_edge():
    # 0.7 shares the bin of 0.65: gaps of 0.35 and -0.7 cancel in part, apart they would add
    together = expected_calibration_error([0.65, 0.7], [1, 0], n_bins=10, bins="width")

    assert together == pytest.approx(abs((1 - 0.65) + (0 - 0.7)) / 2)


def test_certain_and_right_has_no_error_and_certain_and_wrong_the_largest():
    assert expected_calibration_error([1.0, 1.0], [1, 1]) == 0
    assert expected_calibration_error([1.0, 1.0], [0, 0]) == 1
    assert expected_calibration_error([0.0], [1], bins="width") == 1


@pytest.mark.parametrize(
    ("confidence", "is_correct", "message"),
    [
        ([], [], "no frames"),
        ([0.5], [1, 0], "shape"),
        ([1.5], [1], r"0\.\.1"),
        ([float("nan")], [1], r"0\.\.1"),
    ],
)
def test_impossible_confidences_are_refused(confidence, is_correct, message):
    with pytest.raises(ValueError, match=message):
        expected_calibration_error(confidence, is_correct)


def test_the_band_of_a_perfect_model_equals_the_table_of_methods():
    rng = np.random.default_rng(0)
    confidence = 0.5 + 0.5 * rng.beta(4, 1.2, 200)

    band = perfect_model_band(confidence, bins="width", seed=1)

    assert band == pytest.approx(0.064, abs=0.008)


def test_the_band_narrows_with_frames_and_repeats_with_its_seed():
    rng = np.random.default_rng(0)
    confidence = 0.5 + 0.5 * rng.beta(4, 1.2, 5000)

    band = perfect_model_band(confidence, draws=200, seed=1)

    assert band < perfect_model_band(confidence[:200], draws=200, seed=1) / 2
    assert band == perfect_model_band(confidence, draws=200, seed=1)
    assert band != perfect_model_band(confidence, draws=200, seed=2)


def test_a_perfect_model_stays_under_its_band_and_a_boastful_one_does_not():
    rng = np.random.default_rng(3)
    confidence = 0.5 + 0.5 * rng.beta(4, 1.2, 1000)

    band = perfect_model_band(confidence, seed=0)

    assert expected_calibration_error(confidence, rng.random(1000) < confidence) < band
    assert expected_calibration_error(confidence, rng.random(1000) < confidence - 0.15) > band


def test_reliability_table_counts_each_bin_and_drops_the_empty_ones():
    confidence = np.repeat([0.55, 0.65, 0.85, 0.95], 20)
    is_correct = np.tile([1, 0, 1, 1], 20)
    table = reliability_table(confidence, is_correct, np.arange(80))

    assert list(table.columns) == list(tables.RELIABILITY)
    assert table["bin_low"].tolist() == table["bin_high"].tolist() == [0.55, 0.65, 0.85, 0.95]
    assert table["frames"].tolist() == [20] * 4
    assert table["right"].tolist() == [15] * 4
    assert table["accuracy"].tolist() == pytest.approx([0.75] * 4)
    assert table["confidence"].tolist() == pytest.approx([0.55, 0.65, 0.85, 0.95])


def test_bins_hold_equally_many_frames_and_their_ends_are_frames():
    rng = np.random.default_rng(0)
    confidence = rng.random(205)
    table = reliability_table(confidence, rng.random(205) < confidence, np.arange(205))

    assert table["frames"].tolist() == [21] * 5 + [20] * 5
    assert set(table["bin_low"]) | set(table["bin_high"]) <= set(confidence)


def test_bins_of_fewer_than_twenty_frames_are_thin():
    # Ties stay together, so that the rest of them is left with a few.
    confidence = [0.95] * 36 + [0.55] * 4
    table = reliability_table(confidence, [1] * 40, np.arange(40))

    assert table["frames"].tolist() == [4, 36]
    assert table["is_thin"].tolist() == [True, False]
    few = reliability_table([0.9] * 3, [1, 1, 0], np.arange(3))
    assert few["is_thin"].tolist() == [True]


def test_a_perfect_model_lies_in_its_band_and_a_boastful_one_below():
    rng = np.random.default_rng(1)
    confidence = 0.5 + 0.5 * rng.random(2000)
    lot = rng.random(2000)
    perfect = reliability_table(confidence, lot < confidence, np.arange(2000))
    boastful = reliability_table(confidence, lot < confidence - 0.2, np.arange(2000))

    assert perfect["accuracy"].between(perfect["perfect_low"], perfect["perfect_high"]).sum() >= 9
    assert (boastful["accuracy"] < boastful["perfect_low"]).all()


def test_the_band_is_wider_where_frames_of_a_clip_go_together():
    confidence = np.full(400, 0.8)
    clip = np.repeat(np.arange(40), 10)
    alone = perfect_model_band(confidence, seed=0)

    assert perfect_model_band(confidence, seed=0, clip=clip, correlation=0.0) == alone
    assert perfect_model_band(confidence, seed=0, clip=clip, correlation=0.5) > 1.5 * alone


def test_imagined_answers_are_right_as_often_and_as_alike_as_asked():
    confidence = np.full(2000, 0.8)
    clip = np.repeat(np.arange(200), 10)
    drawn = perfect_answers(confidence, seed=0, draws=100, clip=clip, correlation=0.5)
    seen = [clip_correlation(*clip_counts(row, clip)) for row in drawn]

    assert drawn.mean() == pytest.approx(0.8, abs=0.01)
    assert np.mean(seen) == pytest.approx(0.5, abs=0.05)


def test_the_debiased_error_is_the_gap_without_what_chance_adds():
    confidence = np.full(100, 0.9)
    is_correct = np.arange(100) < 70
    plain = debiased_calibration_error(confidence, is_correct, is_debiased=False)

    assert plain == pytest.approx(0.2)
    assert debiased_calibration_error(confidence, is_correct) == pytest.approx(
        np.sqrt(0.04 - 0.7 * 0.3 / 99)
    )
    assert debiased_calibration_error([0.9], [True]) == 0


def test_reliability_intervals_count_clips_not_frames():
    rng = np.random.default_rng(0)
    is_right = np.repeat(rng.random(30) < 0.8, 10)
    alone = reliability_table([0.9] * 300, is_right, np.arange(300)).iloc[0]

    clips = reliability_table([0.9] * 300, is_right, np.repeat(np.arange(30), 10)).iloc[0]

    assert clips["high"] - clips["low"] > 2 * (alone["high"] - alone["low"])
    assert clips["accuracy"] == alone["accuracy"]


def test_an_all_right_bin_borrows_the_correlation_of_the_whole_set():
    rng = np.random.default_rng(0)
    clip = np.repeat(np.arange(60), 10)
    confidence = np.where(clip < 30, 0.95, 0.65)
    is_right = (clip < 30) | (rng.random(600) < 0.7)  # frames independent within clips

    table = reliability_table(confidence, is_right, clip)

    assert table["accuracy"].iloc[-1] == 1
    assert table["low"].iloc[-1] > 0.95  # 300 frames; on 30 clips alone it would be 0.89


def test_reliability_table_of_no_frames_has_no_rows():
    table = reliability_table([], [], [])

    assert table.empty
    assert list(table.columns) == list(tables.RELIABILITY)


def test_temperature_equals_the_golden():
    logits = np.array([[4, 0, 0], [4, 0, 0], [4, 0, 0], [0, 4, 0]], dtype=np.float32)

    temperature = fit_temperature(logits, [0, 0, 1, 1])

    assert temperature == pytest.approx(2.232442507, abs=1e-7)
    assert softmax(logits[0] / temperature) == pytest.approx([0.75, 0.125, 0.125])


def test_temperature_undoes_a_known_one():
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 2, (4000, 5))
    labels = np.array([rng.choice(5, p=row) for row in softmax(logits)])

    assert fit_temperature(logits * 3, labels) == pytest.approx(3, rel=0.05)


def test_temperature_without_a_best_value_is_the_bound():
    assert fit_temperature([[4, 0], [0, 4]], [0, 1]) == pytest.approx(0.01)
    assert fit_temperature([[4, 0], [0, 4]], [1, 0]) == pytest.approx(100)


@pytest.mark.parametrize("labels", [[], [0], [0, 3], [-1, 0]])
def test_labels_that_do_not_fit_the_logits_are_refused(labels):
    with pytest.raises(ValueError, match="labels"):
        fit_temperature([[1, 0, 0], [0, 1, 0]], labels)


def test_silent_failures_are_wrong_and_at_least_as_sure_as_the_threshold():
    mask = silent_failures([0.99, 0.98999, 1.0, 1.0], [False, False, True, False])

    assert mask.tolist() == [True, False, False, True]
    assert silent_failures([], []).tolist() == []


def test_three_silent_failures_in_200_have_the_golden_interval():
    confidence = np.full(200, 0.995)
    is_correct = np.arange(200) >= 3

    found = silent_failure_summary(confidence, is_correct, np.arange(200))

    assert (found.wrong, found.sure, found.errors, found.of) == (3, 200, 3, 200)
    assert (found.low, found.high) == pytest.approx((0.0031, 0.0432), abs=5e-5)
    assert (found.low_of_sure, found.high_of_sure) == (found.low, found.high)


def test_no_silent_failure_leaves_the_rule_of_three_open():
    confidence = np.concatenate([np.full(300, 0.995), np.full(100, 0.6)])
    is_correct = np.arange(400) < 350

    found = silent_failure_summary(confidence, is_correct, np.arange(400))

    assert (found.wrong, found.sure, found.errors) == (0, 300, 50)
    assert (found.low_of_sure, found.high_of_sure) == pytest.approx((0, 0.00994), abs=5e-5)
    assert found.high < found.high_of_sure


def test_silent_failures_of_few_clips_are_known_less_well():
    confidence, is_correct = np.full(300, 0.995), np.full(300, True)

    found = silent_failure_summary(confidence, is_correct, np.repeat(np.arange(6), 50))

    assert found.high == pytest.approx(1 - 0.05 ** (1 / 6))


def test_nothing_labelled_leaves_everything_open():
    found = silent_failure_summary([], [], [])

    assert (found.wrong, found.sure, found.of) == (0, 0, 0)
    assert (found.low, found.high) == (0, 1)
