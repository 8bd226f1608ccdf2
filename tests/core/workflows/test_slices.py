from __future__ import annotations

import json
from dataclasses import replace

import pandas as pd
import pytest

from core.errors import FieldcheckError, NothingYetError
from core.records import Folder, State, Statement
from core.tables import SLICES
from core.workflows import scores, scoring, slices


def test_columns_worth_a_look_are_offered_with_titles(tiny_project):
    assert slices.columns(tiny_project) == {
        "label": "Class",
        "camera": "Camera",
        "hour": "Hour",
        "place": "Place",
        "picture_light": "Light in the picture",
        "brightness_third": "Brightness",
        "contrast_third": "Contrast",
        "sharpness_third": "Sharpness",
        "warmth_third": "Colour of the light",
    }  # all frames are of one day, of one size, packed alike and without noise


def test_a_column_that_differs_only_in_the_reference_is_not_offered(fresh_project, own_frames):
    text = own_frames.metadata.read_text(encoding="utf-8").replace(",yard", ",counter")
    text += "reference/red/005.jpg,red,lab camera,,laboratory\n"
    own_frames.metadata.write_text(text, encoding="utf-8")
    scoring.index_frames(fresh_project)

    assert "camera" in slices.columns(fresh_project)
    assert "place" not in slices.columns(fresh_project)


def test_a_column_is_cut_worst_first_and_loses_no_frame(tiny_project, tiny_frames):
    report = slices.slices(tiny_project, by="camera")

    assert list(report.table.columns) == list(SLICES)
    assert list(report.table["value"]) == ["cam2", "cam1"]
    assert report.table.set_index("value")[["right", "of"]].T.to_dict("list") == {
        "cam2": [15, 21],
        "cam1": [21, 21],
    }
    assert report.table["of"].sum() == tiny_frames.labelled
    assert (report.overall.right, report.overall.of) == (tiny_frames.right, tiny_frames.labelled)
    assert len(report.statements) == 2
    assert "Camera cam2: right in 15 of 21 frames" in report.statements[0].headline


def test_class_is_another_word_for_label(tiny_project):
    by_class = slices.slices(tiny_project, by="class")

    pd.testing.assert_frame_equal(by_class.table, slices.slices(tiny_project, by="label").table)
    assert by_class.title == "Class"


def test_metadata_columns_can_be_cut_by(tiny_project):
    table = slices.slices(tiny_project, by="place").table

    assert set(table["value"]) == {"counter", "yard"}


def test_the_reference_can_be_cut_too(tiny_project, tiny_frames):
    table = slices.slices(tiny_project, by="class", folder=Folder.REFERENCE).table.set_index(
        "value"
    )

    assert (table.loc["red", "right"], table.loc["red", "of"]) == (18, 20)
    assert table["right"].sum() == tiny_frames.reference_right


@pytest.mark.parametrize("by", ["colour", "path", "top3", "content_hash", "is_right"])
def test_what_is_no_column_to_cut_by_is_refused_with_what_there_is(tiny_project, by):
    with pytest.raises(FieldcheckError, match=f"no column '{by}'.*class, camera, hour, place"):
        slices.slices(tiny_project, by=by)


def test_nothing_answered_yet_is_said(fresh_project):
    scoring.index_frames(fresh_project)

    with pytest.raises(FieldcheckError, match="nothing to compare"):
        slices.slices(fresh_project, by="camera")
    with pytest.raises(NothingYetError, match="label some frames"):
        slices.worst(fresh_project)
    assert slices.first_column(fresh_project) in slices.columns(fresh_project)


def test_few_frames_are_not_judged(tiny_project):
    report = slices.slices(tiny_project, by="camera")

    assert {s.state for s in report.statements} == {State.NOT_ENOUGH}
    assert report.headline.state is State.NOT_ENOUGH
    assert slices.worst(tiny_project).state is State.NOT_ENOUGH
    assert slices.first_column(tiny_project) == "label"


@pytest.fixture
def many_frames(tmp_path, tiny_model, colour_picture):
    """Two cameras of sixty frames, each its own clip; camera b is wrong in half of them."""
    from core.workflows import projects

    lines = ["path,label,camera,taken_at"]
    for camera in "ab":
        for number in range(60):
            path = f"field/{camera}/{number:02}.jpg"
            colour_picture(tmp_path / path, "red", seed=number + 100 * (camera == "b"))
            label = "green" if camera == "b" and number % 2 else "red"
            lines.append(f"{path},{label},{camera},2026-03-02 {number // 6:02}:{number % 6}0:00")
    (tmp_path / "metadata.csv").write_text("\n".join(lines), encoding="utf-8")
    project = projects.create_project(
        model=tiny_model, field=tmp_path / "field", folder=tmp_path / "project"
    )  # fmt: skip
    scoring.prepare(project)
    return project


