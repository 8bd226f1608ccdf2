"""Bars with their price, below the rare classes of the Slices page."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from core.workflows import projects, scoring, thresholds
from pages._shared.keys import K
from tests.pages.reading import visible_text
from tests.pages.test_plain_words import problems


def bars_part(folder: str) -> None:
    from core.workflows import projects
    from pages._shared.class_bars import class_bars

    class_bars(projects.open_project(folder))


def opened(project) -> AppTest:
    return AppTest.from_function(bars_part, args=(project.folder,), default_timeout=60).run()


def test_it_speaks_plainly_with_the_headline_of_the_command_line(tiny_project):
    page = opened(tiny_project)
    said = visible_text(page)

    assert not page.exception and not page.error
    assert thresholds.thresholds(tiny_project).headline.headline in " ".join(said)
    assert problems(said) == []


def test_another_aim_shows_other_bars(tiny_project):
    page = opened(tiny_project)
    page.segmented_control(key=K.SLICES_BARS_AIM).select(thresholds.AIMS["9_in_10"]).run()

    headline = thresholds.thresholds(tiny_project, recall=0.9).headline.headline
    assert headline in " ".join(visible_text(page))
    assert not page.exception


def test_without_labels_it_says_what_is_missing(tiny_model, own_frames, tmp_path):
    own_frames.metadata.unlink()
    project = projects.create_project(
        model=tiny_model, field=own_frames.field_folder, folder=tmp_path / "bare"
    )
    scoring.prepare(project)
    page = opened(project)

    assert len(page.info) == 1 and not page.error and not page.exception
