"""Confidence: the mark a person trusts, and what it costs."""

from __future__ import annotations

import json

import pytest

from core.workflows import confidence, projects, scoring
from pages._shared.keys import K
from tests.pages.reading import visible_text


@pytest.mark.parametrize("mark", confidence.MARKS)
def test_every_mark_has_its_own_sentence(mark, show, tiny_project):
    report = confidence.confidence(tiny_project, threshold=mark)
    page = show("confidence")

    page.select_slider(key=K.CONFIDENCE_THRESHOLD).set_value(mark).run()

    said = visible_text(page)
    assert report.headline.headline in said
    assert report.silent.headline in said
    assert f"at least {mark * 100:g} % sure" in report.headline.headline


@pytest.mark.usefixtures("tiny_project")
def test_the_very_sure_and_wrong_frames_are_shown(show, tiny_frames):
    page = show("confidence")

    shown = json.loads(page.get("bidi_component")[0].proto.json)["items"]
    assert len(shown) == tiny_frames.silent
    assert all("; the label says" in frame["caption"] for frame in shown)


def test_what_each_mark_costs_is_folded_away(show, tiny_project):
    page = show("confidence")

    costs = next(fold for fold in page.expander if fold.label == "What each mark costs")
    assert [line.value for line in costs.markdown] == confidence.budget_sentences(
        confidence.confidence(tiny_project)
    )


def test_without_labels_it_says_what_would_bring_an_answer(show, tiny_model, own_frames, tmp_path):
    own_frames.metadata.unlink()
    project = projects.create_project(
        model=tiny_model, field=own_frames.field_folder, folder=tmp_path / "bare"
    )
    scoring.prepare(project)

    page = show("confidence")

    assert "label some frames in the queue" in page.info[0].value
    assert not page.error and not page.exception
