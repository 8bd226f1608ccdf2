"""Keys of a project: learnt once and between sittings, changed one at a time, never two alike."""

from __future__ import annotations

import re
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.errors import ReviewError
from core.findings.history_words import act_sentence
from core.findings.session_words import Tally, tally_line
from core.workflows import keymap, queue, scores

LATER = timedelta(hours=1)
COMPONENTS = Path(__file__).resolve().parents[3] / "pages" / "_shared" / "components"


def label(project, value: str, *, times: int = 1) -> None:
    frames = scores.scores(project).frames
    frames = frames[frames["folder"] == "field"]["content_hash"].unique()
    queue.record_all(
        project,
        [
            {
                "id": str(uuid.uuid4()), "client": str(uuid.uuid4()), "sequence": 1,
                "content_hash": frames[at % len(frames)], "action": "label", "value": value,
            }
            for at in range(times)
        ],
    )  # fmt: skip


def later() -> datetime:
    return datetime.now(UTC) + LATER


def test_every_act_has_a_key_of_its_own_at_first(tiny_project):
    found = keymap.keymap(tiny_project)

    assert found.classes == ("red", "green", "blue")
    assert set(found.acts) == set(keymap.ACTS)
    assert len(set(found.acts.values())) == len(keymap.ACTS)
    assert set(found.acts.values()) <= keymap.LETTERS | keymap.NAMED
    assert not found.is_learnt
    assert not found.is_changed


def test_the_order_is_learnt_from_fifty_labels_most_used_first_ties_by_the_model(tiny_project):
    label(tiny_project, "blue", times=30)
    label(tiny_project, "green", times=19)
    assert keymap.keymap(tiny_project, now=later()).classes == ("red", "green", "blue")

    label(tiny_project, "green")
    first = keymap.keymap(tiny_project, now=later())

    assert first.classes == ("blue", "green", "red")
    assert first.is_learnt
    assert first.is_new, "the page says so, once"
    assert not keymap.keymap(tiny_project, now=later()).is_new


def test_keys_never_move_during_a_sitting_nor_after_they_were_learnt(tiny_project):
    label(tiny_project, "blue", times=50)
    soon = datetime.now(UTC) + keymap.SITTING - timedelta(minutes=1)
    assert keymap.keymap(tiny_project).classes[0] == "red"
    assert keymap.keymap(tiny_project, now=soon).classes[0] == "red"
    assert keymap.keymap(tiny_project, now=later()).classes == ("blue", "red", "green")

    label(tiny_project, "green", times=500)
    assert keymap.keymap(tiny_project, now=later() + LATER).classes == ("blue", "red", "green")


def test_what_was_undone_and_what_was_agreed_to_count_for_no_class(tiny_project):
    label(tiny_project, "blue", times=50)
    for _ in range(45):
        queue.undo_last(tiny_project)
    label(tiny_project, "green", times=44)

    assert keymap.keymap(tiny_project, now=later()).classes[0] == "red", "49 stand"
    label(tiny_project, "green")
    assert keymap.keymap(tiny_project, now=later()).classes == ("green", "blue", "red")


def test_an_act_takes_a_free_key_and_gives_its_old_one_free(tiny_project):
    keymap.change(tiny_project, {"act": "note", "key": "m"})
    found = keymap.change(tiny_project, {"act": "tag", "key": "N"})

    assert (found.acts["note"], found.acts["tag"]) == ("m", "n")
    assert found.is_changed
    assert keymap.keymap(tiny_project) == found, "stored"
    with pytest.raises(ReviewError, match="N is the key of “Tag”"):
        keymap.change(tiny_project, {"act": "note", "key": None})


@pytest.mark.parametrize("key", ["a", "space", "arrowleft"])
def test_a_taken_key_is_refused_and_its_owner_named(tiny_project, key):
    before = keymap.keymap(tiny_project)
    owner = next(keymap.ACTS[act][0] for act, its in before.acts.items() if its == key)

    with pytest.raises(ReviewError, match=f"is the key of “{owner}”"):
        keymap.change(tiny_project, {"act": "note", "key": key})
    assert keymap.keymap(tiny_project) == before


