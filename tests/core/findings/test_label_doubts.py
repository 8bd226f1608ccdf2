"""Which labels look wrong, what belongs together, who is drawn, and what a decision comes to."""

from __future__ import annotations

import numpy as np
import pytest

from core.findings import label_doubts
from core.findings.crossed import crossed_answers, crossed_parts

# methods 10, golden: six labels, of which the third and the fifth are doubted
LABELS = [0, 0, 1, 1, 2, 2]
P = np.array(
    [[0.9, 0.025, 0.075], [0.75, 0.15, 0.1], [0.1, 0.05, 0.85], [0.3, 0.5, 0.2],
     [0.05, 0.9, 0.05], [0.1, 0.1, 0.8]]
)  # fmt: skip


def test_the_golden_labels_are_doubted_least_margin_first():
    assert list(label_doubts.suspects(LABELS, P)) == [4, 2]  # margins .075 and .1


def test_no_more_suspects_than_asked_for():
    assert list(label_doubts.suspects(LABELS, P, most=1)) == [4]


@pytest.mark.parametrize(
    ("labels", "probabilities"),
    [([], np.empty((0, 3))), ([0, 0], np.ones((2, 1))), ([0, 1], np.array([[0.9, 0.1]] * 2)[:, :])],
)
def test_bad_input_gives_no_suspects_or_the_true_one(labels, probabilities):
    found = list(label_doubts.suspects(labels, probabilities))

    assert found == ([1] if len(labels) == 2 and probabilities.shape[1] == 2 else [])


def test_all_right_gives_no_suspects():
    assert len(label_doubts.suspects(P.argmax(axis=1), P)) == 0


def test_events_join_clips_and_near_copies_of_one_label_through_others():
    labels = ["cat", "cat", "cat", "dog", "cat", "cat"]
    clips = ["a", "a", "b", "a", "c", "d"]
    looks = np.array([0, 2**40 - 1, 2**40 - 2**3, 1, 2**63, 2**63], dtype=np.uint64)
    blank = [False, False, False, False, True, True]

    found = list(label_doubts.event_groups(labels, clips, looks, blank))

    # 0-1 by clip, 1-2 by look; the dog apart; blank ones link nothing
    assert found == [0, 0, 0, 1, 2, 3]


def test_look_alikes_come_nearest_first_one_a_clip_and_only_allowed_ones():
    among = np.array([[1, 0], [0.9, 0.1], [0.8, 0.3], [0, 1], [1, 0.01]], dtype=np.float32)
    allowed = np.array([True, True, True, True, False])

    found = label_doubts.nearest(among[0], among, ["a", "a", "b", "c", "d"], allowed, most=2)

    assert list(found) == [0, 2]


def test_the_random_check_hangs_on_content_and_seed_alone():
    digests = [f"{n:064x}" for n in range(500)]
    drawn = label_doubts.random_check(digests, count=150, seed=0)
    later = label_doubts.random_check([*digests[::-1], "f" * 64], count=150, seed=0)

    assert len(set(drawn)) == 150
    assert len(set(drawn) & set(later)) >= 149
    assert drawn != label_doubts.random_check(digests, count=150, seed=1)


@pytest.mark.parametrize(
    ("decided", "counted"),
    [
        ([True] * 50 + [False] * 100, 50),
        ([True] * 99 + [False] * 51, 50),
        ([True] * 49 + [False] + [True] * 100, 0),  # suspects decided ahead must not count
        ([True] * 150, 150),
        ([True] * 30, 30),  # all there are
        ([], 0),
    ],
)
def test_only_whole_decided_beginnings_of_the_random_check_count(decided, counted):
    assert label_doubts.finished_part(decided) == counted


@pytest.mark.parametrize(
    ("decision", "label_now", "is_right", "came_to"),
    [
        (None, None, False, None),
        ("label", "cat", False, "model_error"),
        ("agree", "dog", False, "label_error"),
        ("label", "cat", True, "no_error"),
        ("unsure", None, False, "unclear"),
        ("skip", None, True, "unclear"),
    ],
)
def test_what_a_decision_comes_to(decision, label_now, is_right, came_to):
    found = label_doubts.outcome(decision, label_now, "cat", is_right=is_right)

    assert found == came_to


def three_heaps() -> tuple[np.ndarray, np.ndarray, list[str]]:
    """90 embeddings in three heaps, clips of three, one label wrong."""
    rng = np.random.default_rng(7)
    truth = np.arange(90) // 3 % 3
    embeddings = rng.normal(0, 0.3, (90, 5)).astype(np.float32)
    embeddings[np.arange(90), truth] += 3
    labels = truth.copy()
    labels[40] = (truth[40] + 1) % 3
    return embeddings, labels, [f"clip{n // 3}" for n in range(90)]


def test_no_clip_stands_on_both_sides_and_every_frame_is_answered_once():
    _, labels, clips = three_heaps()
    parts = crossed_parts(labels, clips, seed=0)
    answered = np.concatenate([answer for _, answer in parts])

    assert sorted(answered) == list(range(90))
    for learn, answer in parts:
        assert not {clips[at] for at in learn} & {clips[at] for at in answer}


def test_a_wrong_label_cannot_vouch_for_itself():
    embeddings, labels, clips = three_heaps()
    told = np.zeros((90, 3))
    for rows, answers in crossed_answers(
        embeddings, labels, crossed_parts(labels, clips, seed=0), n_classes=3
    ):
        told[rows] = answers

    assert told.sum(axis=1) == pytest.approx(np.ones(90))
    assert list(label_doubts.suspects(labels, told)) == [40]


def test_a_class_of_one_clip_is_not_judged():
    embeddings, labels, clips = three_heaps()
    labels[:3] = 3
    parts = crossed_parts(labels, clips, seed=0)
    rows = np.concatenate([r for r, _ in crossed_answers(embeddings, labels, parts, n_classes=4)])

    assert set(range(90)) - set(rows.tolist()) == {0, 1, 2}


@pytest.mark.parametrize(("labels", "clips"), [([0, 1, 1], ["a"] * 3), ([0, 0], ["a", "b"])])
def test_one_clip_or_one_class_teaches_nothing(labels, clips):
    assert crossed_parts(labels, clips, seed=0) == []
