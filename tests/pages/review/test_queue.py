"""The queue's page around its component: order, reviewer, which project."""

from __future__ import annotations

import json

import pytest

from core.workflows import choices, doors, queue
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
