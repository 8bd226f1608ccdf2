"""The doctor on the overview: offered with its time, shown at once, taken and taken back."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from core.records import InputSpec, ModelSpec
from core.workflows import choices, doctor, projects, scores, scoring
from pages._shared import jobs
from pages._shared.keys import K
from tests.pages.reading import visible_text
from tests.pages.test_plain_words import problems

CLASSES = ("red", "green", "blue")
RIGHT = InputSpec(resize=32, crop=32, mean=(0.0,) * 3, std=(1.0,) * 3)


@pytest.fixture
def wrong(tiny_model, tiny_frames, tmp_path):
    """A scored project, opened last, whose model is read with the colours in the wrong order."""
    project = projects.create_project(
        model=tiny_model,
        spec=ModelSpec(CLASSES, replace(RIGHT, channels="BGR")),
        field=tiny_frames.field_folder,
        reference=tiny_frames.reference_folder,
        folder=tmp_path / "wrong",
    )
    scoring.prepare(project)
    return project


def keys(page) -> set[str]:
    return {button.key for button in page.button}


def test_it_is_offered_and_the_button_makes_the_report(show, tiny_project):
    page = show("overview")
    assert K.DOCTOR_START in keys(page)

    page.button(key=K.DOCTOR_START).click().run()
    job = jobs.job_of((tiny_project, "doctor"))
    until = time.monotonic() + 60
    while not job.is_over and time.monotonic() < until:
        time.sleep(0.05)
    page.run()
    said = visible_text(page)

    assert any("As set, the model is right in 58 of 60 reference frames" in text for text in said)
    assert K.DOCTOR_ADOPT not in keys(page)
    assert problems(said) == []


def test_advice_is_one_click_and_so_is_taking_it_back(show, wrong):
    doctor.check_settings(wrong)
    before = choices.choices_of(wrong)
    page = show("overview")
    said = visible_text(page)
    assert any("the setting is probably wrong" in text for text in said)
    assert problems(said) == []

    page.button(key=K.DOCTOR_ADOPT).click().run()
    assert choices.choices_of(wrong).spec.input == RIGHT
    assert any("have no answers" in text for text in visible_text(page))
    assert problems(visible_text(page)) == []

    page.button(key=K.DOCTOR_TAKE_BACK).click().run()
    assert choices.choices_of(wrong) == before
    assert K.DOCTOR_ADOPT in keys(page)
    assert K.DOCTOR_TAKE_BACK not in keys(page)


def test_without_a_reference_it_says_what_would_help(show, tiny_model, tiny_frames, tmp_path):
    bare = projects.create_project(
        model=tiny_model, field=tiny_frames.field_folder, folder=tmp_path / "bare"
    )
    scoring.prepare(bare)
    page = show("overview")

    assert any("no labelled reference frames" in text for text in visible_text(page))
    assert K.DOCTOR_START not in keys(page)
    assert not page.error


def test_a_running_check_can_be_stopped(show, tiny_project, monkeypatch):
    job = jobs.Job(phase="Trying other settings on the reference", done=40, total=900)
    monkeypatch.setitem(jobs._jobs, (tiny_project, "doctor"), job)

    page = show("overview")
    page.button(key=K.DOCTOR_STOP).click().run()

    assert job.stop.is_set()
    job.is_over = True
    page.run()
    assert any("Stopped" in text for text in visible_text(page))
    assert K.DOCTOR_START in keys(page)


@pytest.mark.parametrize("state", ["suspected", "none_found"])
def test_the_frames_the_crop_decides_are_shown(show, tiny_project, monkeypatch, state):
    found = doctor.check_settings(tiny_project)
    digest = scores.scores(tiny_project).frames["content_hash"].iloc[0]
    crop = {
        "left_out": 0.25, "changed": 1, "frames": 48, "labelled": 42, "mended": 1, "broken": 0,
        "state": state, "folder": "field",
        "frames_changed": [{"content_hash": digest, "on_crop": "blue", "on_whole": "red"}],
    }  # fmt: skip
    monkeypatch.setattr(doctor, "report", lambda project: {**found, "crop": crop})
    said = visible_text(show("overview"))

    shown = any("Cropped it is blue, as a whole red." in text for text in said)
    assert shown == (state == "suspected")  # else it stands in the fold of what was tried
    assert any("that decides in 1 of 48 field frames" in text for text in said) == shown
    assert problems(said) == []
