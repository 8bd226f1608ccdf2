"""The page through its questions, with good data and bad."""

from __future__ import annotations

import json

import pytest

from core.workflows import (
    budget,
    choices,
    confidence,
    probes,
    projects,
    queue,
    scoring,
    unlabelled,
    unusual,
)
from pages._shared.keys import K
from tests.made import made_project
from tests.pages.reading import visible_text
from tests.pages.test_plain_words import problems


@pytest.fixture
def ask(show):
    """ask("silent") opens the page at that question."""

    def at(question: str):
        page = show("confidence")
        if question == "budget":
            return page
        title = confidence.SECTIONS[question]
        return page.segmented_control(key=K.CONFIDENCE_SECTION).select(title).run()

    return at


@pytest.mark.parametrize("mark", [0.5, 0.9, 0.99, 0.999])
def test_the_slider_answers_with_the_cost_of_the_mark(mark, ask, tiny_project):
    page = ask("budget")
    page.select_slider(key=K.CONFIDENCE_THRESHOLD).set_value(mark).run()

    assert budget.statement(budget.budget(tiny_project), mark).headline in visible_text(page)


def test_a_mark_is_chosen_and_taken_back(ask, tiny_project):
    page = ask("budget")
    page.select_slider(key=K.CONFIDENCE_THRESHOLD).set_value(0.95).run()
    page.button(key=K.CONFIDENCE_CHOOSE).click().run()

    assert choices.choices_of(tiny_project).sure_threshold == 0.95
    assert budget.chosen_words(0.95) in visible_text(page)
    page.button(key=K.CONFIDENCE_FORGET).click().run()
    assert choices.choices_of(tiny_project).sure_threshold is None
    assert budget.chosen_words(None) in visible_text(page)


def test_what_is_left_opens_in_the_queue(ask, tiny_project):
    choices.set_sure_threshold(tiny_project, 0.95)
    page = ask("budget")
    page.button(key=K.CONFIDENCE_LEFT).click().run()

    assert page.title[0].value == "What next?"
    assert page.selectbox(key=K.QUEUE_ORDER).value == "not_sure"


def test_the_curve_the_correction_and_the_histogram_are_shown(ask, tiny_project):
    page = ask("word")
    report = confidence.confidence(tiny_project)
    said = visible_text(page)

    assert report.word.headline in said
    assert confidence.correction_statement(report).headline in said
    assert len(page.get("plotly_chart")) == 2
    page.toggle(key=K.CONFIDENCE_CORRECTED).set_value(True).run()
    assert "with the correction" in visible_text(page)
    for measure, (_, title) in confidence.MEASURES.items():
        page.selectbox(key=K.CONFIDENCE_MEASURE).set_value(measure).run()
        assert title in visible_text(page)
    page.selectbox(key=K.CONFIDENCE_CLASS).set_value("red").run()
    assert not page.exception


def test_the_very_sure_and_wrong_frames_are_shown_before_and_after(ask, tiny_project, tiny_frames):
    page = ask("silent")
    report = confidence.confidence(tiny_project)

    shown = json.loads(page.get("bidi_component")[0].proto.json)["items"]
    assert len(shown) == tiny_frames.silent
    assert all("; the label says" in frame["sentence"] for frame in shown)
    page.segmented_control(key=K.CONFIDENCE_SILENT_KIND).select("with the correction").run()
    assert report.silent_corrected.statement.headline in visible_text(page)


def test_unusual_pictures_are_counted_and_drawn(ask, tiny_project):
    page = ask("unusual")
    report = unusual.unusual(tiny_project)
    said = visible_text(page)

    assert report.headline.headline in said
    assert report.sinking.headline in said
    assert not any("unknown object" in block for block in said)


def test_the_exam_is_offered_sat_and_graded(ask, tiny_project):
    page = ask("probes")

    assert "The exam has not been sat yet." in visible_text(page)
    assert page.button(key=K.CONFIDENCE_PROBES_START)
    probes.sit(tiny_project)
    page.run()
    statement, results = probes.probes(tiny_project)
    said = visible_text(page)
    assert statement.headline in said
    assert all(probes.result_sentence(result) in said for result in results)
    assert not any(button.key == K.CONFIDENCE_PROBES_START for button in page.button)


@pytest.mark.usefixtures("tiny_project")
def test_a_wrong_folder_for_the_exam_is_one_plain_error(ask):
    page = ask("probes")
    page.text_input(key=K.CONFIDENCE_PROBE_FOLDER).input("/no/such/folder").run()

    assert [error.value for error in page.error] == [
        "There is no folder /no/such/folder. Check the spelling."
    ]


def test_frames_to_label_are_drawn_and_open_in_the_queue(ask, tmp_path):
    project = made_project(tmp_path / "p", labelled=0.2)
    page = ask("unlabelled")

    assert unlabelled.unlabelled(project).headline.headline in visible_text(page)
    page.button(key=K.CONFIDENCE_PLAN).click().run()
    assert len(queue.queue(project, order="planned").items) == 40
    page.button(key=K.CONFIDENCE_PLAN_OPEN).click().run()
    assert page.title[0].value == "What next?"


def test_without_labels_it_says_what_would_bring_an_answer(ask, tiny_model, own_frames, tmp_path):
    own_frames.metadata.unlink()
    project = projects.create_project(
        model=tiny_model, field=own_frames.field_folder, folder=tmp_path / "bare"
    )
    scoring.prepare(project)

    assert "label some frames in the queue" in ask("word").info[0].value
    assert any("nobody can say" in block for block in visible_text(ask("budget")))
    assert any("label the frames below" in block for block in visible_text(ask("unlabelled")))


BAD = {
    "no labels": {"labelled": 0.0},
    "one class": {"classes": 1},
    "all correct": {"right": "all"},
    "all wrong": {"right": "none"},
    "1,000 classes": {"classes": 1000, "field": 60, "reference": 60},
    "3 frames": {"field": 3, "reference": 3},
    "3 frames alone": {"field": 3, "reference": 0},
    "one clip": {"per_clip": 1000},
}


@pytest.mark.parametrize("given", BAD.values(), ids=BAD)
def test_bad_data_gets_a_true_and_plain_sentence_at_every_question(given, ask, tmp_path):
    made_project(tmp_path / "p", **given)
    page = ask("budget")
    for question, title in confidence.SECTIONS.items():
        page.segmented_control(key=K.CONFIDENCE_SECTION).select(title).run()
        said = visible_text(page)

        assert not page.error and not page.exception, (question, page.error)
        findings = [html for html in page.get("html") if "fc-finding" in html.value]
        assert findings or page.info, question
        assert problems(said) == [], question


def test_a_class_never_answered_is_in_the_way_of_nothing(ask, tmp_path):
    project = made_project(tmp_path / "p", classes=40, field=30, reference=30)
    given = set(confidence.answers(project))

    assert len(given) < 40
    page = ask("budget")
    for title in confidence.SECTIONS.values():
        page.segmented_control(key=K.CONFIDENCE_SECTION).select(title).run()

        assert not page.exception and not page.error
