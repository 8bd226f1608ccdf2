from __future__ import annotations

import json

import numpy as np
import pytest

from core.errors import FieldcheckError
from core.metrics.calibration import expected_calibration_error
from core.records import Folder, State
from core.workflows import choices, confidence, scores, scoring
from tests.made import made_project


def test_the_report_counts_every_labelled_field_frame(tiny_project, tiny_frames):
    report = confidence.confidence(tiny_project)

    assert len(report.frames) == tiny_frames.labelled
    assert report.reliability["frames"].sum() == tiny_frames.labelled
    assert report.reliability["right"].sum() == tiny_frames.right


def test_silent_failures_are_the_sure_and_wrong_frames_surest_first(tiny_project, tiny_frames):
    report = confidence.confidence(tiny_project)

    assert len(report.silent_failures) == report.silent_before == tiny_frames.silent
    assert not report.silent_failures["is_right"].any()
    sure = list(report.silent_failures["confidence"])
    assert sure == sorted(sure, reverse=True)
    assert sure[-1] >= 0.99
    statement, frames = confidence.silent_failures(tiny_project)
    assert f"Wrong in {tiny_frames.silent} of the" in statement.headline
    assert len(frames) == tiny_frames.silent


def test_no_silent_failure_is_said_with_what_could_still_be(tmp_path):
    report = confidence.confidence(made_project(tmp_path / "p", right="all", sharpness=4))

    assert report.silent.headline.startswith("Never wrong in the")
    assert "in 100 could be" in report.silent.headline
    assert report.silent.state is State.NONE_FOUND


def test_the_calibration_error_is_the_trusted_one_on_the_same_frames(tiny_project):
    report = confidence.confidence(tiny_project)
    frames = scores.scores(tiny_project).labelled(Folder.FIELD)

    assert report.ece == pytest.approx(
        expected_calibration_error(
            frames["confidence"].to_numpy(), frames["is_right"].to_numpy(), n_bins=15, bins="width"
        )
    )
    assert 0 < report.ece_perfect_p95 < 1


def test_the_temperature_is_fitted_on_the_reference_alone(fresh_project, own_frames):
    scoring.prepare(fresh_project)
    before = confidence.confidence(fresh_project)
    text = own_frames.metadata.read_text(encoding="utf-8")
    own_frames.metadata.write_text(text.replace(",blue,", ",red,"), encoding="utf-8")
    after = confidence.confidence(fresh_project)

    assert after.silent_before > before.silent_before
    assert after.temperature == before.temperature
    assert before.temperature is not None
    assert 0.01 < before.temperature < 100


def test_the_correction_counts_what_stays_sure_and_wrong(tiny_project):
    report = confidence.confidence(tiny_project)
    frames = report.frames[~report.frames["is_right"]]
    logits = scores.vectors(tiny_project, "logits", list(frames["content_hash"]))
    scaled = np.exp(logits.astype(float) / report.temperature)
    sure = (scaled / scaled.sum(axis=1, keepdims=True)).max(axis=1)

    assert report.silent_after == int((sure >= 0.99).sum())
    assert len(report.silent_corrected.frames) == report.silent_after


def test_a_correction_that_travels_mends_the_boasting_and_is_said_to_hold(tmp_path):
    """Boastful by a factor of three on both sides: the reference's correction fits the field."""
    report = confidence.confidence(
        made_project(tmp_path / "p", field=1200, reference=1200, sharpness=3)
    )
    found = report.correction

    assert found.low <= 3 <= found.high
    assert found.needed_low <= 3 <= found.needed_high
    assert found.after.ece < found.before.ece / 2
    assert found.before.ece > found.before.perfect
    assert found.after.ece < 1.3 * found.after.perfect
    assert found.statement.state is State.NONE_FOUND
    assert report.word.state is State.CONFIRMED and "too sure" in report.word.next_step
    assert report.silent_after < report.silent_before


