import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from core.findings.own_past import past_episodes, stretch_p, strongest_stretch, tamed
from core.records import State


def history(days, *, clips=5, changed=None, column="sharpness", by=-0.8, seed=0):
    """Frames of so many days, one a clip; `changed` days differ in one column."""
    rng = np.random.default_rng(seed)
    rows = [
        {
            "content_hash": f"{day}-{clip}", "camera": "cam1", "clip": f"{day}-{clip}",
            "taken_at": pd.Timestamp("2026-03-02") + pd.Timedelta(days=day, hours=8 + clip),
            "sharpness": 2.4 + light + rng.normal(0, 0.1), "contrast": 0.1,
            "brightness": 0.4, "warmth": rng.normal(0, 0.02), "tint": rng.normal(0, 0.02),
            "_day": day,
        }
        for day in range(days)
        for light in [rng.normal(0, 0.05)]
        for clip in range(clips)
    ]  # fmt: skip
    frames = pd.DataFrame(rows)
    frames.loc[frames["_day"].isin(changed or []), column] += by
    return frames


def found(frames, **named):
    return past_episodes(frames, is_left_out=np.zeros(len(frames), bool), **named)


def test_days_of_blur_are_found_to_the_day():
    frames = history(20, changed=range(12, 20))

    (one,) = found(frames)

    assert (one.kind, one.state, one.is_open) == ("blurred", State.CONFIRMED, True)
    assert one.frames == 40
    assert one.since == pd.Timestamp("2026-03-14 08:00")


def test_blur_that_ended_is_found_with_its_end():
    (one,) = found(history(20, changed=range(8, 13)))

    assert (one.kind, one.is_open, one.frames) == ("blurred", False, 25)


def test_few_clips_are_not_enough():
    (one,) = found(history(16, clips=1, changed=range(9, 16)))

    assert one.state is State.NOT_ENOUGH


def test_a_sharper_picture_is_not_ill_but_another_colour_is_either_way():
    assert found(history(20, changed=range(12, 20), by=0.8)) == []
    for by in (-0.6, 0.6):
        (one,) = found(history(20, changed=range(12, 20), column="warmth", by=by))
        assert one.kind == "warmth"


def test_three_days_or_small_changes_say_nothing():
    assert found(history(3, changed=[2])) == []
    assert found(history(20, changed=range(12, 20), by=-0.2)) == []


@given(st.integers(0, 10_000), st.integers(5, 20))
@settings(max_examples=30, deadline=None)
def test_the_strongest_stretch_is_that_which_counting_finds(seed, n):
    days = np.random.default_rng(seed).normal(size=n)
    values = tamed(days)
    best = max(
        abs(values[a:b].mean() - values[:a].mean()) * np.sqrt(a * (b - a) / b)
        for a in range(3, n - 1)
        for b in range(a + 2, n + 1)
    )

    a, b = strongest_stretch(days, direction=0)

    assert np.isclose(abs(values[a:b].mean() - values[:a].mean()) * np.sqrt(a * (b - a) / b), best)


def test_quiet_days_raise_an_alarm_as_often_as_promised():
    rng = np.random.default_rng(1)
    p = [stretch_p(rng.normal(size=14), direction=0, shuffles=99, seed=n) for n in range(400)]

    # 400 × 0.05 = 20, two binomial standard deviations of 4.4
    assert sum(one <= 0.05 for one in p) <= 29
    assert sum(one <= 0.05 for one in p) >= 11
