from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from core.findings.label_free import (
    check_statement,
    draw_plan,
    estimate,
    estimate_statement,
    estimates,
    part_words,
    plan_result,
    plan_statement,
    strata_of,
)
from core.metrics.intervals import accuracy
from core.records import State


def answered(n: int, *, seed: int, cap: float = 1.0, per_clip: int = 1) -> pd.DataFrame:
    """Frames of a model that is as good as its word; `cap` lowers how sure it is and how right."""
    rng = np.random.default_rng(seed)
    sure = (0.5 + 0.5 * rng.beta(4, 1.2, n)) * cap
    return pd.DataFrame(
        {
            "confidence": sure,
            "is_right": rng.random(n) < sure,
            "clip": [f"{seed}:{number // per_clip}" for number in range(n)],
            "content_hash": [f"{seed}-{number:05}" for number in range(n)],
        }
    )


def test_the_guess_follows_a_field_in_which_it_is_less_sure_and_less_right():
    for cap in (1.0, 0.8, 0.6):
        field = answered(1500, seed=1, cap=cap)
        found = estimate(answered(1500, seed=2), field)
        print(cap, found.by_threshold, found.by_difference, field["is_right"].mean())

        assert found.by_difference == pytest.approx(field["is_right"].mean(), abs=0.04)
        assert found.low <= field["is_right"].mean() <= found.high


def test_the_interval_is_wider_where_frames_come_in_clips():
    alone = estimate(answered(400, seed=2), answered(400, seed=1))
    field = answered(400, seed=1).sort_values("confidence", ignore_index=True)
    field["clip"] = [str(number // 40) for number in range(400)]
    together = estimate(answered(400, seed=2), field)

    assert together.difference_high - together.difference_low > 1.5 * (
        alone.difference_high - alone.difference_low
    )


def test_many_parts_learn_from_the_same_reference_and_one_is_the_same_alone():
    reference = answered(600, seed=2)
    parts = [answered(300, seed=1), answered(300, seed=3, cap=0.7)]
    found = estimates(reference, parts)

    assert found[0] == estimate(reference, parts[0])
    for guess, part in zip(found, parts, strict=True):
        assert guess.low <= part["is_right"].mean() <= guess.high
    assert found[1].high < found[0].low


def test_a_part_is_told_as_an_estimate_with_its_assumption_or_not_at_all():
    reference, part = answered(600, seed=2), answered(300, seed=1)
    guess = estimate(reference, part)
    said, rests_on = part_words(guess)
    assert said == f"Estimate without labels: right in {guess.words}."
    assert "holds only if" in rests_on and guess.may_be_told

    thin = estimate(reference, answered(60, seed=1, per_clip=10))
    said, rests_on = part_words(thin)
    assert "between" not in said and "right in" in said and not thin.may_be_told
    assert rests_on.startswith("Too few clips")

    flawless = estimate(reference.assign(is_right=True), part)
    said, rests_on = part_words(flawless)
    assert said == "" and rests_on.startswith("No estimate") and not flawless.may_be_told

    said, rests_on = part_words(None)
    assert said == "" and "no labelled reference" in rests_on


def test_it_names_its_assumption_and_is_never_confirmed():
    said = estimate_statement(estimate(answered(500, seed=2), answered(500, seed=1)))

    assert said.state is State.SUSPECTED
    assert "This holds only if" in said.next_step
    few = answered(500, seed=2).assign(is_right=True)
    assert estimate_statement(estimate(few, answered(500, seed=1))).state is State.NOT_ENOUGH


def test_a_flattering_guess_is_found_out_on_labelled_frames():
    field = answered(800, seed=1)
    sure_and_wrong = field.assign(is_right=field["is_right"] & (np.arange(800) % 3 > 0))
    found = estimate(answered(800, seed=2), sure_and_wrong)
    truth = accuracy(sure_and_wrong["is_right"].to_numpy(), sure_and_wrong["clip"].to_numpy())

    said = check_statement(found, truth)
    assert said.state is State.CONFIRMED and "flatters" in said.next_step
    honest = accuracy(field["is_right"].to_numpy(), field["clip"].to_numpy())
    assert check_statement(found, honest).state is State.NONE_FOUND


def test_the_plan_is_by_lot_within_parts_that_hold_every_frame():
    frames = answered(400, seed=1)
    strata = strata_of(frames)
    plan = draw_plan(strata, count=50)

    assert sum(part.frames for part in strata) == 400
    assert len(strata) == 5
    assert len({digest for digest, _ in plan}) == len(plan) == 50
    assert all(digest in strata[place].hashes for digest, place in plan)
    assert draw_plan(strata_of(frames, seed=9), count=50) != plan
    assert draw_plan(strata_of(frames), count=50) == plan
    assert {place for _, place in plan[:10]} == set(range(5))  # stopping early stays fair
    assert draw_plan([], count=5) == []
    assert len(strata_of(frames.assign(confidence=0.9))) == 1


def test_the_plans_estimate_is_unbiased():
    frames = answered(3000, seed=1)
    is_right = dict(zip(frames["content_hash"], frames["is_right"], strict=True))
    truth, found, covered = frames["is_right"].mean(), [], 0
    for seed in range(200):
        strata = strata_of(frames, seed=seed)
        right, done = [0] * len(strata), [0] * len(strata)
        for digest, place in draw_plan(strata, count=60):
            done[place] += 1
            right[place] += bool(is_right[digest])
        result = plan_result([part.frames for part in strata], right, done, planned=60)
        found.append(result.share)
        covered += result.low <= truth <= result.high
    print("mean", np.mean(found), "truth", truth, "covered", covered, "of 200")

    assert np.mean(found) == pytest.approx(truth, abs=0.01)
    assert covered >= 182


def test_no_figure_while_a_part_has_no_label():
    early = plan_statement(plan_result([10, 10], [1, 0], [1, 0], planned=8))
    done = plan_statement(plan_result([10, 10], [18, 15], [20, 20], planned=40))

    assert early.state is State.NOT_ENOUGH and "not yet from every part" in early.headline
    assert done.state is State.CONFIRMED and "The plan is done" in done.next_step
