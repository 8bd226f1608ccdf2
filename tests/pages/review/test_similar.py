"""The Similar page through app.py: a start, a question, filters, a map, and nothing to show yet."""

from __future__ import annotations

import pytest

from core.records import Folder
from core.workflows import scores
from tests.pages.reading import visible_text as texts


@pytest.fixture
def digests(tiny_project) -> list[str]:
    frames = scores.scores(tiny_project).of(Folder.FIELD).drop_duplicates("content_hash")
    return list(frames["content_hash"])


def asked(app, **names):
    for name, value in names.items():
        app.query_params[name] = value
    return app.run()


@pytest.mark.usefixtures("tiny_project")
def test_begins_with_frames_to_choose_from(show):
    app = show("similar")

    assert not app.exception
    assert app.title[0].value == "What else looks like this?"
    assert any("Start with a picture" in text for text in texts(app))


def test_a_frame_in_the_address_is_asked_about_and_filters_are_kept_there(show, digests):
    app = asked(show("similar"), like=digests[0])
    assert any("most like this picture" in text for text in texts(app))

    app.selectbox(key="similar_folder").select("reference").run()

    assert app.query_params["on"] in ("reference", ["reference"])
    assert app.query_params["like"] in (digests[0], [digests[0]])
    assert not app.exception


@pytest.mark.usefixtures("tiny_project")
def test_an_unknown_frame_is_told_and_the_way_out_stays(show):
    app = asked(show("similar"), like="f" * 64)

    assert any("No frame of this project" in error.value for error in app.error)


@pytest.mark.usefixtures("tiny_project")
def test_the_map_is_drawn(show):
    app = show("similar")
    app.session_state["similar_view"] = "map"
    app.run()

    assert not app.exception
    assert any("lie close together" in text for text in texts(app))


@pytest.mark.usefixtures("fresh_project")
def test_a_project_without_frames_says_what_would_bring_them(show):
    app = show("similar")

    assert not app.exception
    assert any("no frames yet" in text for text in texts(app))
