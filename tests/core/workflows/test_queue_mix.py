"""What is mixed into a queue, what a blind frame hides, and what a second look brings."""

from __future__ import annotations

import json

import pytest

from core.errors import FieldcheckError
from core.findings.audit import audit_next
from core.records import Folder
from core.settings import Settings
from core.store.database import connect
from core.workflows import choices, label_doubts, queue, queue_mix, queue_shares, scores, tickets
from core.workflows import second_looks as looks

TELLING = ("answer", "leaning", "label", "confidence", "path", "label_now")


@pytest.fixture
def soon(monkeypatch):
    """Frames are settled after two decisions instead of a hundred."""
    monkeypatch.setattr(looks, "SETTINGS", Settings(second_after=2))


def digests(found: queue.Queue) -> list[str]:
    return [item.content_hash for item in found.items]


def test_drawn_frames_are_the_next_of_the_audit_and_make_up_their_share(patchy_project):
    queue_shares.set_shares(patchy_project, audit=0.2, second=0)
    mixed = digests(queue.queue(patchy_project))
    queue_shares.set_shares(patchy_project, audit=0)
    ranked = digests(queue.queue(patchy_project))

    every = scores.scores(patchy_project).of(Folder.FIELD)["content_hash"]
    drawn = [digest for digest in mixed if digest not in ranked]
    audit = audit_next(every, set())
    place = {digest: at for at, digest in enumerate(audit)}
    assert drawn == sorted(drawn, key=place.__getitem__)
    reached = place[drawn[-1]] + 1
    assert set(audit[:reached]) <= set(mixed)  # nothing of the audit was left out on the way
    assert [d for d in mixed if d in ranked and place[d] >= reached] == [
        d for d in ranked if place[d] >= reached
    ]
    assert 0.1 < (len(mixed) - len(ranked)) / len(mixed) < 0.25


def test_a_reload_goes_on_with_the_same_frames_in_the_same_places(patchy_project, decide):
    queue_shares.set_shares(patchy_project, blind=0)
    before = queue.queue(patchy_project)
    paths = [item.path for item in before.items]
    for path in paths[:7]:
        decide(patchy_project, path, "label", "red")

    after = queue.queue(patchy_project)
    assert digests(after)[:40] == digests(before)[7:47]
    assert after.decided == 7


def test_a_drawn_frame_gives_no_sign_of_being_drawn(tiny_project):
    queue_shares.set_shares(tiny_project, blind=0)

    for item in queue.items_json(queue.queue(tiny_project)):
        assert "andom" not in item["reason"]
        assert item["is_blind"] is False
        assert item["asked"] == tickets.ticket(item["content_hash"], None)


def test_of_a_blind_frame_nothing_that_tells_leaves_the_server(tiny_project):
    queue_shares.set_shares(tiny_project, blind=1)
    found = queue.items_json(queue.queue(tiny_project, order="newest"))

    assert found
    for item in found:
        assert item["is_blind"] is True
        assert item["reason"] == "Look first: the answer is hidden until you decide."
        assert not any(item[name] for name in TELLING)
    text = json.dumps(found)
    assert not any(word in text for word in ("red", "green", "blue", "purple"))


def test_blind_frames_are_one_share_of_every_order_and_always_the_same(patchy_project):
    queue_shares.set_shares(patchy_project, blind=0.5)
    first = queue.queue(patchy_project, order="random").items
    again = queue.queue(patchy_project, order="random").items

    blind = [item.content_hash for item in first if item.is_blind]
    assert blind == [item.content_hash for item in again if item.is_blind]
    assert 0.4 < len(blind) / len(first) < 0.6
    for order in ("suspicious", "newest"):
        items = queue.queue(patchy_project, order=order).items
        assert {one.content_hash for one in items if one.is_blind} <= set(blind)
        assert all(one.is_blind for one in items if one.content_hash in set(blind))
    assert all(item.asked == "blind" for item in first if item.is_blind)


def test_after_a_blind_decision_the_frame_is_open_and_after_undo_hidden_again(tiny_project, decide):
    review = decide(tiny_project, "cam2/006.jpg", "label", "red", asked="blind")
    told = queue.item_after(tiny_project, review)

    assert told["label_now"] == "red"
    assert all(told[name] for name in ("answer", "leaning", "label", "path", "confidence"))
    assert queue.reviews_list(tiny_project)[0]["asked"] == "blind"
    undone = queue.undo_last(tiny_project)
    hidden = queue.item_after(tiny_project, undone)
    assert hidden["is_blind"] is True
    assert hidden["asked"] == tickets.ticket(review.content_hash, "blind")
    assert not any(hidden[name] for name in TELLING)


def test_an_open_decision_brings_nothing_back_and_a_tag_is_asked_for_by_nobody(
    tiny_project, decide
):
    assert queue.item_after(tiny_project, decide(tiny_project, "cam2/006.jpg", "skip")) is None
    assert decide(tiny_project, "cam2/006.jpg", "tag", "fog", asked="blind").asked is None


def test_a_blind_frame_stays_blind_when_a_tag_is_taken_off_it(tiny_project, decide):
    decide(tiny_project, "cam2/006.jpg", "tag", "fog")
    undone = queue.undo_last(tiny_project)

    blind = tickets.ticket(undone.content_hash, "blind")
    hidden = queue.item_after(tiny_project, undone, asked=blind)
    assert (hidden["is_blind"], hidden["asked"], hidden["tags"]) == (True, blind, [])
    assert not any(hidden[name] for name in TELLING)
    assert queue.item_after(tiny_project, undone)["answer"]  # of one seen openly


