"""The queue's page around its component: order, reviewer, which project."""

from __future__ import annotations

import json

import pytest

from core.workflows import choices, doors, queue, queue_shares, saved_queues
from pages._shared.keys import K


def given(page) -> dict[str, object]:
    """What the queue component was given."""
    return json.loads(page.get("bidi_component")[0].proto.json)


def test_the_component_gets_a_door_to_this_project(show, tiny_project):
    handed = given(show("queue"))

    assert doors.behind(handed["token"]) == tiny_project
    assert handed["project"] == str(tiny_project.folder)
    assert handed["order"] == "suspicious"
    assert handed["decided"] is False


@pytest.mark.parametrize("order", queue.ORDERS)
@pytest.mark.usefixtures("tiny_project")
def test_every_order_can_be_chosen(order, show):
    page = show("queue")

    page.selectbox(key=K.QUEUE_ORDER).select(order).run()

    assert given(page)["order"] == order
    assert not page.error


@pytest.mark.usefixtures("tiny_project")
def test_decided_frames_can_be_shown_too(show):
    page = show("queue")

    page.toggle(key=K.QUEUE_AGAIN).set_value(True).run()

    assert given(page)["decided"] is True


def test_the_reviewer_is_kept_with_the_project(show, tiny_project):
    page = show("queue")

    page.text_input(key=K.OVERVIEW_REVIEWER).input("Ana").run()

    assert choices.choices_of(tiny_project).reviewer == "Ana"
    assert show("queue").text_input(key=K.OVERVIEW_REVIEWER).value == "Ana"


def test_a_name_of_blanks_is_nobodys(show, tiny_project):
    page = show("queue")

    page.text_input(key=K.OVERVIEW_REVIEWER).input("   ").run()

    assert choices.choices_of(tiny_project).reviewer == "me"
    assert not page.error


def test_a_view_is_saved_opened_and_let_go(show, tiny_project):
    page = show("queue")
    queue_shares.set_shares(tiny_project, second=0)
    page.session_state[K.QUEUE_SAVED] = True
    page.run()
    page.text_input(key=K.QUEUE_SAVED_NAME).input("Monday")
    page.button(key=f"FormSubmitter:{K.QUEUE_SAVED_KEEP}-Save").click().run()

    (saved,) = saved_queues.saved_queues(tiny_project)
    assert given(page)["order"] == f"saved:{saved.id}"
    assert page.selectbox(key=K.QUEUE_ORDER).options[-1].startswith("Monday (0 of ")
    assert any("Most suspicious first; saved by me" in line.value for line in page.caption)
    page.session_state[K.QUEUE_SAVED] = True
    page.run()
    page.button(key=f"{K.QUEUE_SAVED_DROP}_{saved.id}").click().run()
    assert saved_queues.saved_queues(tiny_project) == []
    assert given(page)["order"] == "suspicious"
    assert not page.error
    assert not page.exception


def test_what_cannot_be_saved_is_said(show, tiny_project):
    page = show("queue")
    page.session_state[K.QUEUE_SAVED] = True
    page.run()
    page.button(key=f"FormSubmitter:{K.QUEUE_SAVED_KEEP}-Save").click().run()

    assert page.error[0].value == "Give the queue a name of 1 to 60 letters."
    assert saved_queues.saved_queues(tiny_project) == []


def test_the_mix_is_chosen_by_sliders_and_the_queue_asked_anew(show, tiny_project):
    page = show("queue")
    before = given(page)["round"]
    page.session_state[K.QUEUE_SAVED] = True
    page.run()
    page.slider(key=f"{K.QUEUE_SHARE}_audit").set_value(35).run()

    assert queue_shares.shares_of(tiny_project).audit == 0.35
    assert given(page)["round"] != before


@pytest.mark.usefixtures("tiny_project")
def test_agreement_stands_below_with_its_next_step(show):
    page = show("queue")
    page.session_state[K.QUEUE_AGREEMENT] = True
    page.run()

    told = " ".join(element.proto.body for element in page.get("html"))
    assert "No frame was shown to me a second time yet." in told
    assert "Second look" in told
