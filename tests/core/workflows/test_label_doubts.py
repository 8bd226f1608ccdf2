"""Doubts of a known project: prepared in folds, decided in events, undone in one step, counted."""

from __future__ import annotations

import uuid

import pytest

from core.errors import NothingYetError, ReviewError
from core.records import Folder, State
from core.workflows import label_doubts, projects, queue, scores, scoring

pytestmark = pytest.mark.filterwarnings("error::RuntimeWarning")


def decide(project, event, action="label", value=None):
    client = f"{label_doubts.CLIENT}{uuid.uuid4()}"
    sent = [
        {"id": str(uuid.uuid4()), "client": client, "sequence": place, "action": action,
         "content_hash": frame["content_hash"], "value": value}
        for place, frame in enumerate(event.frames, 1)
    ]  # fmt: skip
    return sent, label_doubts.record_event(project, sent)


def take_back(project):
    client = f"undo-{uuid.uuid4()}"
    sent = [
        {"id": str(uuid.uuid4()), "client": client, "sequence": place, "action": "undo",
         "content_hash": past["content_hash"], "undoes": past["id"]}
        for place, past in enumerate(label_doubts.history(project)[0], 1)
    ]  # fmt: skip
    return label_doubts.record_event(project, sent)


@pytest.fixture
def patchy(patchy_project):
    label_doubts.prepare(patchy_project)
    return patchy_project


def test_exactly_the_labels_against_the_picture_are_doubted(patchy, patchy_frames):
    found = label_doubts.doubts(patchy)
    wrong = scores.scores(patchy).labelled(Folder.FIELD)
    wrong = set(wrong.loc[~wrong["is_right"], "content_hash"])

    assert len(wrong) == patchy_frames.wrong
    assert set(found.suspects["content_hash"]) == wrong
    assert label_doubts.headline(found).state is State.SUSPECTED


def test_the_models_own_answers_find_the_same_at_once(patchy_project, patchy_frames):
    found = label_doubts.doubts(patchy_project, source="model")

    assert len(found.suspects) == patchy_frames.wrong


def test_look_alikes_are_of_both_classes_and_never_suspects_or_of_the_events_clips(patchy):
    found = label_doubts.doubts(patchy)
    known = scores.scores(patchy).frames.drop_duplicates("content_hash").set_index("content_hash")
    for event in label_doubts.events(found):
        assert set(event.look_alikes) == {event.label, event.other}
        for label, digests in event.look_alikes.items():
            assert digests and set(known.loc[digests, "label"]) == {label}
            assert not set(digests) & set(found.suspects["content_hash"])
            own = known.loc[[frame["content_hash"] for frame in event.frames], "clip"]
            assert not set(known.loc[digests, "clip"]) & set(own)


def test_learning_stops_resumes_and_is_not_done_twice(patchy_project):
    told = []
    label_doubts.prepare(
        patchy_project,
        on_progress=lambda done, total: told.append((done, total)),
        should_stop=lambda: len(told) > 2,
    )
    assert told == [(0, 5), (1, 5), (2, 5)]
    assert not label_doubts.is_ready(patchy_project, folder=Folder.FIELD, source="crossed")
    with pytest.raises(NothingYetError, match="Look for doubts"):
        label_doubts.doubts(patchy_project)

    told.clear()
    label_doubts.prepare(patchy_project, on_progress=lambda done, total: told.append((done, total)))
    assert told == [(2, 5), (3, 5), (4, 5), (5, 5)]

    told.clear()
    label_doubts.prepare(patchy_project, on_progress=lambda done, total: told.append((done, total)))
    assert told == []


def test_an_event_is_decided_whole_and_taken_back_in_one_step(patchy):
    found = label_doubts.doubts(patchy)
    first, second = label_doubts.events(found)[:2]
    decide(patchy, first, value=first.other)
    sent, stands = decide(patchy, second, value=second.label)
    assert {now["label_now"] for now in stands.values()} == {second.label}
    label_doubts.record_event(patchy, sent)  # sent twice: nothing changes

    assert len(label_doubts.history(patchy)) == 2
    take_back(patchy)

    assert len(label_doubts.history(patchy)) == 1
    assert len(scores.reviewed(patchy)) == len(first.frames)
    again = label_doubts.events(found)
    assert {frame["label_now"] for frame in again[0].frames} == {first.other}
    assert {frame["decision"] for frame in again[1].frames} == {None}


