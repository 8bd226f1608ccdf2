"""What holds for every page: it opens empty, loaded and broken, and never shows a bug."""

from __future__ import annotations

import shutil
import time

import pytest

from core.workflows import choices, scoring
from pages._shared import jobs, state
from tests.pages.conftest import ROOT
from tests.pages.reading import visible_text

PAGES = sorted(
    path.stem for path in ROOT.glob("pages/*/*.py") if path.parent.name in ("check", "review")
)
STOPS = {  # what a page says of a project in which nothing was read yet
    "overview": "The model has not answered any frame yet.",
    "dial": "No frames yet.",
    "slices": "Nothing to compare yet",
    "confidence": "No field frame has an answer yet",
}


def test_the_router_knows_every_page_and_no_other():
    listed = sorted(page[0] for _, _, pages in state.PAGES for page in pages)

    assert listed == PAGES


@pytest.mark.parametrize("stem", PAGES)
def test_a_first_start_opens_the_sample_and_says_what_is_missing(stem, show):
    page = show(stem)

    assert [caption.value for caption in page.sidebar.caption] == ["Project: Tool counter (sample)"]
    assert not page.error and not page.exception
    assert [info for info in page.info if STOPS.get(stem, "") in info.value] or stem not in STOPS


@pytest.mark.parametrize("stem", PAGES)
@pytest.mark.usefixtures("tiny_project")
def test_a_loaded_page_shows_neither_error_nor_excuse(stem, show):
    page = show(stem)

    assert [caption.value for caption in page.sidebar.caption] == ["Project: Colours"]
    assert len(page.title) == 1
    assert not page.error and not page.info and not page.exception


@pytest.mark.parametrize("stem", PAGES)
def test_a_damaged_database_is_one_plain_error(stem, show, tiny_project):
    page = show(stem)
    for leftover in tiny_project.folder.glob("fieldcheck.db-*"):
        leftover.unlink()
    tiny_project.database.write_bytes(b"not a database at all" * 400)

    page.run()

    assert [error.value for error in page.error if "damaged" in error.value]
    assert len(page.error) == 1 and not page.exception


@pytest.mark.parametrize("stem", [page for page in PAGES if page not in ("queue", "export")])
def test_a_broken_metadata_file_costs_its_columns_only(stem, show, fresh_project, own_frames):
    scoring.prepare(fresh_project)
    own_frames.metadata.write_bytes(b"\x00\x01\x02 no table")

    page = show(stem)

    assert not page.error and not page.exception
    assert page.title


def test_a_project_that_was_deleted_gives_way_to_another(show, tiny_project):
    shutil.rmtree(tiny_project.folder)

    page = show("overview")

    assert [caption.value for caption in page.sidebar.caption] == ["Project: Tool counter (sample)"]
    assert not page.error


def test_a_job_that_failed_says_why_and_can_go_on(show, fresh_project, own_frames, start_job):
    shutil.move(own_frames.field_folder, own_frames.root / "elsewhere")
    jobs.first_page.set()
    job = start_job(fresh_project)
    until = time.monotonic() + 30
    while not job.is_over and time.monotonic() < until:
        time.sleep(0.02)

    page = show("slices")

    assert [error.value for error in page.error if "is gone" in error.value]
    assert [button.label for button in page.button] == ["Go on"]


def test_a_running_job_shows_its_progress_and_can_be_stopped(show, tiny_project, monkeypatch):
    job = jobs.Job(phase="Asking the model", done=412, total=2000)
    monkeypatch.setitem(jobs._jobs, tiny_project, job)

    page = show("confidence")
    page.button(key="job_stop").click().run()

    assert any("412 of 2,000" in text for text in visible_text(page))
    assert job.stop.is_set()


@pytest.mark.usefixtures("tiny_project")
def test_a_bug_is_told_in_one_sentence_without_its_insides(show, monkeypatch, caplog):
    def fail(_project):
        raise RuntimeError("list index out of range at 0x7f")

    monkeypatch.setattr(choices, "choices_of", fail)
    page = show("queue")

    assert [error.value[:20] for error in page.error] == ["Something went wrong"]
    assert not any("0x7f" in text for text in visible_text(page))
    assert "a page failed" in caplog.text
    caplog.clear()  # this bug was meant; `show` fails on any other
