"""History: rows with pictures, filters, undo with a preview, sessions with a closing summary."""

from __future__ import annotations

import pytest

from core.workflows import history, queue, sessions
from pages._shared.keys import K
from tests.pages.conftest import decide
from tests.pages.reading import visible_text


def words(page) -> str:
    return " ".join(visible_text(page))


@pytest.fixture
def decided(tiny_project):
    """Three decisions by "me", oldest first."""
    return [
        decide(tiny_project, 0, "label", "blue"),
        decide(tiny_project, 1, "label", "green"),
        decide(tiny_project, 2, "skip"),
    ]


@pytest.mark.usefixtures("tiny_project")
def test_without_decisions_it_says_so(show):
    page = show("history")

    assert "49 frames new, 0 reviewed" in words(page)
    assert "No decision fits" in words(page)


@pytest.mark.usefixtures("decided")
def test_it_lists_who_did_what_newest_first(show):
    said = words(show("history"))

    assert "46 frames new, 3 reviewed" in said
    assert "me skipped it" in said and "new → reviewed" in said
    assert said.rindex("skipped it") < said.rindex("green") < said.rindex("blue")


def test_going_back_shows_first_what_would_go_and_can_be_undone(show, tiny_project, decided):
    page = show("history")

    page.button(key=f"{K.HISTORY_TO}_{decided[0].id}").click().run()

    assert "Takes back 2 decisions on 2 frames" in words(page)
    assert not any(row["is_undone"] for row in queue.reviews_list(tiny_project))

    page.button(key=K.HISTORY_DO).click().run()

    assert [row["is_undone"] for row in queue.reviews_list(tiny_project)][:3] == [False, True, True]
    assert "Done." in page.success[0].value
    assert "47 frames new" not in words(page)  # reopened frames were decided once

    page.button(key=K.HISTORY_BACK).click().run()

    assert not any(row["is_undone"] for row in queue.reviews_list(tiny_project)[:3])
    assert not page.error and not page.exception


def test_one_decision_alone_is_undone(show, tiny_project, decided):
    page = show("history")
    page.button(key=f"{K.HISTORY_ONE}_{decided[1].id}").click().run()
    page.button(key=K.HISTORY_DO).click().run()

    undone = [row["id"] for row in queue.reviews_list(tiny_project) if row["is_undone"]]
    assert undone == [decided[1].id]
    assert page.button(key=f"{K.HISTORY_ONE}_{decided[1].id}").disabled


def test_what_came_meanwhile_stops_an_undo(show, tiny_project, decided):
    page = show("history")
    page.button(key=f"{K.HISTORY_TO}_{decided[0].id}").click().run()
    decide(tiny_project, 3, "label", "red")

    page.button(key=K.HISTORY_DO).click().run()

    assert any("decided in the meantime" in error.value for error in page.error)
    assert not any(row["is_undone"] for row in queue.reviews_list(tiny_project))


def test_it_can_be_narrowed_and_tells_a_frames_life(show, tiny_project, decided):
    page = show("history")
    page.selectbox(key=K.HISTORY_CLASS).set_value("green").run()
    assert "skipped it" not in words(page) and "green" in words(page)
    page.selectbox(key=K.HISTORY_CLASS).set_value(None).run()

    page.button(key=f"{K.HISTORY_LIFE}_{decided[2].id}").click().run()

    assert "This frame is reviewed." in words(page)
    asked = page.text_input(key=K.HISTORY_FRAME).value
    (entry,) = history.history(tiny_project, frame=asked).entries
    assert entry.id == decided[2].id


@pytest.mark.usefixtures("decided")
def test_ending_the_session_shows_its_closing_summary(show, tiny_project):
    page = show("history")
    assert "Your session since" in words(page)

    page.button(key=K.HISTORY_END).click().run()

    said = words(page)
    assert "3 frames decided" in said and "Left: 46 of 49 field frames" in said
    assert "As labelled 86 %" in said
    assert "Your session since" not in said
    assert sessions.current(tiny_project) is None


def test_many_reviews_have_pages(show, tiny_project):
    for frame in range(23):
        decide(tiny_project, frame, "skip")
    page = show("history")
    assert "23 reviews" in words(page)

    page.number_input(key=K.HISTORY_PAGE).set_value(2).run()

    assert words(page).count("skipped it") == 3

    page.text_input(key=K.HISTORY_FRAME).set_value("cam1").run()  # fewer pages than the one shown

    assert not page.error and not page.exception