def test_hits_are_counted_apart_from_the_rate_and_model_errors_become_hard_cases(patchy):
    found = label_doubts.doubts(patchy)
    error, models, unclear = label_doubts.events(found)[:3]
    decide(patchy, error, value=error.other)
    decide(patchy, models, value=models.label)
    decide(patchy, unclear, action="unsure")
    hits, rate = label_doubts.figures(found)

    n = [len(event.frames) for event in (error, models, unclear)]
    assert f"Of {sum(n)} suspects looked at: {n[0]} of {sum(n)}" in hits.headline
    assert f"{n[1]} of {sum(n)}" in hits.headline and "unclear" in hits.headline
    assert "not known yet" in rate.headline

    assert label_doubts.keep_hard_cases(patchy, found) == n[1]
    assert label_doubts.keep_hard_cases(patchy, found) == 0
    assert queue.progress(patchy)["hard_cases"] == n[1]
    take_back(patchy)
    assert queue.progress(patchy)["hard_cases"] == 0


def test_the_rate_comes_from_the_random_check_and_never_leads(patchy):
    found = label_doubts.doubts(patchy)
    drawn = label_doubts.events(found, "check")
    assert len(drawn) == 150
    assert {(event.other, len(event.top3)) for event in drawn} == {(None, 0)}

    doubted = set(found.suspects["content_hash"])
    wrong = 0
    for event in drawn[:50]:
        is_wrong = event.frames[0]["content_hash"] in doubted
        wrong += is_wrong
        label = next(c for c in ("red", "blue") if c != event.label) if is_wrong else event.label
        decide(patchy, event, value=label)

    rate = label_doubts.figures(found)[1]
    assert 0 < wrong < 15
    assert rate.headline.startswith(f"Of 50 frames drawn by lot {wrong} ")
    assert "among all 360" in rate.headline


def test_a_decision_that_cannot_be_read_stores_nothing(patchy):
    for sent in (None, [], {}, ["x"], [{"action": "label"}]):
        with pytest.raises(ReviewError):
            label_doubts.record_event(patchy, sent)

    assert len(scores.reviewed(patchy)) == 0


@pytest.mark.parametrize(("name", "value"), [("source", "oracle"), ("mode", "all")])
def test_an_unknown_choice_names_those_there_are(name, value, patchy):
    with pytest.raises(ReviewError, match="There are: "):
        if name == "source":
            label_doubts.doubts(patchy, source=value)
        else:
            label_doubts.events(label_doubts.doubts(patchy), value)


# ---- bad input --------------------------------------------------------------------------------


@pytest.fixture
def made(tmp_path, tiny_model, colour_picture):
    """made([("red", "red"), ...]): a scored project of pictures seen and labelled so."""

    def make(frames, *, labelled=True):
        lines = ["path,label,taken_at"]
        for number, (seen, label) in enumerate(frames):
            colour_picture(tmp_path / "field" / f"{number:03}.jpg", seen, seed=number)
            given = label if labelled else ""
            lines.append(f"field/{number:03}.jpg,{given},2026-03-02 {8 + number // 60:02}:"
                         f"{number % 60:02}:00")  # fmt: skip
        (tmp_path / "metadata.csv").write_text("\n".join(lines), encoding="utf-8")
        project = projects.create_project(
            model=tiny_model, field=tmp_path / "field", metadata=tmp_path / "metadata.csv",
            folder=tmp_path / "project",
        )  # fmt: skip
        scoring.prepare(project)
        return project

    return make


def test_without_labels_it_says_where_they_come_from(made):
    project = made([("red", "red"), ("blue", "blue")], labelled=False)

    with pytest.raises(NothingYetError, match="Labels come from class folders"):
        label_doubts.prepare(project)


def test_with_one_class_it_says_there_is_nothing_to_confuse(made):
    with pytest.raises(NothingYetError, match="called red"):
        label_doubts.prepare(made([("red", "red")] * 4))


def test_without_a_reference_its_labels_are_missed_in_words(made):
    project = made([("red", "red"), ("blue", "blue")])

    with pytest.raises(NothingYetError, match="of the reference has both"):
        label_doubts.prepare(project, folder=Folder.REFERENCE)


def test_all_right_is_nothing_found_and_three_frames_are_not_enough(made):
    project = made([("red", "red"), ("blue", "blue"), ("red", "red")])
    label_doubts.prepare(project)
    few = label_doubts.headline(label_doubts.doubts(project, source="model"))

    assert few.state is State.NOT_ENOUGH
    assert few.headline.startswith("No label looks wrong among 3 labelled frames")
    assert label_doubts.report_lines(label_doubts.doubts(project))


def test_twenty_right_ones_are_nothing_found(made):
    project = made([(colour, colour) for colour in ("red", "blue") * 10])
    label_doubts.prepare(project)

    assert label_doubts.headline(label_doubts.doubts(project)).state is State.NONE_FOUND
