from __future__ import annotations

import numpy as np
import pytest

from core.findings import around_words as words
from core.findings.around import majorities, majority, most_alike, unit_rows, window
from core.records import Accuracy, State

ENOUGH = Accuracy(right=143, of=152, effective=100.0, clips=60, low=0.9, high=0.97)


def test_rows_get_length_one_and_zeros_stay():
    units = unit_rows(np.array([[3, 4], [0, 0]], dtype=np.float32))

    assert np.allclose(units, [[0.6, 0.8], [0, 0]])


@pytest.mark.parametrize(
    ("of", "here", "wanted"),
    [(3, 1, (0, 3)), (20, 0, (0, 5)), (20, 10, (8, 13)), (20, 19, (15, 20)), (1, 0, (0, 1))],
)
def test_a_window_holds_its_place_as_near_the_middle_as_the_ends_let(of, here, wanted):
    found = window(of, here, most=5)

    assert (found.start, found.stop) == wanted


def test_the_most_alike_are_allowed_ones_one_a_clip_in_order():
    alike = np.array([0.9, 0.8, 0.95, 0.99, 0.1], dtype=np.float32)
    clips = np.array([0, 0, 1, 2, 3])

    rows = most_alike(alike, clips, [True, True, True, False, True], most=3)

    assert rows.tolist() == [2, 0, 4]


def test_many_frames_of_one_clip_do_not_hide_the_other_clips():
    alike = np.linspace(1, 0, 1000, dtype=np.float32)
    clips = np.array([0] * 990 + list(range(1, 11)))

    rows = most_alike(alike, clips, np.ones(1000, dtype=bool), most=4)

    assert rows.tolist() == [0, 990, 991, 992]


def test_the_quick_choice_is_the_slow_one():
    rng = np.random.default_rng(3)
    alike, clips = rng.random(500).astype(np.float32), rng.integers(0, 60, 500)
    allowed = rng.random(500) < 0.7
    slow = []
    for row in np.argsort(-alike):
        if allowed[row] and clips[row] not in clips[slow]:
            slow.append(int(row))

    assert most_alike(alike, clips, allowed, most=5).tolist() == slow[:5]


def test_none_allowed_is_none_found():
    assert not len(most_alike(np.ones(3, np.float32), np.arange(3), [False] * 3, most=5))


@pytest.mark.parametrize(
    ("labels", "wanted"),
    [(["a", "a", "b"], "a"), (["a", "b"], None), (["a", "a", "b", "b"], None), ([], None)],
)
def test_a_majority_is_more_than_half(labels, wanted):
    assert majority(labels) == wanted


def test_a_frame_is_tried_without_its_own_clip():
    units = unit_rows(np.array([[1, 0], [1, 0.01], [0, 1], [0.01, 1]], dtype=np.float32))

    found = majorities(
        units, np.array([0, 0, 1, 2]), ["a", "a", "b", "b"], np.array([0, 2]), most=1
    )

    assert found == ["b", "b"]


@pytest.mark.parametrize(
    ("seconds", "wanted"),
    [
        (-6, "−6 s"), (0, "same time"), (0.4, "+0.4 s"), (59, "+59 s"), (60, "+1 min"),
        (-600, "−10 min"), (3599, "+1 h"), (-3 * 3600, "−3 h"), (5 * 86_400, "+5 days"),
    ],
)  # fmt: skip
def test_offsets_are_said_in_the_largest_fitting_unit(seconds, wanted):
    assert words.offset(seconds) == wanted


@pytest.mark.parametrize(
    ("labels", "clips", "state", "headline"),
    [
        (["Wrench"] * 5, 60, State.SUSPECTED, "All 5 most similar labelled frames are Wrench."),
        (["Wrench"] * 4 + ["Saw"], 60, State.SUSPECTED,
         "4 of the 5 most similar labelled frames are Wrench."),
        (["Wrench"] * 5, 9, State.NOT_ENOUGH, "All 5 most similar labelled frames are Wrench."),
        (["Wrench", "Wrench", "Saw", "Saw", "Axe"], 60, State.NOT_ENOUGH,
         "The 5 most similar labelled frames do not agree."),
        (["Wrench"] * 2, 60, State.NOT_ENOUGH,
         "Too few labelled frames of other clips to suggest anything (2)."),
    ],
)  # fmt: skip
def test_look_alikes_say_no_more_than_they_know(labels, clips, state, headline):
    found = words.alike(labels, clips=clips, tried=ENOUGH)

    assert (found.headline, found.state) == (headline, state)


def test_agreement_comes_with_how_often_it_held():
    found = words.alike(["Saw"] * 5, clips=60, tried=ENOUGH)
    never = words.alike(["Saw"] * 5, clips=60, tried=Accuracy(0, 0, 0.0, 0, 0.0, 1.0))

    assert found.next_step == "Such agreement named the label in 143 of 152 tries."
    assert "do not lean on it" in never.next_step