def test_a_correction_that_does_not_travel_is_called_so(tmp_path):
    found = confidence.confidence(
        made_project(tmp_path / "p", field=800, reference=800, field_sharpness=3)
    ).correction

    assert found.high < found.needed_low
    assert found.statement.state is State.CONFIRMED
    assert found.statement.headline.startswith("The correction does not hold in the field.")
    assert "stays too sure" in found.statement.next_step


def test_too_few_reference_frames_give_no_temperature(fresh_project, own_frames):
    for path in sorted(own_frames.reference_folder.rglob("*.jpg"))[:11]:
        path.unlink()
    scoring.prepare(fresh_project)
    report = confidence.confidence(fresh_project)

    assert report.temperature is None
    assert report.silent_after is None
    assert "Too few labelled reference frames" in confidence.technical(report)
    assert confidence.correction_statement(report).state is State.NOT_ENOUGH


def test_the_mark_moves_the_sentence_and_not_the_silent_failures(tiny_project):
    low = confidence.confidence(tiny_project, threshold=0.5)
    high = confidence.confidence(tiny_project, threshold=0.99)

    assert "at least 50 % sure, it is right in 36 of 42 frames" in low.headline.headline
    assert "at least 99 % sure" in high.headline.headline
    assert low.silent_before == high.silent_before == 4


def test_without_a_mark_the_chosen_one_counts_and_without_that_99(tiny_project):
    before = confidence.confidence(tiny_project).threshold
    choices.set_sure_threshold(tiny_project, 0.8)

    assert before == 0.99
    assert confidence.confidence(tiny_project).threshold == 0.8


def test_a_broken_promise_is_not_called_kept(tiny_project):
    report = confidence.confidence(tiny_project, threshold=0.99)

    assert report.headline.state is State.CONFIRMED
    assert "promises more than it keeps" in report.headline.next_step


def test_a_mark_it_never_reaches_is_said(tiny_project):
    report = confidence.confidence(tiny_project, threshold=0.999)

    assert "never says it is at least 99.9 % sure" in report.headline.headline
    assert report.headline.state is State.NOT_ENOUGH


def test_the_histogram_counts_every_answered_frame_labelled_or_not(tiny_project, tiny_frames):
    for measure in confidence.MEASURES:
        values, is_right = confidence.histogram_values(tiny_project, measure=measure)

        assert len(values) == len(is_right) == tiny_frames.readable
        assert ((values >= 0) & (values <= 1)).all()
    parts = [
        len(confidence.histogram_values(tiny_project, measure="sure", answer=name)[0])
        for name in confidence.answers(tiny_project)
    ]
    assert sum(parts) == tiny_frames.readable


def test_json_has_exactly_the_promised_keys_and_the_pages_numbers(tiny_project, tiny_frames):
    report = confidence.confidence(tiny_project)
    data = json.loads(json.dumps(confidence.confidence_json(report), allow_nan=False))

    assert set(data) == {
        "ece", "ece_perfect_p95", "temperature", "temperature_low", "temperature_high",
        "temperature_field", "correction", "silent", "budget", "of", "threshold", "chosen",
        "unusual", "unlabelled",
    }  # fmt: skip
    assert data["silent"] == {"before": tiny_frames.silent, "after": report.silent_after}
    assert data["ece"] == report.ece
    assert data["of"] == tiny_frames.labelled
    assert {"threshold", "kept", "of", "wrong", "effective", "low", "high"} <= set(
        data["budget"][0]
    )


def test_the_terms_behind_the_page_are_named(tiny_project):
    text = confidence.technical(confidence.confidence(tiny_project))

    assert "ECE over 15 equal-width bins" in text
    assert "Guo et al. 2017" in text


def test_nothing_answered_yet_is_said(fresh_project):
    scoring.index_frames(fresh_project)

    with pytest.raises(FieldcheckError, match="nobody can say how far to trust it"):
        confidence.confidence(fresh_project)


def test_a_mark_costs_what_the_sentence_about_it_says(tiny_project):
    for row in confidence.confidence(tiny_project).budget:
        silent = confidence.confidence(tiny_project, threshold=row["threshold"]).silent
        span = f"between {row['low'] * 100:.1f} and {row['high'] * 100:.1f} in 100"

        assert not row["wrong"] or span in silent.headline