@pytest.mark.parametrize("key", ["3", "enter", "tab", "escape", "f5", "/", "é", "", "shift+1"])
def test_keys_of_others_and_signs_are_no_key_for_an_act(tiny_project, key):
    with pytest.raises(ReviewError, match="cannot be used here"):
        keymap.change(tiny_project, {"act": "note", "key": key})


def test_a_class_changes_places_with_the_one_whose_digit_it_gets(tiny_project):
    found = keymap.change(tiny_project, {"label": "blue", "key": "1"})

    assert found.classes == ("blue", "green", "red")
    assert found.is_learnt, "a person's order is not learnt over"
    label(tiny_project, "green", times=60)
    assert keymap.keymap(tiny_project, now=later()).classes == ("blue", "green", "red")
    assert keymap.change(tiny_project, {"learn": True}).classes == ("green", "red", "blue")
    with pytest.raises(ReviewError, match="There are 3 classes, so 4 is not used"):
        keymap.change(tiny_project, {"label": "blue", "key": "4"})


def test_a_class_may_have_a_letter_that_is_free(tiny_project):
    found = keymap.change(tiny_project, {"label": "blue", "key": "k"})
    assert found.letters == {"blue": "k"}
    with pytest.raises(ReviewError, match="K is the key of “blue”"):
        keymap.change(tiny_project, {"act": "note", "key": "k"})
    with pytest.raises(ReviewError, match="A is the key of “Agree”"):
        keymap.change(tiny_project, {"label": "red", "key": "a"})
    with pytest.raises(ReviewError, match="cannot name a class"):
        keymap.change(tiny_project, {"label": "red", "key": "space"})

    assert keymap.change(tiny_project, {"label": "blue", "key": None}).letters == {}


def test_the_usual_keys_come_back_and_the_order_stays_put(tiny_project):
    usual = keymap.keymap(tiny_project)
    keymap.change(tiny_project, {"act": "note", "key": "m"})
    keymap.change(tiny_project, {"label": "blue", "key": "k"})
    keymap.change(tiny_project, {"label": "red", "key": "3"})
    found = keymap.change(tiny_project, {"reset": True})

    assert (found.acts, found.letters, found.classes) == (usual.acts, {}, usual.classes)
    assert not found.is_changed
    label(tiny_project, "blue", times=60)
    assert keymap.keymap(tiny_project, now=later()).classes == usual.classes, "not learnt unasked"


@pytest.mark.parametrize(
    "asked", [{}, {"act": "fly", "key": "m"}, {"label": "purple", "key": "1"}, {"learn": "yes"}]
)
def test_what_cannot_be_read_changes_nothing(tiny_project, asked):
    before = keymap.keymap(tiny_project)
    with pytest.raises(ReviewError, match="cannot be read"):
        keymap.change(tiny_project, asked)
    assert keymap.keymap(tiny_project) == before


def test_changes_made_at_once_in_several_windows_are_all_kept(tiny_project):
    wanted = {"note": "m", "tag": "g", "hard_case": "q", "find": "w", "card": "k", "unsure": "u"}
    with ThreadPoolExecutor(6) as pool:
        list(
            pool.map(
                lambda one: keymap.change(tiny_project, {"act": one[0], "key": one[1]}),
                wanted.items(),
            )
        )

    found = keymap.keymap(tiny_project).acts
    assert {act: found[act] for act in wanted} == wanted


def test_with_another_model_known_classes_keep_their_keys_and_new_ones_follow():
    stored = {"order": ["blue", "gone", "red"], "letters": {"gone": "g", "red": "r"}}
    found = keymap._keymap(stored, ("red", "green", "blue"))

    assert found.classes == ("blue", "red", "green")
    assert found.letters == {"red": "r"}


def test_what_x_means_has_one_word_on_every_page_and_in_every_sentence():
    row = {"action": "unsure", "value": None, "reviewer": "Ana"}
    tally = Tally(1, 0, 0, 0, 1, 0, 0, 0, 0, None)

    assert keymap.ACTS["unsure"][0].startswith("Unclear")
    assert "said unclear" in act_sentence(row, None, before="red", after=None)
    assert "1 unclear" in tally_line(tally)
    for page in ("queue/keys.js", "queue/queue.js", "doubts/doubts.js"):
        source = (COMPONENTS / page).read_text("utf-8")
        words = re.findall(r"unsure: \[?'([^']+)'", source)
        assert set(words) == {"Unclear"}, page
