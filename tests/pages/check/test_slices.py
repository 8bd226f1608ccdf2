"""Slices: the worst first, each with its count, its frames below."""

from __future__ import annotations

import json

import pytest

from core.workflows import slices
from pages._shared.keys import K
from tests.pages.reading import visible_text


def shown_frames(page) -> list[dict[str, str]]:
    return json.loads(page.get("bidi_component")[0].proto.json)["items"]


@pytest.mark.parametrize("column", ["label", "camera", "hour", "place"])
def test_any_column_can_be_compared(column, show, tiny_project):
    report = slices.slices(tiny_project, by=column)
    page = show("slices")

    page.segmented_control(key=K.SLICES_BY).select(report.title).run()

    assert not page.error and not page.exception
    assert page.subheader[0].value == f"{report.title}: {report.table['value'].iloc[0]}"


@pytest.mark.usefixtures("tiny_project")
def test_the_worst_slice_shows_its_wrong_frames_first(show, tiny_frames):
    page = show("slices")

    page.segmented_control(key=K.SLICES_BY).select("Camera").run()

    wrong = tiny_frames.labelled - tiny_frames.right
    captions = [frame["sentence"] for frame in shown_frames(page)]
    assert page.subheader[0].value == "Camera: cam2"
    assert all("; the label says" in caption for caption in captions[:wrong])
    assert not any("; the label says" in caption for caption in captions[wrong:])


@pytest.mark.usefixtures("tiny_project")
def test_pictures_are_asked_for_by_content_hash(show):
    frames = shown_frames(show("slices"))

    assert frames
    assert all(f"/{frame['hash']}?size=thumb" in frame["src"] for frame in frames)


def test_a_count_stands_beside_every_bar(show, tiny_project):
    report = slices.slices(tiny_project, by="camera")
    page = show("slices")

    page.segmented_control(key=K.SLICES_BY).select("Camera").run()

    said = " ".join(visible_text(page))
    for row in report.table.to_dict("records"):
        assert f"{row['right']} of {row['of']} (" in said


def test_without_labels_the_page_says_what_is_missing(show, tiny_model, own_frames, tmp_path):
    from core.workflows import projects, scoring

    own_frames.metadata.unlink()
    project = projects.create_project(
        model=tiny_model, field=own_frames.field_folder, folder=tmp_path / "bare"
    )
    scoring.prepare(project)

    page = show("slices")

    assert len(page.info) == 1 and not page.error


def test_labels_lost_while_the_page_is_open_are_told_plainly(show, fresh_project, own_frames):
    from core.workflows import scoring

    scoring.prepare(fresh_project)
    page = show("slices")
    own_frames.metadata.write_text("path,camera\nfield/cam1/000.jpg,a\nfield/cam1/001.jpg,b\n")

    page.run()

    assert not page.exception and not page.error
    assert "label" in page.info[0].value
