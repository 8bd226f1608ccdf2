from __future__ import annotations

import numpy as np
import pytest

from core.findings.label_free import estimate
from core.records import Folder, State
from core.workflows import queue, scores, slices, unlabelled
from tests.made import class_names, made_project


def label_as_drawn(project, digest: str, truth: str) -> None:
    queue.record(
        project,
        {
            "id": str(np.random.default_rng().bytes(16).hex()), "client": digest[:20],
            "sequence": 1, "content_hash": digest, "action": "label", "value": truth,
        },
    )  # fmt: skip


def test_the_guess_is_for_the_unlabelled_and_its_check_for_the_labelled(tmp_path):
    project = made_project(tmp_path / "p", field=900, reference=900, labelled=0.5)
    report = unlabelled.unlabelled(project)
    open_count = int(scores.scores(project).of(Folder.FIELD)["label"].isna().sum())

    assert report.unlabelled == report.guess.frames == open_count
    assert f"these {open_count:,} frames" in report.headline.headline
    assert report.headline.state is State.SUSPECTED
    assert report.check is not None and report.check.state is State.NONE_FOUND
    assert set(unlabelled.guess_json(report)) == {
        "frames", "by_threshold", "by_difference", "low", "high", "state",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("given", "says"),
    [({"labelled": 1.0}, "nothing to guess"), ({"reference": 0, "labelled": 0.0}, "no labelled")],
)
def test_where_there_is_nothing_to_guess_it_says_so(tmp_path, given, says):
    report = unlabelled.unlabelled(made_project(tmp_path / "p", **given))

    assert says in report.headline.headline
    assert report.guess is None


def test_a_plan_fills_the_queue_and_its_labels_give_a_figure(tmp_path):
    project = made_project(tmp_path / "p", labelled=0.0)
    plan = unlabelled.make_plan(project, count=40)
    asked = queue.queue(project, order="planned")

    assert len(plan.frames) == plan.result.planned == 40
    assert [item.content_hash for item in asked.items] == list(plan.frames["content_hash"])
    answer = dict(zip(plan.frames["content_hash"], plan.frames["answer"], strict=True))
    names = class_names(4)
    for number, digest in enumerate(plan.frames["content_hash"]):
        wrong = names[(names.index(answer[digest]) + 1) % 4]
        label_as_drawn(project, digest, wrong if number % 4 == 0 else answer[digest])

    found = unlabelled.plan(project)
    assert found.result.done == 40 and found.frames.empty
    assert found.result.share == pytest.approx(0.75, abs=0.1)
    assert found.result.low < 0.75 < found.result.high
    assert found.statement.state is State.CONFIRMED
    assert "of 200 frames" in found.statement.headline


def test_frames_decided_already_stay_out_of_the_next_plan(tmp_path):
    project = made_project(tmp_path / "p", labelled=0.0, field=50)
    first = unlabelled.make_plan(project, count=10).frames
    for digest, answer in zip(first["content_hash"], first["answer"], strict=True):
        label_as_drawn(project, digest, answer)
    unlabelled.forget_plan(project)

    assert unlabelled.plan(project) is None
    second = unlabelled.make_plan(project, count=100)
    assert len(second.frames) == 40
    assert not set(second.frames["content_hash"]) & set(first["content_hash"])


def test_a_plan_of_nothing_is_none(tmp_path):
    assert unlabelled.make_plan(made_project(tmp_path / "p"), count=10) is None


def test_each_camera_has_the_guess_made_from_its_own_frames(tmp_path):
    project = made_project(tmp_path / "p", field=400, reference=600, labelled=0.0)
    report = slices.slices(project, by="camera")
    found = scores.scores(project)
    field = found.of(Folder.FIELD)

    assert not report.by_label and len(report.table) == 4
    for row, said in zip(report.table.to_dict("records"), report.statements, strict=True):
        own = field[field["camera"] == row["value"]]
        alone = estimate(found.labelled(Folder.REFERENCE), own)
        assert row["guess_by_threshold"] == alone.by_threshold
        assert row["guess_by_difference"] == pytest.approx(alone.by_difference)
        assert row["guess_low"] == pytest.approx(alone.low, abs=0.05)
        assert f"Estimate without labels: right in {alone.counts} (between" in said.headline
        assert "% sure on average in 100 frames" in said.headline
        assert "holds only if" in said.next_step
        assert said.state is State.NOT_ENOUGH
    assert report.headline.state is State.NOT_ENOUGH
    assert "diamond" in slices.without_labels(report)
    assert "ATC" in slices.method(report)


def test_without_a_labelled_reference_a_camera_has_its_sureness_only_and_says_so(tmp_path):
    project = made_project(tmp_path / "p", reference=0, labelled=0.0)
    report = slices.slices(project, by="camera")

    assert report.table[["guess_low", "guess_high", "guess_by_threshold"]].isna().all(axis=None)
    for said in report.statements:
        assert "% sure on average" in said.headline
        assert "Estimate" not in said.headline
        assert "no labelled reference" in said.next_step
    assert "diamond" not in slices.without_labels(report)
