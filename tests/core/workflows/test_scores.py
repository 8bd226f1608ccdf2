from __future__ import annotations

import csv
import json

import numpy as np
import pandas as pd
import pytest

from core.errors import PictureError, ProjectError
from core.findings.columns import DERIVED
from core.models.classifier import answers
from core.records import Folder
from core.store.choices import choose
from core.store.database import connect
from core.tables import FRAMES, PREDICTIONS, QUALITY
from core.workflows import choices, projects, scores, scoring

CLASSES = ("red", "green", "blue")


def by_path(project) -> pd.DataFrame:
    return scores.scores(project).frames.set_index("path")


def rewrite(frames, change) -> None:
    """Change the rows of the metadata file."""
    with frames.metadata.open(newline="", encoding="utf-8") as file:
        rows = [change(row) for row in csv.DictReader(file)]
    with frames.metadata.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def test_the_table_has_every_promised_column(tiny_project):
    found = scores.scores(tiny_project)

    wanted = [
        *FRAMES, *PREDICTIONS, *QUALITY, *DERIVED, "is_right", "shown", "is_unusual", "place",
    ]  # fmt: skip
    assert set(wanted) == set(found.frames.columns)
    assert found.metadata_columns == ("place",)


def test_labels_come_from_metadata_in_the_field_and_folders_in_the_reference(tiny_project):
    frames = by_path(tiny_project)

    assert frames.loc["cam2/006.jpg", "label"] == "green"  # as the table says, though it is red
    assert pd.isna(frames.loc["cam1/000.jpg", "label"])
    assert frames.loc["red/000.jpg", "label"] == "red"
    assert frames.loc["cam1/003.jpg", "hour"] == "08:00"
    assert frames.loc["cam1/003.jpg", "day"] == "2026-03-02"


def test_right_means_the_answer_is_the_label(tiny_project, tiny_frames):
    found = scores.scores(tiny_project)
    field = found.labelled(Folder.FIELD)

    assert len(field) == tiny_frames.labelled
    assert field["is_right"].dtype == bool
    assert (field["is_right"] == (field["label"] == field["answer"])).all()
    assert found.accuracy(Folder.FIELD).right == tiny_frames.right
    assert found.accuracy(Folder.REFERENCE).right == tiny_frames.reference_right


def test_unlabelled_and_unknown_labels_are_neither_right_nor_wrong(tiny_project, tiny_frames):
    found = scores.scores(tiny_project)
    field = found.of(Folder.FIELD)

    assert field["label"].isna().sum() == tiny_frames.unlabelled
    assert field.loc[field["label"].isna(), "is_right"].isna().all()
    assert field.loc[field["label"] == "purple", "is_right"].isna().all()
    assert found.labels_unknown == {"purple": 2}


def test_frames_of_one_clip_count_together(tiny_project, tiny_frames):
    found = scores.scores(tiny_project).accuracy(Folder.FIELD)

    assert found.clips == tiny_frames.clips
    assert found.effective < found.of


def test_labels_may_differ_from_classes_in_case_and_blanks(fresh_project, own_frames):
    rewrite(own_frames, lambda row: {**row, "label": f" {row['label'].upper()} "})
    scoring.prepare(fresh_project)

    found = scores.scores(fresh_project).accuracy(Folder.FIELD)
    assert (found.right, found.of) == (own_frames.right, own_frames.labelled)


def test_a_changed_table_is_read_again(fresh_project, own_frames):
    scoring.prepare(fresh_project)
    before = scores.scores(fresh_project).accuracy(Folder.FIELD)
    rewrite(own_frames, lambda row: {**row, "label": "red"})

    after = scores.scores(fresh_project).accuracy(Folder.FIELD)
    assert (before.of, after.of) == (own_frames.labelled, 48)


def test_what_did_not_change_is_not_read_again(tiny_project):
    assert scores.scores(tiny_project) is scores.scores(tiny_project)


def test_a_table_that_is_gone_is_said_and_the_frames_stay(fresh_project, own_frames):
    scoring.prepare(fresh_project)
    own_frames.metadata.unlink()
    found = scores.scores(fresh_project)

    assert len(found.frames) == 109
    assert len(found.notes) == 1
    assert "metadata.csv" in found.notes[0]


