from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from core.findings.doctor import (
    Trial,
    changed_state,
    colour_cast,
    doctor_table,
    enough_frames,
    is_hopeless,
    paired,
)
from core.metrics.paired import mcnemar_p
from core.records import State


def trial(mended: int, broken: int, *, wrong: int, of: int, asked: int | None = None, **other):
    """The first `wrong` frames were wrong; the change mends and breaks the first of each."""
    was = np.arange(of) >= wrong
    is_ = was.copy()
    is_[:mended] = True
    is_[wrong : wrong + broken] = False
    clip = other.get("clip", np.arange(of).astype(str).astype(object))
    return Trial(
        other.get("step", 1), other.get("change", "x"), was, is_,
        np.arange(of) < (of if asked is None else asked), clip,
    )  # fmt: skip


def state(*trials) -> list[str]:
    return list(doctor_table(trials)["state"])


def test_a_change_that_mends_many_and_breaks_none_is_confirmed():
    (row,) = doctor_table([trial(16, 0, wrong=18, of=233)]).to_dict("records")

    assert row["state"] == State.CONFIRMED
    assert (row["right"], row["base_right"], row["mended"], row["broken"]) == (231, 215, 16, 0)
    assert row["p"] == pytest.approx(0.5**16)
    assert row["low"] > 0


def test_what_passes_alone_but_not_among_all_tried_is_suspected():
    weak = trial(6, 0, wrong=18, of=233)  # p = 0.016
    others = [trial(2, 2, wrong=18, of=233) for _ in range(12)]

    assert state(weak) == [State.CONFIRMED]
    assert state(weak, *others)[0] == State.SUSPECTED


def test_as_many_broken_as_mended_is_nothing():
    assert state(trial(9, 9, wrong=40, of=233), trial(0, 0, wrong=40, of=233)) == ["none_found"] * 2


def test_a_change_that_was_given_up_is_nothing_and_has_no_figures_it_does_not_know():
    (row,) = doctor_table([trial(3, 4, wrong=18, of=233, asked=40)]).to_dict("records")

    assert row["state"] == State.NONE_FOUND
    assert row["asked"] == 40
    assert np.isnan(row["right"]) and np.isnan(row["gain"])


def test_frames_of_few_clips_are_not_enough_however_clear():
    clip = (np.arange(233) // 30).astype(str).astype(object)

    assert state(trial(100, 0, wrong=120, of=233, clip=clip)) == [State.NOT_ENOUGH]


def test_repeated_frames_count_as_less():
    clip = (np.arange(240) // 12).astype(str).astype(object)
    alone = paired(*_pair(24, 0, wrong=36, of=240), np.arange(240).astype(str).astype(object))
    in_clips = paired(*_pair(24, 0, wrong=36, of=240), clip)

    assert in_clips["p"] > alone["p"]
    assert in_clips["high"] - in_clips["low"] > alone["high"] - alone["low"]


def _pair(mended: int, broken: int, *, wrong: int, of: int):
    one = trial(mended, broken, wrong=wrong, of=of)
    return one.was_right, one.is_right


def test_giving_up_never_costs_a_finding():
    # Whatever the rest brings, and whatever the frames are worth, the verdict stays "nothing".
    rng = np.random.default_rng(3)
    given_up = 0
    for _ in range(300):
        of, wrong = int(rng.integers(60, 240)), int(rng.integers(4, 40))
        mended, broken = int(rng.integers(0, wrong + 1)), int(rng.integers(0, 20))
        if not is_hopeless(mended, broken):
            continue
        given_up += 1
        size = int(rng.integers(1, 5))
        clip = (np.arange(of) // size).astype(str).astype(object)
        final_broken = min(broken + int(rng.integers(0, 5)), of - wrong)

        assert state(trial(mended, final_broken, wrong=wrong, of=of, clip=clip))[0] in (
            State.NONE_FOUND, State.NOT_ENOUGH,
        )  # fmt: skip
    assert given_up > 50


def test_chance_alone_is_confirmed_in_at_most_one_check_of_twenty():
    rng = np.random.default_rng(7)
    false_alarms = 0
    checks = 200
    for _ in range(checks):
        was = rng.random(120) < 0.8
        trials = []
        for _ in range(14):
            is_ = np.where(rng.random(120) < 0.2, rng.random(120) < 0.5, was)
            # as often better as worse: a change of no effect
            flips = was != is_
            is_ = np.where(flips, rng.random(120) < 0.5, was)
            trials.append(
                Trial(1, "x", was, is_, np.ones(120, bool), np.arange(120).astype(object))
            )
        false_alarms += "confirmed" in state(*trials)

    assert false_alarms / checks <= 0.05


@pytest.mark.parametrize(("wrong", "of", "needed"), [(2, 233, 233), (48, 233, 233)])
def test_few_wrong_frames_need_the_whole_sample(wrong, of, needed):
    assert enough_frames(np.arange(of) >= wrong) == needed


def test_a_setting_that_costs_much_shows_on_few_frames():
    rng = np.random.default_rng(0)

    assert enough_frames(np.zeros(233, bool)) == 60
    assert 60 <= enough_frames(rng.random(233) < 0.5) <= 130


def test_hopeless_is_what_no_outcome_could_mend():
    assert is_hopeless(4, 0)  # one in sixteen
    assert not is_hopeless(5, 0)
    assert is_hopeless(5, 1)
    assert mcnemar_p(5, 0) <= 0.05 < mcnemar_p(5, 1)


def test_another_view_is_better_only_beyond_chance():
    clip = np.arange(100).astype(object)

    assert changed_state(paired(*_pair(9, 0, wrong=20, of=100), clip)) is State.CONFIRMED
    assert changed_state(paired(*_pair(4, 0, wrong=20, of=100), clip)) is State.SUSPECTED
    assert changed_state(paired(*_pair(3, 0, wrong=20, of=100), clip)) is State.NONE_FOUND
    assert changed_state(paired(*_pair(0, 9, wrong=20, of=100), clip)) is State.NONE_FOUND
    assert changed_state(paired(*_pair(5, 0, wrong=5, of=20), clip[:20])) is State.NOT_ENOUGH


def frames(kinds: list[str], warm: list[float]) -> pd.DataFrame:
    return pd.DataFrame({"kind": kinds, "warm": warm, "clip": [str(n) for n in range(len(kinds))]})


def test_another_mix_of_things_is_no_colour_cast():
    rng = np.random.default_rng(1)
    usual = {"banana": 0.8, "plum": -0.4}
    there = ["banana"] * 40 + ["plum"] * 10
    here = ["banana"] * 10 + ["plum"] * 40
    reference, field = (
        frames(kinds, [usual[kind] + rng.normal(0, 0.1) for kind in kinds])
        for kinds in (there, here)
    )
    warmer, low, high = colour_cast(field, reference, column="warm")

    assert low <= 0 <= high
    assert abs(warmer) < 0.1


def test_a_colour_cast_is_measured_with_its_interval():
    rng = np.random.default_rng(2)
    reference, field = (
        frames(["a"] * 50, list(rng.normal(middle, 0.1, 50))) for middle in (0.0, 0.3)
    )
    warmer, low, high = colour_cast(field, reference, column="warm")

    assert warmer == pytest.approx(0.3, abs=0.06)
    assert 0 < low < 0.3 < high + 0.05


def test_no_common_kind_says_nothing():
    found = colour_cast(frames(["a"] * 5, [0.1] * 5), frames(["b"] * 5, [0.2] * 5), column="warm")

    assert np.isnan(found).all()
