"""Every question of the Slices page: answered, plain, also where little is known."""

from __future__ import annotations

import pytest

from core.records import SliceRule
from core.workflows import saved_slices
from pages._shared.keys import K
from tests.pages.reading import visible_text
from tests.pages.test_plain_words import problems

QUESTIONS = {
    "One by one": "One by one",
    "Weak spots": "very unlikely to be chance",
    "Pairs": "Down",
    "Classes": "is taken for",
    "Groups": "groups of alike frames",
    "Gaps": "The reference says nothing of",
    "Rare": "No class is much rarer than another",
    "Compare": "It is right",
}


def ask(page, title: str):
    return page.segmented_control(key=K.SLICES_QUESTION).select(title).run()


@pytest.mark.parametrize("title", QUESTIONS)
def test_every_question_is_answered_plainly(title, show, patchy_project):
    corner = SliceRule(where=(("camera", ("cam3",)), ("light", ("night",))))
    saved_slices.save_slice(patchy_project, "corner", (corner,))
    day = SliceRule(where=(("light", ("day",)),))
    saved_slices.save_slice(patchy_project, "day", (day,))
    said = visible_text(ask(show("slices"), title))

    assert any(QUESTIONS[title] in block for block in said)
    assert problems(said) == []


@pytest.mark.parametrize("title", QUESTIONS)
@pytest.mark.usefixtures("tiny_project")
def test_few_frames_are_told_plainly(title, show):
    page = ask(show("slices"), title)

    assert not page.error and not page.exception
    assert problems(visible_text(page)) == []


@pytest.mark.parametrize("title", QUESTIONS)
def test_without_labels_each_question_says_what_is_missing(
    title, show, tiny_model, own_frames, tmp_path
):
    from core.workflows import projects, scoring

    cells = [line.split(",") for line in own_frames.metadata.read_text("utf-8").splitlines()]
    own_frames.metadata.write_text("\n".join(",".join([c[0], "", *c[2:]]) for c in cells))
    project = projects.create_project(
        model=tiny_model, field=own_frames.field_folder, metadata=own_frames.metadata,
        folder=tmp_path / "bare",
    )  # fmt: skip
    scoring.prepare(project)
    page = ask(show("slices"), title)

    assert not page.error and not page.exception
    assert problems(visible_text(page)) == []


@pytest.mark.usefixtures("patchy_project")
def test_the_question_is_in_the_address(show):
    page = ask(show("slices"), "Groups")

    assert page.query_params["question"] == "groups"
