"""Classes, groups, gaps and rare classes of a project, and what they say where little is known."""

from __future__ import annotations

import pytest

from core.errors import FieldcheckError, NothingYetError
from core.records import Folder, SliceRule, State
from core.workflows import (
    classes,
    coverage,
    found_slices,
    narrow,
    rare_classes,
    saved_slices,
    scores,
    scoring,
    thresholds,
    training_list,
)


def test_every_cell_of_the_matrix_opens_as_many_frames_as_it_counts(patchy_project, patchy_frames):
    report = classes.classes(patchy_project)

    assert report.cells["frames"].sum() == patchy_frames.field
    for row in report.cells.to_dict("records"):
        frames = classes.cell_frames(patchy_project, label=row["label"], answer=row["answer"])
        assert len(frames) == row["frames"]
    wrong = report.cells[report.cells["label"] != report.cells["answer"]]
    assert wrong["frames"].sum() == patchy_frames.wrong


def test_classes_of_one_slice_count_its_frames(patchy_project, patchy_frames):
    report = classes.classes(patchy_project, by="camera", value="cam3")

    assert report.table["frames"].sum() == patchy_frames.field / 3
    assert len(report.statements) == 3
    assert "mean of 3 classes" in classes.averages_sentence(report)


def test_the_paler_corner_is_found_without_metadata_and_kept_as_a_slice(patchy_project):
    report = found_slices.found_slices(patchy_project)
    frames = found_slices.group_frames(report, 0)

    assert report.names[0].startswith("Group 1, mostly answered")
    share = ((frames["camera"] == "cam3") & (frames["light"] == "night")).mean()
    assert share > 0.9
    assert report.statements[0].state in (State.CONFIRMED, State.SUSPECTED, State.NOT_ENOUGH)

    saved_slices.save_slice(
        patchy_project, "pale ones", (found_slices.rule_of(frames),), origin="found"
    )
    kept = scores.scores(narrow.within(patchy_project, "pale ones"))
    assert set(kept.of(Folder.FIELD)["content_hash"]) == set(frames["content_hash"])


def test_the_map_has_every_picture_once(patchy_project):
    report = found_slices.found_slices(patchy_project)
    where = found_slices.frame_map(report)

    assert where["content_hash"].is_unique
    assert len(where) == len(report.frames)
    assert where[["x", "y"]].notna().all().all()


def test_gaps_are_told_by_condition(patchy_project):
    report = coverage.coverage(patchy_project, by="light")

    assert "label" not in coverage.conditions(patchy_project)
    assert report.headline.state is State.NOT_ENOUGH  # the reference knows no light
    assert report.table["field"].sum() == 360
    with pytest.raises(FieldcheckError, match="no condition 'colour'"):
        coverage.coverage(patchy_project, by="colour")


def test_a_training_list_counts_the_classes(patchy_project, tmp_path):
    before, source = rare_classes.class_counts(patchy_project)
    listed = tmp_path / "train.csv"
    lines = [f"t/{n}.jpg,{'red' if n < 50 else 'green' if n < 55 else 'blue'}" for n in range(90)]
    listed.write_text("path,label\n" + "\n".join(lines), encoding="utf-8")
    training_list.set_training_list(patchy_project, listed)
    counts, now = rare_classes.class_counts(patchy_project)

    assert (source, now) == ("the reference", "the training list")
    assert set(before.values()) == {20}
    assert counts == {"red": 50, "green": 5, "blue": 35}
    assert list(rare_classes.rare_classes(patchy_project).table["group"]) == [
        "green", "blue", "red",
    ]  # fmt: skip

    training_list.set_training_list(patchy_project, None)
    assert rare_classes.class_counts(patchy_project)[1] == "the reference"


def test_class_folders_are_a_training_list_too(patchy_project, own_frames, tmp_path):
    training_list.set_training_list(patchy_project, own_frames.reference_folder)

    assert rare_classes.class_counts(patchy_project) == (
        {"red": 20, "green": 20, "blue": 20}, "the training list",
    )  # fmt: skip
    with pytest.raises(FieldcheckError, match="nothing at"):
        training_list.set_training_list(patchy_project, tmp_path / "gone.csv")
    (tmp_path / "empty").mkdir()
    with pytest.raises(FieldcheckError, match="no pictures in class folders"):
        training_list.set_training_list(patchy_project, tmp_path / "empty")


def test_three_frames_say_something_true_everywhere(patchy_project):
    frames = scores.scores(patchy_project).of(Folder.FIELD)
    three = narrow.narrowed(patchy_project, SliceRule(hashes=tuple(frames["content_hash"][:3])))

    assert classes.classes(three).statements
    assert found_slices.found_slices(three).headline.state is State.NOT_ENOUGH
    assert rare_classes.rare_classes(three).statement.headline
    bars = thresholds.thresholds(three)
    assert bars.fitted.tested_on is Folder.REFERENCE
    assert any("expect less in the field" in note for note in bars.notes)


def test_without_labels_each_says_what_is_missing(fresh_project):
    scoring.index_frames(fresh_project)

    for verb in (classes.classes, found_slices.found_slices, rare_classes.rare_classes):
        with pytest.raises(NothingYetError, match="Label some"):
            verb(fresh_project)
