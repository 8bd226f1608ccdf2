from __future__ import annotations

import pytest

from core.findings.statements import (
    accuracy_statement,
    answer_sentence,
    between,
    count_of,
    frames_to_label,
    gap_statement,
    percent,
    right_in,
    silent_statement,
    slice_statement,
)
from core.metrics.intervals import accuracy, newcombe_interval
from core.records import Accuracy, State


def measured(right: int, of: int, *, per_clip: int = 1) -> Accuracy:
    return accuracy([i < right for i in range(of)], [i // per_clip for i in range(of)])


def gap(reference: Accuracy, field: Accuracy):
    low, high = newcombe_interval(
        reference.right, reference.of, field.right, field.of
    )  # fmt: skip
    return gap_statement(reference, field, low, high)


@pytest.mark.parametrize(
    ("fraction", "text"),
    [
        (0, "0 %"), (0.0049, "under 1 %"), (0.005, "under 1 %"), (0.006, "1 %"), (0.614, "61 %"),
        (0.9949, "99 %"), (0.995, "over 99 %"), (0.99999, "over 99 %"), (1, "100 %"),
    ],
)  # fmt: skip
def test_percent_never_claims_all_or_nothing_that_is_not(fraction, text):
    assert percent(fraction) == text


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0 frames"), (1, "1 frame"), (2, "2 frames"), (1200, "1,200 frames")]
)
def test_counts_are_in_the_right_number(number, text):
    assert count_of(number, "frame") == text


def test_a_share_is_said_with_its_count_and_interval():
    found = measured(27, 44)

    assert right_in(found) == "Right in 27 of 44 frames (61 %, between 47 and 74 %)"
    assert right_in(found, "field frames").startswith("Right in 27 of 44 field frames")
    assert right_in(measured(0, 0)) == "No labelled frames yet"
    assert between(0.46, 0.74) == "between 46 and 74 %"


def test_enough_frames_need_no_more_labels():
    assert frames_to_label(measured(25, 40)) == 0


def test_nothing_labelled_asks_for_thirty():
    assert frames_to_label(measured(0, 0)) == 30


def test_missing_labels_are_asked_for_in_fives():
    assert frames_to_label(measured(5, 12)) == 20


def test_frames_that_repeat_each_other_ask_for_more():
    # three clips of twelve frames, right and wrong clip by clip
    found = accuracy([i < 12 for i in range(36)], [i // 12 for i in range(36)])

    assert found.effective <= 3
    assert frames_to_label(found) >= 300


def test_an_accuracy_on_enough_frames_is_confirmed():
    statement = accuracy_statement(measured(80, 100), "field frames")

    assert statement.state is State.CONFIRMED
    assert statement.headline.startswith("Right in 80 of 100 field frames (80 %, between")
    assert "100 clips" in statement.next_step


def test_an_accuracy_on_repeated_frames_says_what_they_are_worth():
    is_right = [i % 10 > 1 for i in range(400)]
    statement = accuracy_statement(accuracy(is_right, [i // 5 for i in range(400)]), "frames")

    assert "80 clips worth about" in statement.next_step


def test_a_thin_accuracy_says_how_many_to_label():
    statement = accuracy_statement(measured(5, 12), "field frames")

    assert statement.state is State.NOT_ENOUGH
    assert "Label 20 more" in statement.next_step


def test_no_labels_is_said_in_words_not_as_a_zero():
    statement = accuracy_statement(measured(0, 0), "field frames")

    assert statement.state is State.NOT_ENOUGH
    assert "%" not in statement.headline
    assert "Label 30 frames" in statement.next_step


def test_a_sure_gap_is_confirmed_with_both_counts():
    statement = gap(measured(98, 100), measured(160, 200))

    assert statement.state is State.CONFIRMED
    assert "18 points less often" in statement.headline
    assert "160 of 200 here against 98 of 100" in statement.headline


def test_a_small_gap_is_only_suspected():
    statement = gap(measured(90, 100), measured(88, 100))

    assert statement.state is State.SUSPECTED
    assert "cannot settle" in statement.headline


def test_no_gap_is_none_found():
    statement = gap(measured(88, 100), measured(90, 100))

    assert statement.state is State.NONE_FOUND


def test_too_few_frames_on_either_side_is_said_before_any_gap():
    for sides in ((measured(98, 100), measured(1, 9)), (measured(9, 9), measured(20, 100))):
        statement = gap(*sides)

        assert statement.state is State.NOT_ENOUGH
        assert "Label" in statement.next_step


def row(state: State, **other):
    return {
        "column": "camera", "value": "cam2", "right": 27, "of": 44, "effective": 44.0,
        "clips": 44, "low": 0.46, "high": 0.74, "drop": 0.31, "drop_low": 0.1,
        "drop_high": 0.5, "q": 0.01, "state": state.value, **other,
    }  # fmt: skip


@pytest.mark.parametrize("state", [State.CONFIRMED, State.SUSPECTED])
def test_a_slice_behind_says_by_how_much(state):
    statement = slice_statement("Camera", row(state))

    assert statement.headline == (
        "Camera cam2: right in 27 of 44 frames (61 %, between 46 and 74 %), "
        "31 points behind the rest."
    )
    assert statement.state is state


def test_a_thin_slice_asks_for_labels_and_names_no_gap():
    statement = slice_statement(
        "Camera", row(State.NOT_ENOUGH, right=2, of=4, effective=4.0, clips=4)
    )  # fmt: skip

    assert "points" not in statement.headline
    assert "Label 30 more" in statement.next_step


def test_a_slice_surely_but_slightly_behind_is_named_so():
    statement = slice_statement("Camera", row(State.NONE_FOUND, drop=0.1, drop_low=0.02))

    assert "10 points behind" in statement.headline
    assert "less than the 20 points" in statement.next_step


@pytest.mark.parametrize(
    ("drop", "low", "is_behind"), [(0.16, 0.02, True), (0.16, -0.02, True), (0.05, -0.1, False)]
)
def test_a_slice_behind_is_never_shown_as_all_well(drop, low, is_behind):
    statement = slice_statement("Camera", row(State.NONE_FOUND, drop=drop, drop_low=low))

    assert statement.is_behind is is_behind
    assert ("16 points behind" in statement.headline) is is_behind


@pytest.mark.parametrize(
    ("waiting", "says"),
    [
        (None, "Label 30 more before"),
        (40, "Label 30 more before"),
        (0, "All are labelled: collect 30 more and label them before"),
        (12, "Label the 12 left, and collect 18 more before"),
    ],
)
def test_more_labels_are_asked_for_only_where_frames_wait_for_one(waiting, says):
    thin = row(State.NOT_ENOUGH, right=2, of=4, effective=4.0, clips=4)

    assert slice_statement("Camera", thin, waiting=waiting).next_step.startswith(says)


def test_a_weak_spot_says_what_to_do_with_its_frames():
    said = slice_statement("Camera", row(State.CONFIRMED), waiting=0).next_step

    assert "hard cases" in said and "collect" in said


def test_a_slice_without_a_rest_is_none_found():
    nan = float("nan")
    statement = slice_statement("Camera", row(State.NONE_FOUND, drop=nan, drop_low=nan, q=nan))

    assert statement.next_step == "Not clearly worse than the rest."
    assert "nan" not in statement.headline


def test_silent_failures_come_with_how_many_were_sure():
    statement = silent_statement(5, 50, 0.033, 0.218, threshold=0.99)

    assert statement.headline == (
        "Wrong in 5 of the 50 frames where it was at least 99 % sure (between 3.3 and 21.8 in 100)."
    )
    assert statement.state is State.CONFIRMED


def test_silent_failures_within_the_promise_are_suspected():
    assert silent_statement(1, 200, 0.0001, 0.03, threshold=0.99).state is State.SUSPECTED


def test_no_silent_failure_still_says_how_many_there_could_be():
    statement = silent_statement(0, 100, 0.0, 0.0295, threshold=0.99)

    assert statement.state is State.NONE_FOUND
    assert "at most 2.9 in 100" in statement.headline
    assert "100 frames" in statement.headline


def test_never_sure_is_no_finding():
    assert "never at least 99 % sure" in silent_statement(0, 0, 0, 1, threshold=0.99).headline


def test_a_mark_between_whole_percents_is_not_rounded_to_certainty():
    assert "at least 99.9 % sure" in silent_statement(0, 5, 0, 0.5, threshold=0.999).headline


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ("wrench", "99 % sure it is wrench, as the label says"),
        ("pliers", "99 % sure it is wrench; the label says pliers"),
        (None, "99 % sure it is wrench; nobody has labelled it"),
    ],
)
def test_an_answer_is_said_beside_its_label(given, text):
    assert answer_sentence("wrench", 0.99, given) == text