def test_metadata_columns_named_like_ours_lose_nothing(fresh_project, own_frames):
    names = ("hour", "day", "is_right", "answer", "clip", "note", "tags", "decision", "reviewer")
    rewrite(own_frames, lambda row: {**row, **{name: f"their {name}" for name in names}})
    scoring.prepare(fresh_project)
    found = scores.scores(fresh_project)
    row = found.frames.set_index("path").loc["cam1/003.jpg"]

    for name in ("hour", "day", "is_right", "answer", "clip"):
        assert row[f"meta_{name}"] == f"their {name}", name
    assert (row["hour"], row["is_right"], row["answer"]) == ("08:00", True, "red")
    assert row["note"] == "their note"


def test_rows_that_name_a_picture_twice_and_times_that_are_none_are_said(fresh_project, own_frames):
    with own_frames.metadata.open("a", encoding="utf-8") as file:
        file.write("field/cam1/003.jpg,green,cam1,2026-03-02 09:00:00,yard\n")
    rewrite(
        own_frames,
        lambda row: {**row, "taken_at": "noonish"} if "cam1/004" in row["path"] else row,
    )
    scoring.index_frames(fresh_project)
    notes = " ".join(scores.scores(fresh_project).notes)

    assert "1 row of the metadata" in notes
    assert "field/cam1/003.jpg" in notes
    assert "'noonish'" in notes
    assert by_path(fresh_project).loc["cam1/003.jpg", "label"] == "red"


def test_a_project_without_frames_has_an_empty_table(fresh_project):
    found = scores.scores(fresh_project)

    assert found.frames.empty
    assert found.accuracy(Folder.FIELD).of == 0
    assert found.labels_unknown == {}


def test_frames_without_answers_count_nowhere(fresh_project):
    scoring.index_frames(fresh_project)
    found = scores.scores(fresh_project)

    assert len(found.frames) == 109
    assert found.accuracy(Folder.FIELD).of == 0
    assert scores.dial_frames(fresh_project).empty


def test_stored_vectors_belong_to_their_answers(tiny_project):
    frames = scores.scores(tiny_project).frames
    digests = list(frames["content_hash"])
    logits = scores.vectors(tiny_project, "logits", digests)

    assert [answer.label for answer in answers(logits, ("red", "green", "blue"))] == list(
        frames["answer"]
    )
    np.testing.assert_allclose(scores.vectors(tiny_project, "embedding", digests) * 10, logits)


def test_the_dial_is_offered_each_answered_picture_once(tiny_project, tiny_frames):
    frames = scores.dial_frames(tiny_project)

    assert len(frames) == tiny_frames.readable
    assert set(frames["folder"]) == {"field"}
    assert list(frames["path"]) == sorted(frames["path"])


def test_sentences_go_with_their_frames(tiny_project):
    frames = scores.scores(tiny_project).frames.set_index("path")
    picked = frames.loc[["cam1/003.jpg", "cam2/006.jpg", "cam1/000.jpg"]]

    assert scores.sentences(picked) == [
        "99 % sure it is red, as the label says",
        "99 % sure it is red; the label says green",
        "99 % sure it is red; nobody has labelled it",
    ]


def test_a_picture_is_found_under_any_of_its_copies(fresh_project, own_frames):
    first = own_frames.field_folder / "cam1" / "003.jpg"
    (own_frames.field_folder / "copy.jpg").write_bytes(first.read_bytes())
    scoring.index_frames(fresh_project)
    digest = by_path(fresh_project).loc["copy.jpg", "content_hash"]
    first.unlink()

    assert scores.picture_path(fresh_project, digest) == own_frames.field_folder / "copy.jpg"
    assert scores.picture_jpeg(fresh_project, digest, long_side=64).startswith(b"\xff\xd8")
    (own_frames.field_folder / "copy.jpg").unlink()
    with pytest.raises(PictureError, match="file is gone"):
        scores.picture_jpeg(fresh_project, digest, long_side=64)


