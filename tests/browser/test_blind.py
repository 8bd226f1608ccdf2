"""A blind frame: nothing on the screen or on the wire tells its answer until it is decided."""

from __future__ import annotations

import json
import sqlite3

import pytest

from tests.browser import acts

RANDOM = "Random check"


@pytest.fixture
def all_blind(sample_server, sample_database):
    """The sample with every frame asked blind."""
    shares = {"audit": 0.2, "blind": 1.0, "second": 0.0}
    with sqlite3.connect(sample_database) as db:
        db.execute("REPLACE INTO settings VALUES ('queue_shares', ?)", [json.dumps(shares)])
    return sample_server


def test_neither_page_nor_network_tells_and_agreeing_is_refused(page, all_blind, sample_database):
    sent = []
    page.on(
        "response",
        lambda answer: sent.append(answer) if "/api/queue/" in answer.url else None,
    )
    acts.open_queue(page, all_blind.url, RANDOM)
    given = [answer.json() for answer in sent if "events" not in answer.url][-1]
    first = given["items"][0]
    with sqlite3.connect(sample_database) as db:
        answer, path = db.execute(
            "SELECT answer, path FROM predictions JOIN frames USING (content_hash) "
            "WHERE content_hash = ?",
            [first["content_hash"]],
        ).fetchone()

    assert first["is_blind"] is True
    assert answer in given["classes"]
    assert answer not in json.dumps(given["items"])
    assert path not in page.content()
    told = page.locator(".fc-reason, .fc-state, .fc-facts, .fc-progress").all_inner_texts()
    assert "Look first: the answer is hidden until you decide." in told
    assert not any(answer in text or "sure" in text for text in told)
    assert page.locator(".fc-actions button", has_text="Agree").is_disabled()
    page.keyboard.press("a")
    page.get_by_text("there is nothing to agree with").first.wait_for()
    assert acts.standing(sample_database) == []
    assert acts.shown_frame(page) == first["content_hash"]


def test_a_key_decides_it_goes_on_and_looking_back_shows_what_it_was(
    page, all_blind, sample_database
):
    acts.open_queue(page, all_blind.url, RANDOM)
    frames = acts.queue_hashes(page)
    page.keyboard.press("1")
    page.keyboard.press("2")
    acts.wait_saved(page)
    acts.until(lambda: acts.shown_frame(page) == frames[2])

    assert [row[0] for row in acts.standing(sample_database)] == frames[:2]
    with sqlite3.connect(sample_database) as db:
        assert db.execute("SELECT DISTINCT asked FROM reviews").fetchall() == [("blind",)]
    page.keyboard.press("Backspace")  # undone unseen: it is asked blind again
    acts.wait_saved(page)
    assert "Look first" in page.locator(".fc-reason").inner_text()
    page.keyboard.press("ArrowLeft")
    assert "% sure it is" in page.locator(".fc-reason").inner_text()
    assert page.locator(".fc-facts").inner_text() != ""
    page.keyboard.press("Backspace")  # seen now: not blind any more
    acts.wait_saved(page)
    acts.until(lambda: acts.standing(sample_database) == [])
    assert "% sure it is" in page.locator(".fc-reason").inner_text()
    page.keyboard.press("a")
    acts.wait_saved(page)
    assert [row[:2] for row in acts.standing(sample_database)] == [(frames[0], "agree")]
    assert page.problems == []


def test_a_hard_case_taken_back_does_not_open_the_frame(page, all_blind, sample_database):
    acts.open_queue(page, all_blind.url, RANDOM)
    here = acts.shown_frame(page)
    sent = []
    page.on("response", lambda answer: sent.append(answer) if "events" in answer.url else None)
    page.keyboard.press("f")
    acts.wait_saved(page)
    page.get_by_text("⚑ Hard case").first.wait_for()
    page.keyboard.press("Backspace")
    acts.wait_saved(page)
    acts.until(lambda: "Hard case" not in page.locator(".fc-state").inner_text())

    assert acts.shown_frame(page) == here
    assert "Look first" in page.locator(".fc-reason").inner_text()
    item = sent[-1].json()["item"]
    assert (item["is_blind"], item["answer"], item["path"]) == (True, "", "")
    page.keyboard.press("1")
    acts.wait_saved(page)
    with sqlite3.connect(sample_database) as db:
        asked = db.execute("SELECT asked FROM reviews WHERE action = 'label'").fetchall()
    assert asked == [("blind",)]
