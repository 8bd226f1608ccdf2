"""The locked test set on the Stress page: write it, read what it locks, unlock it."""

from __future__ import annotations

import pytest

from core.workflows import confidence, holdout, projects, reserved, scoring
from pages._shared import jobs
from pages._shared.keys import K
from tests.pages.test_plain_words import problems
from tests.pages.test_stress import wait_for


def said(page) -> str:
    parts = [*page.caption, *page.markdown, *page.text, *page.error]
    return " ".join(str(part.value) for part in parts)


@pytest.fixture
def page(show, tiny_project):  # noqa: ARG001
    opened = show("stress")
    opened.multiselect(key=K.STRESS_CORRUPTIONS).set_value(["contrast"])
    return opened.run()


def write(page, project) -> None:
    page.button(key=K.STRESS_HOLDOUT_START).click().run()
    wait_for(jobs.job_of((project, "holdout")))
    page.run()


def test_it_writes_what_the_command_line_writes_and_unlocks_on_purpose(page, tiny_project, show):
    options = page.segmented_control(key=K.STRESS_HOLDOUT_SHARE).options
    assert "10 % (6 of 60)" in options
    page.segmented_control(key=K.STRESS_HOLDOUT_SHARE).set_value(0.2).run()
    write(page, tiny_project)

    (row,) = holdout.holdouts(tiny_project)
    assert (row["name"], row["pictures"]) == ("reference-20-percent-seed-0", 12)
    assert holdout.holdout_line(row) in said(page)
    assert "12 damaged pictures, made of 12 of 60 labelled reference frames" in said(page)
    assert not page.error and not page.exception
    asked = holdout.ask(tiny_project, share=0.2, corruptions=["contrast"])
    assert holdout.write_holdout(tiny_project, asked).name == row["name"]

    left_out = confidence.confidence(tiny_project).reserved
    question = show("confidence").segmented_control(key=K.CONFIDENCE_SECTION)
    assert f"{left_out} labelled reference frames were left out of the fit" in said(
        question.select(confidence.SECTIONS["word"]).run()
    )

    page.button(key=f"{K.STRESS_HOLDOUT_UNLOCK}_0").click().run()

    assert reserved.reserved_hashes(tiny_project) == frozenset()
    assert "was unlocked on" in said(page)
    assert not page.error and not page.exception


def test_what_it_says_is_plain(page, tiny_project):
    write(page, tiny_project)
    blocks = [str(part.value).replace(str(tiny_project.folder), "") for part in page.text]
    blocks += [str(part.value) for part in page.markdown if "Damaged copies" in str(part.value)]

    assert len(blocks) == 3
    assert problems([*blocks, holdout.UNLOCK_WARNING]) == []


def test_a_full_disk_is_told_on_the_page(page, tiny_project, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("core.exports.holdout.os.fsync", full)
    write(page, tiny_project)

    assert "No space left on device" in said(page)
    assert not page.exception


def test_without_labels_it_says_what_brings_them(show, tiny_model, own_frames, tmp_path):
    own_frames.metadata.unlink()
    project = projects.create_project(
        model=tiny_model, field=own_frames.field_folder, folder=tmp_path / "bare"
    )
    scoring.prepare(project)
    page = show("stress")

    assert "Add labels by class folders" in said(page)
    assert not page.error and not page.exception