@pytest.mark.usefixtures("soon")
def test_a_settled_frame_comes_back_once_without_its_decision(tiny_project, decide):
    queue_shares.set_shares(tiny_project, blind=0)
    decide(tiny_project, "cam1/003.jpg", "label", "blue")
    decide(tiny_project, "cam1/003.jpg", "tag", "fog")
    for number in (4, 5):
        decide(tiny_project, f"cam1/00{number}.jpg", "label", "red")

    (item,) = queue.queue(tiny_project, order="second_pass").items
    assert (item.path, item.asked) == ("cam1/003.jpg", "second")
    assert (item.decision, item.label_now, item.tags) == (None, None, [])
    decide(tiny_project, "cam1/003.jpg", "label", "blue", asked="second")
    for number in (6, 7):
        decide(tiny_project, f"cam1/00{number}.jpg", "label", "red")
    after = queue.queue(tiny_project, order="second_pass")
    assert "cam1/003.jpg" not in [item.path for item in after.items]
    assert after.decided == 1


@pytest.mark.usefixtures("soon")
def test_settled_frames_come_back_among_the_others(patchy_project, decide):
    queue_shares.set_shares(patchy_project, second=0.1, audit=0, blind=0)
    for number in range(12):
        decide(patchy_project, f"field/cam{number % 3 + 1}/{number:03}.jpg".removeprefix("field/"),
               "label", "red")  # fmt: skip

    items = queue.queue(patchy_project, order="least_sure").items
    second = [at for at, item in enumerate(items) if item.asked == "second"]
    assert 5 <= len(second) <= 10
    assert all(items[at].decision is None for at in second)


@pytest.mark.usefixtures("soon")
def test_a_second_look_that_differs_is_a_conflict_until_settled(tiny_project, decide):
    decide(tiny_project, "cam1/003.jpg", "label", "blue")
    decide(tiny_project, "cam1/003.jpg", "label", "green", asked="second")

    (item,) = queue.queue(tiny_project, order="conflicts").items
    assert item.label_now == "green"
    assert item.reason.startswith("me said blue, on a second look me said green.")
    decide(tiny_project, "cam1/003.jpg", "label", "green")
    assert queue.queue(tiny_project, order="conflicts").items == []


def test_shares_out_of_range_are_refused_in_plain_words(tiny_project):
    with pytest.raises(FieldcheckError, match="between 0 and 50%, but 80% was given"):
        queue_shares.set_shares(tiny_project, audit=0.8)

    assert queue_shares.shares_of(tiny_project) == queue_shares.Shares(blind=0)


def test_a_doubted_label_and_a_disagreeing_copy_say_so(patchy_project):
    queue_shares.set_shares(patchy_project, audit=0, blind=0)
    label_doubts.prepare(patchy_project)
    known = label_doubts.known_suspects(patchy_project, Folder.FIELD)
    found = label_doubts.doubts(patchy_project)

    assert list(known) == list(found.suspects["content_hash"])
    reasons = [item.reason for item in queue.queue(patchy_project).items]
    assert any(reason.startswith("Judged by the other frames it looks like") for reason in reasons)
    with connect(patchy_project.database) as db:
        db.execute(
            "UPDATE frames SET content_hash = 'f' || content_hash WHERE path LIKE '%000.jpg'"
        )
        db.execute("UPDATE settings SET value = value + 1 WHERE key = 'revision'")
        db.conn.commit()
    assert label_doubts.known_suspects(patchy_project, Folder.FIELD) == {}


def test_blindness_hangs_on_the_content_alone():
    shares = queue_shares.Shares(blind=0.5)
    hashes = [f"{n:064x}" for n in range(400)]
    usual = [queue_mix.asked_as(h, "ranked", queue_shares.Shares()) for h in hashes]
    assert 50 < usual.count("blind") < 110  # a fifth

    asked = [queue_mix.asked_as(h, "ranked", shares) for h in hashes]
    assert asked == [queue_mix.asked_as(h, "audit", shares) for h in hashes]
    assert 160 < asked.count("blind") < 240
    assert queue_mix.asked_as(hashes[0], "second", queue_shares.Shares(blind=0)) == "second"


@pytest.mark.usefixtures("soon")
def test_another_reviewer_is_given_the_settled_frames_too(tiny_project, decide):
    for number in (3, 4, 5):
        decide(tiny_project, f"cam1/00{number}.jpg", "label", "blue")
    choices.set_reviewer(tiny_project, "Bo")

    assert len(queue.queue(tiny_project, order="second_pass").items) == 1


@pytest.mark.usefixtures("soon")
def test_before_the_decision_nothing_on_the_wire_tells_a_second_look_or_what_was_said_first(
    tiny_project, decide
):
    queue_shares.set_shares(tiny_project, blind=0)
    decide(tiny_project, "cam1/003.jpg", "label", "blue")
    for number in (4, 5):
        decide(tiny_project, f"cam1/00{number}.jpg", "label", "red")

    (item,) = queue.items_json(queue.queue(tiny_project, order="second_pass"))
    assert set(item) == set(queue.items_json(queue.queue(tiny_project, order="newest"))[0])
    assert "second" not in json.dumps(item)
    told = queue.undoable_json(tiny_project)
    assert [set(one) for one in told] == [{"id", "content_hash"}] * 3
    review = decide(tiny_project, "cam1/003.jpg", "label", "green", asked=item["asked"])
    assert review.asked == "second"
