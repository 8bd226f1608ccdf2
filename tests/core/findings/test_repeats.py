import io

import numpy as np
import PIL.Image
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.findings.repeats import stuck_episodes
from core.findings.still_scene import frame_differences, still_episodes
from core.findings.useless_runs import nothing_to_see
from core.records import State
from tests.core.findings.filmed import START, filmed, noisy, scene


def stuck(frames, seen):
    return stuck_episodes(frames, seen, is_plain=nothing_to_see(frames))


def packed(picture, quality):
    file = io.BytesIO()
    PIL.Image.fromarray(picture).save(file, "JPEG", quality=quality)
    return np.array(PIL.Image.open(file).convert("RGB"))


def with_clock(picture, number, *, top=0, left=0):
    picture = picture.copy()
    digits = np.random.default_rng(number).integers(0, 255, (8, 20, 3))
    picture[top : top + 8, left : left + 20] = digits
    return picture


@given(before=st.integers(0, 4), repeats=st.integers(0, 6), after=st.integers(0, 4))
@settings(max_examples=25, deadline=None)
def test_the_repeated_pictures_are_found_to_the_frame(before, repeats, after):
    live = [noisy(scene(), row) for row in range(before + after + 1)]
    held = live[before]
    frames, seen = filmed(live[:before] + [held] * (1 + repeats) + live[before + 1 :])

    found = stuck(frames, seen)

    expected = [tuple(range(before, before + 1 + repeats))] if repeats >= 2 else []
    assert [one.rows for one in found] == expected
    assert all(one.state is State.CONFIRMED for one in found)


@pytest.mark.parametrize("quality", [None, 90, 10])
def test_a_still_scene_with_noise_of_one_level_is_not_stuck(quality):
    pictures = [noisy(scene(), row) for row in range(30)]
    if quality:
        pictures = [packed(picture, quality) for picture in pictures]
    frames, seen = filmed(pictures, quality=[quality or np.nan] * 30)

    assert not [one for one in stuck(frames, seen) if one.state is State.CONFIRMED]
    if quality is None:
        assert stuck(frames, seen) == []
        assert still_episodes(frames, seen, is_left_out=np.zeros(30, bool)) == []


def test_noise_gives_the_differences_that_were_measured():
    # methods 9.4: MAFD / 255 is 0.00438 at a spread of 1 level, 0.0021 at 0.5, 0.0001 at 0.2
    grey = np.full((32, 32), 128.0)
    for spread, expected, tolerance in (
        (1.0, 0.00438, 2e-4),
        (0.5, 0.0021, 2e-4),
        (0.2, 1e-4, 1e-4),
    ):
        rng = np.random.default_rng(0)
        samples = (grey + rng.normal(0, spread, (200, 32, 32))).round().astype(np.uint8)

        assert frame_differences(samples).mean() == pytest.approx(expected, abs=tolerance)


def test_a_quiet_picture_is_suspected_of_standing_still_only():
    pictures = [noisy(scene(), row, spread=0.15) for row in range(6)]
    frames, seen = filmed(pictures)

    found = still_episodes(frames, seen, is_left_out=np.zeros(6, bool))

    assert stuck(frames, seen) == []
    assert [(one.kind, one.state, one.frames) for one in found] == [("still", State.SUSPECTED, 6)]


def test_a_clock_that_runs_on_does_not_hide_a_stuck_picture():
    live = [with_clock(noisy(scene(), row), row) for row in range(5)]
    held = noisy(scene(), 99)
    frames, seen = filmed(live + [with_clock(held, 50 + row) for row in range(8)])

    (found,) = stuck(frames, seen)

    assert found.rows == tuple(range(5, 13))
    assert found.state is State.CONFIRMED
    assert found.facts["beside"]


def test_a_region_in_the_middle_that_alone_changes_is_suspected_only():
    held = noisy(scene(), 99)
    frames, seen = filmed([with_clock(held, row, top=44, left=50) for row in range(8)])

    (found,) = stuck(frames, seen)

    assert found.state is State.SUSPECTED


def test_a_live_picture_with_a_clock_is_not_stuck():
    frames, seen = filmed([with_clock(noisy(scene(), row), row) for row in range(12)])

    assert stuck(frames, seen) == []


def test_a_loop_of_pictures_is_stuck():
    loop = [noisy(scene(), row) for row in range(3)]
    frames, seen = filmed([noisy(scene(), 9), *loop, *loop, *loop, noisy(scene(), 10)])

    (found,) = stuck(frames, seen)

    assert found.rows == tuple(range(1, 10))
    assert found.facts["pictures"] == 3


def test_one_picture_stored_thrice_at_one_moment_is_not_stuck():
    held = noisy(scene(), 0)
    frames, seen = filmed([held] * 4, times=[START] * 4)

    assert stuck(frames, seen) == []


def test_black_pictures_are_all_equal_without_being_stuck_for_sure():
    frames, seen = filmed([np.zeros((96, 128, 3), np.uint8)] * 6)

    assert [one.state for one in stuck(frames, seen)] == [State.SUSPECTED]


def test_without_times_repeats_may_be_copies():
    frames, seen = filmed([noisy(scene(), 0)] * 6)
    frames["taken_at"] = np.datetime64("NaT", "us")

    (found,) = stuck(frames, seen)

    assert (found.state, found.since) == (State.SUSPECTED, None)
