"""Label doubts: nothing yet, a press of the button, what it found, and a plain error."""

from __future__ import annotations

import pytest

from core.errors import DiskError
from core.workflows import label_doubts
from pages._shared import jobs
from pages._shared.keys import K
from tests.pages.reading import visible_text


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    """Long work is done by the time the page is drawn again."""

    def begin(name, work):
        job = jobs.Job()
        jobs._jobs[name] = job
        jobs._run(work, job)
        return job

    jobs.first_page.set()
    monkeypatch.setattr(jobs, "_jobs", {})
    monkeypatch.setattr(jobs, "begin", begin)


def said(page, text: str) -> bool:
    return any(text in block for block in visible_text(page))


def test_with_nothing_scored_it_says_where_labels_come_from(show):
    page = show("label_doubts")

    assert [info for info in page.info if "both a label the model knows" in info.value]
    assert not page.error


@pytest.mark.usefixtures("tiny_project")
def test_one_press_finds_the_doubts_and_keeps_them(show):
    page = show("label_doubts")
    assert not said(page, "wrong, in")

    page.button(key=K.LABEL_DOUBTS_START).click().run()

    assert said(page, "labels look wrong, in")
    assert not [button for button in page.button if button.key == K.LABEL_DOUBTS_START]
    assert not page.error


def test_the_models_own_answers_need_no_learning_and_say_when_they_are_fair(show, tiny_project):
    page = show("label_doubts")

    page.segmented_control(key=K.LABEL_DOUBTS_SOURCE).select("The model").run()

    found = label_doubts.doubts(tiny_project, source="model")
    assert said(page, label_doubts.headline(found).headline)
    assert said(page, "not trained on these labels")


@pytest.mark.usefixtures("tiny_project")
def test_a_full_disk_is_told_plainly_and_can_be_tried_again(show, monkeypatch):
    def fail(*_args, **_kwargs):
        raise DiskError("The disk is full. Nothing was stored; make room and try again.")

    page = show("label_doubts")
    monkeypatch.setattr(label_doubts, "prepare", fail)
    page.button(key=K.LABEL_DOUBTS_START).click().run()

    assert [error.value for error in page.error] == [
        "The disk is full. Nothing was stored; make room and try again."
    ]
    assert page.button(key=K.LABEL_DOUBTS_START)
