from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from core.findings.confidence_pattern import Pattern, confidence_pattern, falls
from core.findings.drift_words import pattern_statement
from core.findings.sureness_periods import sureness_histograms, sureness_table
from core.records import State


def frames(drops, *, cameras=(0.0, 0.0), clips: int = 40, seed: int = 0) -> pd.DataFrame:
    """Six classes on two cameras; drops by class, and by camera besides, in the field."""
    rng = np.random.default_rng(seed)
    n = clips * 2 * 18
    clip = np.arange(clips * 2).repeat(18)
    field = clip >= clips
    answer = np.arange(n) % 6
    camera = clip % 2
    base = 0.85 + 0.03 * rng.normal(size=clips * 2)[clip] + 0.05 * rng.normal(size=n)
    fell = np.asarray(drops)[answer] + np.asarray(cameras)[camera]
    return pd.DataFrame(
        {
            "confidence": np.clip(base - fell * field, 0, 1),
            "answer": np.array(list("abcdef"))[answer],
            "camera": camera.astype(str),
            "clip": clip,
            "is_field": field,
        }
    )


@pytest.mark.parametrize(
    ("made", "pattern", "state", "said"),
    [
        (frames([0.1] * 6), Pattern.SITE, State.CONFIRMED, "6 of 6 classes"),
        (frames([0.0] * 6), Pattern.NONE, State.NONE_FOUND, "about as sure"),
        (frames([0, 0, 0.2, 0, 0, 0]), Pattern.CLASS, State.CONFIRMED, "Only c became less sure"),
        (frames([0] * 6, cameras=(0, 0.2)), Pattern.CAMERA, State.CONFIRMED, "Only camera 1"),
        (frames([0.2, 0.2, 0, 0, 0, 0]), Pattern.SEVERAL, State.CONFIRMED, "and not of the rest"),
        (frames([0.2] * 6, clips=5), Pattern.NONE, State.NOT_ENOUGH, "Too few frames"),
    ],
)
def test_what_the_falls_have_in_common(made, pattern, state, said):
    reading = confidence_pattern(made, permutations=199)
    statement = pattern_statement(reading)

    assert (reading.pattern, reading.state) == (pattern, state)
    assert statement.state is state
    assert said in statement.headline
    assert statement.next_step


def test_a_class_that_fell_on_one_camera_only_names_both():
    made = frames([0] * 6, clips=80)
    ill = made["is_field"] & (made["answer"] == "d") & (made["camera"] == "1")
    made.loc[ill, "confidence"] -= 0.5
    reading = confidence_pattern(made, permutations=99)

    assert (reading.pattern, reading.state) == (Pattern.BOTH, State.CONFIRMED)
    assert "Only d became less sure, and only on camera 1" in pattern_statement(reading).headline


def test_with_four_classes_the_sign_test_cannot_prove_a_site():
    made = frames([0.1] * 6)
    reading = confidence_pattern(made[made["answer"] < "e"], permutations=199)

    assert (reading.pattern, reading.state) == (Pattern.SITE, State.SUSPECTED)
    assert "may have become less sure of everything" in pattern_statement(reading).headline


def test_the_order_of_rows_changes_nothing():
    made = frames([0.05] * 6, seed=4)
    mixed = made.sample(frac=1, random_state=0)

    assert confidence_pattern(made).clip_p == confidence_pattern(mixed).clip_p


def test_a_class_short_of_frames_is_not_judged_and_says_how_many_more():
    made = frames([0.3] * 6)
    few = made[~made["is_field"] | (made["answer"] != "a") | (made["clip"] < 45)]
    found = {fall.name: fall for fall in falls(few, by="answer")}

    assert not found["a"].is_judged
    assert found["a"].missing > 0
    assert np.isnan(found["a"].q)
    assert found["b"].is_judged


def test_a_class_the_reference_never_answered_is_not_judged():
    made = frames([0] * 6)
    found = {
        f.name: f for f in falls(made[made["is_field"] | (made["answer"] != "a")], by="answer")
    }

    assert not found["a"].is_judged


def test_a_confidence_that_is_missing_is_refused():
    made = frames([0] * 6)
    made.loc[3, "confidence"] = np.nan

    with pytest.raises(ValueError, match=r"0\.\.1"):
        confidence_pattern(made)


def test_periods_add_up():
    made = frames([0] * 6).assign(period="May", entropy=0.5)
    table = sureness_table(made, by=["period", "answer"])
    bars = sureness_histograms(made, by=["period", "answer"])

    assert table["frames"].sum() == bars["frames"].sum() == len(made)
    assert (table["low"] <= table["high"]).all()
    assert (table["clips"] == 80).all()
    assert (table["entropy"] == 0.5).all()
    assert np.isnan(sureness_table(made[made["clip"] < 5], by=["period"])["low"]).all()