def test_a_changed_picture_is_shown_as_it_is_now(fresh_project, own_frames, colour_picture):
    scoring.index_frames(fresh_project)
    digest = by_path(fresh_project).loc["cam1/003.jpg", "content_hash"]
    before = scores.picture_jpeg(fresh_project, digest, long_side=64)
    colour_picture(own_frames.field_folder / "cam1" / "003.jpg", "green", seed=1)

    assert scores.picture_jpeg(fresh_project, digest, long_side=64) != before


def test_an_unknown_picture_is_gone(tiny_project):
    assert scores.picture_path(tiny_project, "0" * 32) is None


def test_a_longer_gap_joins_more_frames_into_a_clip(tiny_project):
    from core.store.choices import choose
    from core.store.database import connect

    with connect(tiny_project.database) as db:
        choose(db, clip_gap_seconds=3600.0)

    assert choices.choices_of(tiny_project).clip_gap_seconds == 3600
    assert scores.scores(tiny_project).accuracy(Folder.FIELD).clips == 2


def test_names_tell_less_than_the_table_and_more_than_nothing(tiny_model, own_frames, tmp_path):
    own_frames.metadata.write_text("path,camera\nfield/cam1/003.jpg,by hand\n", encoding="utf-8")
    project = projects.create_project(
        model=tiny_model, field=own_frames.field_folder, reference=own_frames.reference_folder,
        pattern="{camera}/{number}", folder=tmp_path / "p",
    )  # fmt: skip
    scoring.index_frames(project)
    found = scores.scores(project)
    frames = found.frames.set_index(["folder", "path"])

    assert frames.loc[("field", "cam1/003.jpg"), "camera"] == "by hand"
    assert frames.loc[("field", "cam2/004.jpg"), "camera"] == "cam2"
    assert frames.loc[("field", "cam2/004.jpg"), "number"] == "004"
    assert found.metadata_columns == ("number",)
    assert not [note for note in found.notes if "pattern" in note]


def test_names_that_do_not_fit_are_counted_in_the_field_only(fresh_project):
    with connect(fresh_project.database) as db:
        choose(db, name_pattern="{camera}/{number}0")
    scoring.index_frames(fresh_project)
    notes = [n for n in scores.scores(fresh_project).notes if "pattern" in n]

    assert notes == [
        "43 field frames do not fit the pattern of names and got nothing from it, such as "
        "cam1/001.jpg."
    ]


def test_a_stored_pattern_that_is_none_costs_its_columns_only(fresh_project):
    with connect(fresh_project.database) as db:
        choose(db, name_pattern="{camera")
    scoring.index_frames(fresh_project)
    found = scores.scores(fresh_project)

    assert len(found.frames) == 109
    assert any("brace {" in note for note in found.notes)


def test_coco_annotations_are_joined_as_a_table_is(tiny_model, own_frames, tmp_path):
    annotations = own_frames.root / "annotations.json"
    images = [{"id": n, "file_name": f"field/cam1/{n:03}.jpg", "site": "yard"} for n in range(9)]
    annotations.write_text(
        json.dumps(
            {
                "images": images,
                "annotations": [{"image_id": n, "category_id": n % 3} for n in range(8)],
                "categories": [{"id": n, "name": name} for n, name in enumerate(CLASSES)],
            }
        )
    )
    project = projects.create_project(
        model=tiny_model, field=own_frames.field_folder, metadata=annotations,
        folder=tmp_path / "p",
    )  # fmt: skip
    scoring.index_frames(project)
    frames = scores.scores(project).frames.set_index("path")

    assert frames.loc["cam1/004.jpg", "label"] == "green"
    assert frames.loc["cam1/004.jpg", "site"] == "yard"
    assert pd.isna(frames.loc["cam1/008.jpg", "label"])


def test_the_clock_and_the_season_follow_their_setting(tiny_project):
    choices.set_clock(tiny_project, day_hours=(9, 17), is_southern=True)
    row = scores.scores(tiny_project).frames.set_index("path").loc["cam1/003.jpg"]

    assert (row["day_night"], row["season"]) == ("night (17–9)", "autumn")


@pytest.mark.parametrize("hours", [(7, 7), (-1, 5), (5, 25)])
def test_hours_that_are_none_are_refused(tiny_project, hours):
    with pytest.raises(ProjectError, match="Day cannot last"):
        choices.set_clock(tiny_project, day_hours=hours)