def test_a_bad_camera_is_confirmed_and_named_first(many_frames):
    report = slices.slices(many_frames, by="camera")
    found = slices.worst(many_frames)

    assert report.headline.state is State.CONFIRMED
    assert "Camera b: right in 30 of 60 frames" in report.headline.headline
    assert "50 points behind the rest" in report.headline.headline
    # every green label is wrong, which is further behind still
    assert found.state is State.CONFIRMED
    assert found.headline.startswith("Class green: right in 0 of 30 frames (0 %")
    assert slices.first_column(many_frames) == "label"


def test_the_frames_of_a_slice_come_wrong_ones_first_surest_first(tiny_project):
    frames = slices.frames_of(tiny_project, by="camera", value="cam2")

    assert len(frames) == 21
    assert list(frames["is_right"]) == [False] * 6 + [True] * 15
    wrong = list(frames["confidence"][:6])
    assert wrong == sorted(wrong, reverse=True)


def test_every_bar_opens_as_many_frames_as_it_counts(tiny_project):
    for column in slices.columns(tiny_project):
        for row in slices.slices(tiny_project, by=column).table.to_dict("records"):
            frames = slices.frames_of(tiny_project, by=column, value=row["value"])

            assert len(frames) == row["of"], (column, row["value"])
            assert frames["is_right"].sum() == row["right"]


def test_frames_without_a_value_are_a_slice_of_their_own(fresh_project, own_frames):
    text = own_frames.metadata.read_text(encoding="utf-8")
    own_frames.metadata.write_text(text.replace(",yard", ","), encoding="utf-8")
    scoring.prepare(fresh_project)
    table = slices.slices(fresh_project, by="place").table

    assert set(table["value"]) == {"counter", "(none)"}
    assert len(slices.frames_of(fresh_project, by="place", value="(none)")) == 24


def test_json_has_exactly_the_promised_keys_and_the_pages_numbers(tiny_project):
    report = slices.slices(tiny_project, by="camera")
    rows = json.loads(json.dumps(slices.slices_json(report), allow_nan=False))

    assert [set(row) for row in rows] == [
        {"column", "value", "right", "of", "effective", "clips", "low", "high", "drop",
         "drop_low", "drop_high", "q", "state", "column_2", "value_2", "is_strong", "same_mix",
         "same_mix_drop", "same_mix_low", "same_mix_high"}
    ] * 2  # fmt: skip
    assert [(row["value"], row["right"], row["of"]) for row in rows] == [
        ("cam2", 15, 21),
        ("cam1", 21, 21),
    ]
    assert rows[0]["drop"] == pytest.approx(1 - 15 / 21)


def test_a_slice_without_a_rest_has_no_drop_and_is_json_all_the_same(tiny_project):
    report = slices.slices(tiny_project, by="day")
    (row,) = json.loads(json.dumps(slices.slices_json(report), allow_nan=False))

    assert row["drop"] is None
    assert row["of"] == len(scores.scores(tiny_project).labelled(Folder.FIELD))


def test_column_names_read_like_titles():
    assert slices.title_of("shop_split") == "Shop split"
    assert slices.title_of("label") == "Class"


def test_the_table_for_people_says_the_same_in_words(tiny_project):
    report = slices.slices(tiny_project, by="camera")
    shown = slices.readable_table(report)

    assert list(shown["Camera"]) == list(report.table["value"])
    assert list(shown["Right"]) == list(report.table["right"])
    for sentence, row in zip(report.statements, shown.to_dict("records"), strict=True):
        assert f"{row['Right']} of {row['Of']} frames" in sentence.headline
        assert f"between {row['At least %']} and {row['At most %']} %" in sentence.headline
    assert not any("_" in str(text) for text in [*shown.columns, *shown["That is"]])


def test_a_column_of_ours_that_cuts_as_an_earlier_one_is_not_offered(tiny_project):
    found = scores.scores(tiny_project)
    alike = found.frames.assign(
        camera_model="model of " + found.frames["camera"], season=found.frames["camera"]
    )
    theirs = replace(
        found, frames=alike.assign(site=alike["camera"]), metadata_columns=("place", "site")
    )
    offered = slices._columns(theirs)

    assert {"camera", "site", "place"} <= set(offered)
    assert not {"camera_model", "season"} & set(offered)


def test_what_is_left_to_label_of_a_slice_is_counted(tiny_project):
    found = scores.scores(tiny_project)
    thin = {s.headline.split(":")[0]: s.next_step
            for s in slices.slices(tiny_project, by="camera").statements}  # fmt: skip
    left = found.of(Folder.FIELD)
    left = left[left["answer"].notna() & left["label"].isna()]["camera"].value_counts()

    assert 0 < left["cam1"] < 30
    assert f"Label the {left['cam1']} left, and collect" in thin["Camera cam1"]


def test_no_camera_with_one_behind_is_not_all_well():
    said = [
        Statement("Camera a: right in 9 of 10 frames.", "", State.NONE_FOUND),
        Statement("Camera b: 16 points behind the rest.", "Look.", State.NONE_FOUND, True),
    ]
    headline = slices._headline("camera", pd.DataFrame({"value": ["a", "b"]}), tuple(said))

    assert headline.is_behind
    assert headline.headline.startswith("No camera is a weak spot. Behind the rest, Camera b: 16")
