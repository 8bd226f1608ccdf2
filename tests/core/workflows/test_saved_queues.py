"""A saved queue keeps its frames, counts honestly and travels to the other laptop."""

from __future__ import annotations

import json
import shutil

import pytest

from core import cli
from core.errors import FieldcheckError, ReviewError
from core.records import SliceRule
from core.workflows import merging, narrow, projects, queue, queue_shares, saved_queues, scoring


def items(project, saved, **more) -> list[str]:
    return [
        item.content_hash for item in queue.queue(project, order=f"saved:{saved.id}", **more).items
    ]


def test_it_holds_what_was_on_screen_and_goes_on_where_it_was_left(patchy_project, decide):
    queue_shares.set_shares(patchy_project, second=0, blind=0)
    on_screen = queue.queue(patchy_project)
    saved = saved_queues.save_queue(patchy_project, " Monday  round ", order="suspicious", first=20)

    assert saved.name == "Monday round"
    assert items(patchy_project, saved) == [item.content_hash for item in on_screen.items[:20]]
    for item in on_screen.items[:3]:
        decide(patchy_project, item.path, "skip")
    found = queue.queue(patchy_project, order=f"saved:{saved.id}")
    assert (found.decided, found.total, len(found.items)) == (3, 20, 17)
    assert len(items(patchy_project, saved, with_decided=True)) == 20
    told = saved_queues.progress_of(patchy_project, saved)
    assert told.sentence == "3 of 20; how long the rest takes shows after your first decisions"


def test_it_keeps_its_frames_when_the_order_changes_and_knows_those_left_out(patchy_project):
    saved = saved_queues.save_queue(patchy_project, "first", order="newest", first=10)

    assert saved_queues.new_frames(patchy_project, saved) == []  # 350 matched then, none is new
    assert saved_queues.bring_in(patchy_project, saved) == 0
    assert len(items(patchy_project, saved)) == 10


def test_new_frames_wait_outside_until_they_are_brought_in(
    fresh_project, own_frames, colour_picture
):
    scoring.prepare(fresh_project)
    saved = saved_queues.save_queue(fresh_project, "all", order="newest", blind=0)
    before = items(fresh_project, saved)
    for number in range(2):
        colour_picture(own_frames.field_folder / f"new{number}.jpg", "red", seed=900 + number)
    scoring.prepare(fresh_project)

    assert items(fresh_project, saved) == before
    assert len(saved_queues.new_frames(fresh_project, saved)) == 2
    assert saved_queues.bring_in(fresh_project, saved) == 2
    assert items(fresh_project, saved)[: len(before)] == before
    assert len(items(fresh_project, saved)) == len(before) + 2
    assert saved_queues.bring_in(fresh_project, saved) == 0


def test_a_narrowed_view_is_saved_with_its_rule_and_opens_whatever_is_narrowed_later(
    patchy_project,
):
    spot = narrow.narrowed(patchy_project, SliceRule(where=(("camera", ("cam3",)),)))
    saved = saved_queues.save_queue(spot, "camera 3", order="newest")
    other = narrow.narrowed(patchy_project, SliceRule(where=(("camera", ("cam1",)),)))

    assert len(items(other, saved)) == 120
    assert "camera cam3" in saved_queues.queue_words(patchy_project, saved)


def test_its_frames_are_asked_blind_in_its_own_share_whatever_brought_them(patchy_project):
    queue_shares.set_shares(patchy_project, blind=0)
    saved = saved_queues.save_queue(patchy_project, "half", order="newest", audit=0.5, blind=0.5)

    found = queue.queue(patchy_project, order=f"saved:{saved.id}").items
    assert 0.3 < sum(item.is_blind for item in found) / len(found) < 0.6


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"name": "  "}, "1 to 60 letters"),
        ({"name": "x" * 61}, "1 to 60 letters"),
        ({"name": "taken"}, "already"),
        ({"order": "conflicts"}, "cannot be saved"),
        ({"order": "best"}, "cannot be saved"),
        ({"audit": 0.9}, "between 0 and 50%"),
        ({"order": "planned"}, "nothing undecided"),
    ],
)
def test_what_cannot_be_saved_is_refused_and_nothing_kept(tiny_project, change, text):
    saved_queues.save_queue(tiny_project, "taken", order="newest")
    given = {"name": "new", "order": "newest", **change}

    with pytest.raises(FieldcheckError, match=text):
        saved_queues.save_queue(tiny_project, given.pop("name"), **given)

    assert len(saved_queues.saved_queues(tiny_project)) == 1


