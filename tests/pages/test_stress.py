"""The Stress page through the app: choose, start, read, be told what is wrong."""

from __future__ import annotations

import time

import pytest

from core.workflows import frozen_sets, scoring, stress
from pages._shared import jobs
from pages._shared.keys import K
from tests.pages.conftest import decide
from tests.pages.reading import visible_text


def wait_for(job: jobs.Job) -> None:
    end = time.monotonic() + 60
    while not job.is_over:
        assert time.monotonic() < end, "the sweep does not end"
        time.sleep(0.05)


@pytest.fixture
def chosen(show, tiny_project):  # noqa: ARG001
    """The page with two conditions chosen."""
    page = show("stress")
    page.multiselect(key=K.STRESS_CORRUPTIONS).set_value(["occlusion", "contrast"])
    return page.run()


@pytest.mark.usefixtures("tiny_project")
def test_it_opens_with_what_cameras_meet_and_tells_the_time(show):
    page = show("stress")

    assert page.multiselect(key=K.STRESS_CORRUPTIONS).value == list(stress.USUAL)
    offers = page.segmented_control(key=K.STRESS_FRAMES).options
    assert any("all 60 frames, ± 12 points" in text for text in offers)


def test_start_sweeps_and_shows_the_numbers_of_the_command_line(chosen, tiny_project):
    chosen.button(key=K.STRESS_START).click().run()
    wait_for(jobs.job_of((tiny_project, "stress")))
    chosen.run()

    asked = stress.plan(tiny_project, corruptions=["occlusion", "contrast"])
    report = stress.stress(tiny_project, asked)
    assert len(report.table) == 6
    said = " ".join(visible_text(chosen))
    assert report.headline.headline in said
    assert all(statement.headline in said for statement in report.statements)
    assert not chosen.error and not chosen.exception


def test_a_frozen_set_is_chosen_to_stand_beside_clean_and_corrupted(show, tiny_project):
    asked = stress.plan(tiny_project, corruptions=["occlusion"], severities=(3.0,))
    stress.sweep(tiny_project, asked)
    decide(tiny_project, 0, "hard_case", "on")
    title = frozen_sets.freeze(tiny_project, "night")
    decide(tiny_project, 1, "hard_case", "on")
    page = show("stress")
    page.multiselect(key=K.STRESS_CORRUPTIONS).set_value(["occlusion"]).run()

    assert "Hard cases: kept by hand in the queue" in " ".join(visible_text(page))
    page.selectbox(key=K.STRESS_HARD_SET).set_value(title).run()

    assert "Hard cases: night v1, frozen" in " ".join(visible_text(page))
    assert not page.error and not page.exception


@pytest.mark.usefixtures("tiny_project")
def test_nothing_chosen_is_answered_with_what_to_do(show):
    page = show("stress")

    page.multiselect(key=K.STRESS_CORRUPTIONS).set_value([]).run()

    assert "Choose at least one condition" in " ".join(c.value for c in page.caption)
    assert not page.error and not page.exception


def test_a_vanished_frame_is_named_and_the_rest_is_there(show, fresh_project, own_frames):
    scoring.prepare(fresh_project)
    asked = stress.plan(fresh_project, corruptions=["contrast"])
    first = stress.swept_frames(fresh_project, asked.folder)["path"].iloc[0]
    (own_frames.reference_folder / first).unlink()
    page = show("stress")
    page.multiselect(key=K.STRESS_CORRUPTIONS).set_value(["contrast"]).run()

    page.button(key=K.STRESS_START).click().run()
    wait_for(jobs.job_of((fresh_project, "stress")))
    page.run()

    assert [w.value for w in page.warning if first in w.value and "gone" in w.value]
    assert stress.stress(fresh_project, asked).table["of"].max() == 59


def test_presets_share_size_and_training_are_part_of_what_is_asked(show, tiny_project):
    page = show("stress")
    night = next(
        name for name in page.multiselect(key=K.STRESS_CORRUPTIONS).options if "Night" in name
    )
    page.multiselect(key=K.STRESS_CORRUPTIONS).set_value(["low_light:4+iso_noise:2"]).run()
    page.segmented_control(key=K.STRESS_SHARE).set_value(0.3).run()
    page.toggle(key=K.STRESS_SIZE).set_value(True).run()
    page.multiselect(key=K.STRESS_TRAINED).set_value(["low_light", "iso_noise"]).run()

    page.button(key=K.STRESS_START).click().run()
    wait_for(jobs.job_of((tiny_project, "stress")))
    page.run()

    asked = stress.plan(
        tiny_project, corruptions=["low_light:4+iso_noise:2"], share=0.3, short_side=224
    )
    report = stress.stress(tiny_project, asked)
    said = " ".join(visible_text(page))
    assert "dusk and night + high-iso grain" in night
    assert len(report.table) == 3
    assert report.headline.headline in said
    assert "3 in 10" in " ".join(page.segmented_control(key=K.STRESS_SHARE).options)
    assert all(note in said for note in stress.notes(report))
    assert len(stress.notes(report)) == 2
    assert not page.error and not page.exception
