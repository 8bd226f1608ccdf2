"""Sessions: they begin and resume by themselves, end, close with a summary, go out alone."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from core.errors import FieldcheckError, ReviewError
from core.records import Action, Review
from core.store.database import connect
from core.store.reviews import record_review
from core.workflows import choices, history, merging, projects, queue, queue_shares, sessions

PATHS = [f"cam1/{number:03}.jpg" for number in range(3, 24)]


@pytest.fixture
def earlier(tiny_project):
    """earlier(5, ...) records a decision made so many minutes ago; no frame is asked for blind."""
    queue_shares.set_shares(tiny_project, audit=0.0, blind=0.0, second=0.0)
    digests = {
        item.path: item.content_hash for item in queue.queue(tiny_project, order="newest").items
    }

    def record(minutes: float, path: str, value: str | None = "green", who: str = "me") -> Review:
        event = Review(
            str(uuid.uuid4()), str(uuid.uuid4()), 1, digests[path],
            Action.LABEL if value else Action.SKIP, value, who,
            datetime.now(UTC) - timedelta(minutes=minutes),
        )  # fmt: skip
        with connect(tiny_project.database) as db:
            record_review(db, event)
        return event

    return record


def test_it_begins_with_the_first_decision_and_goes_on_after_a_restart(tiny_project, earlier):
    assert sessions.current(tiny_project) is None
    first = earlier(20, PATHS[0])
    again = projects.open_project(tiny_project.folder)
    earlier(1, PATHS[1])

    going = sessions.current(again)

    assert going is not None and going.id == first.id
    assert going.tally.frames == 2 and not going.is_over and going.title.endswith("goes on")


def test_a_pause_or_a_person_ends_it(tiny_project, earlier):
    earlier(70, PATHS[0])
    assert sessions.current(tiny_project) is None
    second = earlier(2, PATHS[1])

    ended = sessions.end_session(tiny_project)
    earlier(0, PATHS[2])

    assert (ended.id, ended.ended_by) == (second.id, "person")
    assert [one.ended_by for one in sessions.session_list(tiny_project)] == [
        None,
        "person",
        "pause",
    ]
    sessions.end_session(tiny_project)
    with pytest.raises(ReviewError, match="in no session"):
        sessions.end_session(tiny_project)


def test_the_pause_is_a_setting(tiny_project, earlier):
    earlier(20, PATHS[0])
    earlier(1, PATHS[1])
    choices.set_session_gap(tiny_project, 10)

    assert len(sessions.session_list(tiny_project)) == 2
    with pytest.raises(FieldcheckError, match="1 to 1,440"):
        choices.set_session_gap(tiny_project, 0)


def test_its_tally_counts_what_stands(tiny_project, earlier):
    earlier(9, PATHS[0], "red")  # as the label says
    earlier(8, PATHS[1], "blue")  # the label says green
    earlier(7, PATHS[2], None)
    gone = earlier(6, PATHS[3], "blue")
    history.take_back(tiny_project, history.preview_these(tiny_project, gone.id))

    tally = sessions.current(tiny_project).tally

    assert (tally.frames, tally.kept, tally.changed, tally.skipped) == (3, 1, 1, 1)
    assert tally.taken_back == 1 and tally.seconds == pytest.approx(60, abs=1)


def test_the_closing_summary_says_the_model_left_and_next(tiny_project, earlier):
    queue_shares.set_shares(tiny_project, blind=0)  # a blind frame tells neither path nor answer
    items = queue.queue(tiny_project, order="random").items
    for minutes, item in enumerate(items[:24]):
        earlier(24 - minutes, item.path, item.leaning)

    lines = sessions.closing(tiny_project, sessions.current(tiny_project))

    said = " ".join(lines)
    assert "24 frames decided" in said
    assert "Of 24 frames decided by lot, the model was right in 24 (100 %, between" in said
    assert "Left: 25 of 49 field frames, about 25 minutes at this pace" in said


def test_a_session_of_suspects_only_says_nothing_of_the_model(tiny_project, earlier):
    lot = queue.queue(tiny_project, order="random").items
    earlier(3, lot[-1].path)

    said = " ".join(sessions.closing(tiny_project, sessions.current(tiny_project)))

    assert "No frame was decided by lot" in said


def test_later_decisions_do_not_change_what_a_closed_session_left(tiny_project, earlier):
    earlier(90, PATHS[0])
    closed = sessions.session(tiny_project, "last")
    before = sessions.closing(tiny_project, closed)
    earlier(1, PATHS[1])

    assert sessions.closing(tiny_project, closed) == before


def test_it_goes_out_alone(tiny_project, earlier):
    earlier(90, PATHS[0])
    earlier(1, PATHS[1], "red")
    found = sessions.session(tiny_project, "last")

    path = sessions.write_session(tiny_project, found, format_name="csv", out=None)

    text = path.read_text("utf-8-sig")
    assert PATHS[1] in text and PATHS[0] not in text
    assert text.startswith(",".join(sessions.EXPORTED))


def test_an_end_travels_with_a_merge(tiny_project, tmp_path, earlier):
    import shutil

    earlier(5, PATHS[0])
    sessions.end_session(tiny_project)
    earlier(0, PATHS[1])
    shutil.copytree(tiny_project.folder, tmp_path / "other")
    with connect(tiny_project.database) as db:
        db.execute("DELETE FROM session_ends")
    assert len(sessions.session_list(tiny_project)) == 1

    merging.merge(tiny_project, tmp_path / "other")

    assert len(sessions.session_list(tiny_project)) == 2
    merging.merge(tiny_project, tmp_path / "other")
    assert len(sessions.session_list(tiny_project)) == 2


def test_the_one_that_goes_on_is_told_in_a_line_and_ended_with_its_summary(tiny_project, earlier):
    assert sessions.current_line(tiny_project) is None
    earlier(70, PATHS[3])
    begun = earlier(9, PATHS[0], "green")
    earlier(8, PATHS[1], "green")
    earlier(7, PATHS[2], "green", who="Ana")

    start = sessions.local(begun.at.replace(tzinfo=None))
    going = sessions.current(tiny_project)
    assert going == next(one for one in sessions.session_list(tiny_project) if one.id == begun.id)
    told = sessions.current_line(tiny_project)
    assert told == f"Session since {start:%H:%M}: 2 frames, {going.tally.changed} relabelled"
    ended = sessions.ended_json(tiny_project)
    assert ended["lines"][0].startswith("2 frames decided")
    assert sessions.current_line(tiny_project) is None
    with pytest.raises(ReviewError, match="in no session now"):
        sessions.ended_json(tiny_project)