def test_a_dropped_one_is_gone_and_its_decisions_stay(tiny_project, decide):
    saved_queues.save_queue(tiny_project, "one", order="newest")
    decide(tiny_project, "cam1/003.jpg", "label", "blue")
    saved_queues.drop_queue(tiny_project, "one")

    assert saved_queues.saved_queues(tiny_project) == []
    assert queue.progress(tiny_project)["decided"] == 1
    with pytest.raises(ReviewError, match=r"no saved queue “one”\. None is saved"):
        queue.queue(tiny_project, order="saved:one")


def test_a_merge_brings_it_with_its_progress_and_twice_changes_nothing(
    tiny_project, tmp_path, decide
):
    shutil.copytree(tiny_project.folder, tmp_path / "other")
    other = projects.open_project(tmp_path / "other")
    queue_shares.set_shares(other, second=0, blind=0)
    saved = saved_queues.save_queue(other, "round", order="least_sure")
    decide(other, "cam1/003.jpg", "label", "blue")
    found = merging.merge(tiny_project, other.folder)

    assert found.new_queues == 1
    assert "1 saved queue came with them." in merging.merge_lines(found)
    (here,) = saved_queues.saved_queues(tiny_project)
    assert here == saved
    assert items(tiny_project, here) == items(other, saved)
    assert saved_queues.progress_of(tiny_project, here).done == 1
    assert merging.merge(tiny_project, other.folder).new_queues == 0
    saved_queues.drop_queue(other, "round")
    merging.merge(tiny_project, other.folder)
    assert saved_queues.saved_queues(tiny_project) == []


def test_frames_brought_in_on_both_sides_stand_in_one_order_whoever_merges(
    fresh_project, own_frames, colour_picture, tmp_path
):
    scoring.prepare(fresh_project)
    saved = saved_queues.save_queue(fresh_project, "all", order="newest")
    for number in range(3):
        colour_picture(own_frames.field_folder / f"new{number}.jpg", "red", seed=900 + number)
    scoring.prepare(fresh_project)
    shutil.copytree(fresh_project.folder, tmp_path / "other")
    other = projects.open_project(tmp_path / "other")
    for project in (fresh_project, other):
        saved_queues.bring_in(project, saved)
    merging.merge(fresh_project, other.folder)
    merging.merge(other, fresh_project.folder)

    assert items(fresh_project, saved) == items(other, saved)


def test_the_command_saves_lists_shows_and_drops(tiny_project, capsys):
    place = ["--project", str(tiny_project.folder)]

    def told(*words: str) -> object:
        assert cli.main(["queues", *words, *place, "--json"]) == 0
        return json.loads(capsys.readouterr().out)

    assert told("list") == []
    assert told("save", "night", "--order", "newest", "--first", "5")["total"] == 5
    (row,) = told("list")
    assert (row["name"], row["done"], row["total"]) == ("night", 0, 5)
    shown = told("show", "night")
    assert len(shown["frames"]) == 5
    assert shown["new"] == 0
    assert told("mix", "--audit", "0.3")["audit"] == 0.3
    assert cli.main(["queues", "list", *place]) == 0
    assert capsys.readouterr().out.startswith("night: 0 of 5; how long")
    assert told("drop", "night") == {"dropped": "night"}
    assert cli.main(["queues", "show", *place]) == 2
    assert cli.main(["queues", "show", "night", *place]) == 2
