from __future__ import annotations

import pytest

from core.errors import FieldcheckError
from core.workflows import budget, choices, export, queue, scores, scoring
from tests.made import made_project


def test_every_mark_counts_the_frames_that_pass(tmp_path):
    project = made_project(tmp_path / "p", labelled=0.5)
    report = budget.budget(project)
    frames = report.frames

    assert len(frames) == 200
    for mark in (*budget.MARKS, 0.123):
        row = budget.at(report, mark)
        passes = (frames["confidence"] >= mark) & ~frames["is_unusual"]
        assert row.passed == passes.sum()
        assert row.kept == (passes & frames["is_right"].notna()).sum()
    kept = [row.passed for row in report.rows]
    assert kept == sorted(kept, reverse=True)


def test_the_sentence_for_a_mark_is_the_one_on_the_command_line(tiny_project):
    report = budget.budget(tiny_project)
    said = budget.statement(report, 0.9).headline

    assert said.startswith("At 90 % sure you would wave through ")
    assert len(budget.budget_json(report)) == len(budget.LISTED)


def test_no_mark_chosen_hides_nothing(tiny_project):
    frames = scores.scores(tiny_project).frames

    assert (frames["shown"] == frames["answer"]).all()
    assert not frames["is_unusual"].any()
    assert budget.chosen_words(None).startswith("No mark is chosen")


def test_the_chosen_mark_is_stored_and_everything_reads_it(tiny_project, decide):
    decide(tiny_project, "cam1/005.jpg", "label", "blue")
    choices.set_sure_threshold(tiny_project, 0.95)
    frames = scores.scores(tiny_project).frames
    hidden = (frames["confidence"] < 0.95) | frames["is_unusual"]
    asked = queue.queue(tiny_project, order="not_sure", with_decided=True)
    out = export.export(tiny_project).table

    assert 0 < hidden.sum() < len(frames)
    assert ((frames["shown"] == "not sure") == hidden).all()
    assert budget.budget(tiny_project).chosen == 0.95
    in_field = hidden & (frames["folder"] == "field")
    assert {item.content_hash for item in asked.items} == set(frames[in_field]["content_hash"])
    assert all(item.answer == "not sure" and item.leaning in asked.classes for item in asked.items)
    assert all("ot sure" in item.reason for item in asked.items)
    shown = dict(zip(frames["content_hash"], frames["shown"], strict=True))
    assert [shown[digest] for digest in out["content_hash"]] == list(out["answer"])
    assert set(out["leaning"]) <= set(asked.classes)
    sentences = scores.sentences(frames[hidden])
    assert sentences and all(sentence.startswith("not sure") for sentence in sentences)


def test_showing_every_answer_again_hides_nothing(tiny_project):
    choices.set_sure_threshold(tiny_project, 0.95)
    choices.set_sure_threshold(tiny_project, None)
    frames = scores.scores(tiny_project).frames

    assert (frames["shown"] == frames["answer"]).all()


@pytest.mark.parametrize("mark", [-0.1, 1.5, float("nan")])
def test_an_impossible_mark_is_refused(tiny_project, mark):
    with pytest.raises(FieldcheckError, match="between 0 and 1"):
        choices.set_sure_threshold(tiny_project, mark)


def test_ones_own_pace_is_used_once_it_is_known(tiny_project, decide):
    guess = budget.review_pace(tiny_project)
    paths = [f"cam1/{number:03}.jpg" for number in range(3, 24)]
    for path in paths:
        decide(tiny_project, path, "skip", client="one window")

    pace, is_own = budget.review_pace(tiny_project)

    assert guess == (4.0, False)
    assert is_own and pace == 0.5  # a test decides faster than the quickest person


def test_cameras_are_offered_only_where_they_are_known(tmp_path, tiny_project):
    made = budget.budget(made_project(tmp_path / "p"))

    assert list(budget.splits(made)) == ["camera", "class"]
    lines = budget.split(made, 0.9, by="camera")
    assert len(lines) == 4
    assert all("waves through" in line for line in lines)
    assert budget.split(budget.budget(tiny_project), 0.9, by="class")


def test_of_a_thousand_classes_the_commonest_are_listed_and_the_rest_counted(tmp_path):
    report = budget.budget(made_project(tmp_path / "p", classes=200, field=150, reference=20))
    lines = budget.split(report, 0.0, by="class")
    answers = report.frames["answer"].nunique()

    assert answers > budget.MOST_GROUPS
    assert len(lines) == budget.MOST_GROUPS + 1
    assert lines[-1].startswith(f"{answers - budget.MOST_GROUPS} rarer ones")


def test_nothing_answered_is_said(fresh_project):
    scoring.index_frames(fresh_project)

    with pytest.raises(FieldcheckError, match="No field frame has an answer yet"):
        budget.budget(fresh_project)
