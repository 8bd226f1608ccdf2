"""The shortcut exam on the Stress page: start it, read its sentence, see what was changed."""

from __future__ import annotations

import pytest

from core.workflows import projects, scoring, shortcuts
from pages._shared import jobs
from pages._shared.keys import K
from tests import planted
from tests.pages.reading import visible_text
from tests.pages.test_plain_words import problems
from tests.pages.test_stress import wait_for


@pytest.fixture
def planted_project(tmp_path) -> projects.Project:
    frames = planted.write_set(
        tmp_path / "frames", planted.on_coloured_ground, tuple(planted.COLOURS), of=33
    )
    model = planted.rim_colour_model(tmp_path / "model.onnx")
    project = projects.create_project(model=model, field=frames, folder=tmp_path / "project")
    scoring.prepare(project)
    return projects.open_project(project.folder)


def test_it_tells_the_time_finds_the_planted_background_and_shows_the_pairs(show, planted_project):
    page = show("stress")
    assert "The shortcut exam takes colour" in " ".join(visible_text(page))
    assert "all 33 frames" in page.segmented_control(key=K.SHORTCUTS_FRAMES).options[-1]
    assert jobs.job_of((planted_project, "shortcuts")) is None

    page.button(key=K.SHORTCUTS_START).click().run()
    wait_for(jobs.job_of((planted_project, "shortcuts")))
    page.run()

    report = shortcuts.shortcuts(planted_project, shortcuts.exam(planted_project))
    said = visible_text(page)
    assert report.headline.headline.startswith("The background carries the answer")
    assert report.headline.headline in said
    assert all(statement.headline in said for statement in report.statements)
    rows = next(block.value for block in page.get("html") if "fc-pair" in block.value)
    assert rows.count("<img") == 12
    assert problems(said) == []
    assert not page.error and not page.exception


def test_frames_that_sat_out_are_told(show, tiny_project):
    asked = shortcuts.exam(tiny_project, frames=12)
    shortcuts.take_exam(tiny_project, asked)
    said = visible_text(show("stress"))

    assert any("the object was not found for sure" in block for block in said)
    assert problems(said) == []
