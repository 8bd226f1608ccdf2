"""History: who, when, from what to what; back to any point and back again."""

from __future__ import annotations

import pytest

from core.errors import ReviewError
from core.workflows import choices, history, queue, scores

A, B, C = "cam1/003.jpg", "cam1/004.jpg", "cam1/005.jpg"


def standing(project) -> dict[str, tuple]:
    table = scores.reviewed(project).astype(object)
    table = table.where(table.notna(), None)
    return {
        row["content_hash"]: (row["decision"], row["label"], row["hard_case"], tuple(row["tags"]))
        for row in table.to_dict("records")
    }


def said(found) -> list[str]:
    return [f"{entry.reviewer} {entry.sentence}" for entry in found.entries]


def test_it_tells_from_what_to_what_newest_first(tiny_project, decide):
    decide(tiny_project, A, "label", "green")  # the label says red
    decide(tiny_project, A, "label", "blue")
    decide(tiny_project, B, "agree", "green")
    decide(tiny_project, C, "tag", "dusk")

    found = history.history(tiny_project)

    assert said(found) == [
        "me tagged it “dusk”",
        "me kept green",
        "me changed green to blue",
        "me changed red to green",
    ]
    assert [(one.life_before, one.life_after) for one in found.entries] == [
        ("new", "new"), ("new", "reviewed"), ("reviewed", "reviewed"), ("new", "reviewed"),
    ]  # fmt: skip
    assert found.entries[1].path == B


def test_it_is_narrowed_by_person_day_class_and_frame(tiny_project, decide):
    decide(tiny_project, A, "label", "green")
    choices.set_reviewer(tiny_project, "ben")
    decide(tiny_project, B, "label", "blue")
    today = history.history(tiny_project).days[0]

    assert said(history.history(tiny_project, reviewer="ben")) == ["ben changed green to blue"]
    assert said(history.history(tiny_project, label="green")) == ["me changed red to green"]
    assert len(history.history(tiny_project, day=today).entries) == 2
    one = history.history(tiny_project, frame="cam1/003")
    assert said(one) == ["me changed red to green"] and one.one_frame == one.entries[0].content_hash
    assert history.history(tiny_project, frame="nowhere").entries == []


def test_pages_hold_all_and_no_entry_twice(tiny_project, decide):
    for number in range(7):
        decide(tiny_project, f"cam1/{number + 3:03}.jpg", "skip")

    pages = [history.history(tiny_project, page=page, a_page=3) for page in (1, 2, 3, 9)]

    assert [len(one.entries) for one in pages] == [3, 3, 1, 1]
    assert len({entry.id for one in pages[:3] for entry in one.entries}) == 7
    assert (pages[3].page, pages[3].pages, pages[3].total) == (3, 3, 7)


def test_back_to_a_point_and_back_again_leaves_what_was(tiny_project, decide):
    first = decide(tiny_project, A, "label", "green")
    decide(tiny_project, A, "label", "blue")
    decide(tiny_project, B, "hard_case", "on")
    decide(tiny_project, A, "undo", undoes=first.id)
    before = standing(tiny_project)

    found = history.preview_to(tiny_project, first.id)
    assert found.sentence.startswith("Takes back 1 decision and 1 tag or note on 2 frames, made")
    assert "brings back 1 that was taken back" in found.sentence
    assert standing(tiny_project) == before  # a preview changes nothing
    history.take_back(tiny_project, found)

    assert set(standing(tiny_project).values()) == {("label", "green", False, ())}
    history.take_back(tiny_project, history.last_undo(tiny_project))
    assert standing(tiny_project) == before
    assert "took back" in said(history.history(tiny_project))[0]


def test_only_ones_own_later_decisions_go_unless_everybodys_are_asked_for(tiny_project, decide):
    point = decide(tiny_project, A, "label", "green")
    decide(tiny_project, B, "label", "blue")
    choices.set_reviewer(tiny_project, "ben")
    decide(tiny_project, C, "label", "red")
    choices.set_reviewer(tiny_project, "me")

    mine = history.preview_to(tiny_project, point.id)
    all_ = history.preview_to(tiny_project, point.id, everyone=True)

    assert len(mine.names) == 1 and mine.staying == "What others did since then stays: 1 by ben."
    assert len(all_.names) == 2 and not all_.staying and "by ben, me" in all_.sentence


def test_one_decision_alone_is_undone_whosever_it_is(tiny_project, decide):
    decide(tiny_project, A, "label", "green")
    newest = decide(tiny_project, A, "label", "blue")
    choices.set_reviewer(tiny_project, "ben")

    history.take_back(tiny_project, history.preview_these(tiny_project, newest.id))

    assert said(history.history(tiny_project))[0] == "ben took back “blue” of me; green counts now"
    with pytest.raises(ReviewError, match="nothing to take back"):
        history.take_back(tiny_project, history.preview_these(tiny_project, newest.id))


def test_a_preview_that_is_no_longer_true_is_refused(tiny_project, decide):
    point = decide(tiny_project, A, "label", "green")
    decide(tiny_project, B, "label", "blue")
    found = history.preview_to(tiny_project, point.id)
    decide(tiny_project, C, "label", "red")

    with pytest.raises(ReviewError, match="in the meantime"):
        history.take_back(tiny_project, found)

    assert not any(row["is_undone"] for row in queue.reviews_list(tiny_project))


def test_what_one_act_did_is_one_entry(tiny_project, decide):
    point = decide(tiny_project, A, "label", "green")
    decide(tiny_project, B, "label", "blue")
    decide(tiny_project, C, "label", "red")
    history.take_back(tiny_project, history.preview_to(tiny_project, point.id))

    newest = history.history(tiny_project).entries[0]

    assert newest.together == 2 and newest.sentence == "took back 2 decisions on 2 frames by me"
    undo = history.preview_these(tiny_project, newest.id, together=True)
    assert undo.sentence == "Brings back 2 that were taken back, on 2 frames."


def test_a_frames_life_is_told_and_counted(tiny_project, decide):
    first = decide(tiny_project, A, "label", "green")
    decide(tiny_project, A, "undo", undoes=first.id)
    decide(tiny_project, B, "label", "green")
    decide(tiny_project, B, "label", "green")

    told = history.life(tiny_project, first.content_hash)

    assert told.life == "reopened"
    assert [line.partition(", me: ")[2] for line in told.sentences] == [
        "changed red to green → reviewed",
        "took back “green” of me; red counts now → reopened",
    ]
    assert history.lives(tiny_project) == {"new": 47, "reviewed": 0, "reopened": 1, "settled": 1}


def test_an_unknown_or_unclear_id_is_refused_plainly(tiny_project, decide):
    decide(tiny_project, A, "label", "green")

    with pytest.raises(ReviewError, match="no review that begins with 'zz'"):
        history.preview_to(tiny_project, "zz")


def test_a_tag_taken_off_is_told_and_can_be_put_back(tiny_project, decide):
    decide(tiny_project, A, "tag", "dusk")
    gone = decide(tiny_project, A, "untag", "dusk")

    assert said(history.history(tiny_project))[0] == "me took the tag “dusk” off"
    queue.undo_last(tiny_project)
    told = history.history(tiny_project)
    assert said(told)[0] == "me took back “tag dusk off” of me"
    assert queue.item_json(tiny_project, gone.content_hash)["tags"] == ["dusk"]
