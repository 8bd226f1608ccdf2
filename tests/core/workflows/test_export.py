from __future__ import annotations

import csv
import io
import json

import pandas as pd
import pytest

from core.errors import DiskError, FieldcheckError
from core.exports.registry import FORMATS
from core.workflows import choices, export, queue, scoring


@pytest.fixture
def reviewed_project(tiny_project, decide):
    """Four decided pictures: one agreed, two relabelled, one hard case with tags and a note."""
    decide(tiny_project, "cam1/003.jpg", "agree", "red")
    decide(tiny_project, "cam2/006.jpg", "label", "red")
    decide(tiny_project, "cam1/000.jpg", "label", "green")
    decide(tiny_project, "cam1/004.jpg", "hard_case", "on")
    decide(tiny_project, "cam1/004.jpg", "tag", "fog")
    decide(tiny_project, "cam1/004.jpg", "tag", "blur")
    decide(tiny_project, "cam1/004.jpg", "note", '=cmd|"x"!A0\nzweite Zeile ü')
    return tiny_project


def rows(found: export.Export, format_name: str = "csv") -> list[dict[str, str]]:
    _, content = export.export_bytes(found, format_name=format_name)
    if format_name == "csv":
        return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    if format_name == "parquet":
        return pd.read_parquet(io.BytesIO(content)).to_dict("records")
    return [json.loads(line) for line in content.splitlines()]


@pytest.mark.parametrize(
    ("choice", "wanted"),
    [
        ("reviewed", ["cam1/000.jpg", "cam1/003.jpg", "cam1/004.jpg", "cam2/006.jpg"]),
        ("relabelled", ["cam1/000.jpg", "cam2/006.jpg"]),
        ("hard-cases", ["cam1/004.jpg"]),
    ],
)
def test_each_choice_holds_its_pictures(reviewed_project, choice, wanted):
    found = export.export(reviewed_project, choice=choice)

    assert list(found.table["path"]) == wanted
    assert found.sentence.startswith(export.CHOICES[choice])


def test_a_row_says_what_was_before_and_what_is_now(reviewed_project):
    row = {r["path"]: r for r in rows(export.export(reviewed_project))}["cam2/006.jpg"]

    assert tuple(row) == export.COLUMNS
    assert (row["folder"], row["label_before"], row["label_now"]) == ("field", "green", "red")
    assert (row["decision"], row["answer"], row["camera"]) == ("label", "red", "cam2")
    assert row["reviewer"] == "me"
    assert row["taken_at"] == "2026-03-02T08:30:00"
    assert row["model_id"] == choices.choices_of(reviewed_project).model_id
    assert 0.99 < float(row["confidence"]) < 1


@pytest.mark.parametrize("format_name", FORMATS)
def test_notes_survive_every_format_and_formulas_are_defused_in_csv(reviewed_project, format_name):
    found = export.export(reviewed_project, choice="hard-cases")
    (row,) = rows(found, format_name)

    assert row["note"] == ("'" if format_name == "csv" else "") + '=cmd|"x"!A0\nzweite Zeile ü'
    assert row["tags"] == "blur | fog"
    assert row["hard_case"] in ("True", True)


def test_what_was_taken_back_does_not_go_out(tiny_project, decide):
    decide(tiny_project, "cam1/003.jpg", "label", "blue")
    queue.undo_last(tiny_project)

    assert export.export(tiny_project).table.empty


@pytest.mark.parametrize("choice", [name for name in export.CHOICES if name != "frames"])
def test_nothing_yet_is_said_and_still_a_file_with_its_columns(tiny_project, choice):
    found = export.export(tiny_project, choice=choice)

    assert list(found.table.columns) == list(export.COLUMNS)
    assert "nothing yet" in found.sentence
    assert rows(found) == []


def test_agreeing_with_a_wrong_label_is_a_relabel_and_unsure_is_not(tiny_project, decide):
    decide(tiny_project, "cam2/006.jpg", "agree", "red")
    decide(tiny_project, "cam2/007.jpg", "unsure")
    found = export.export(tiny_project, choice="relabelled")

    assert list(found.table["path"]) == ["cam2/006.jpg"]


def test_copies_are_a_row_each_and_one_picture(fresh_project, own_frames, decide):
    copy = own_frames.field_folder / "copy.jpg"
    copy.write_bytes((own_frames.field_folder / "cam1" / "003.jpg").read_bytes())
    scoring.prepare(fresh_project)
    decide(fresh_project, "cam1/003.jpg", "label", "blue")
    found = export.export(fresh_project)

    assert list(found.table["path"]) == ["cam1/003.jpg", "copy.jpg"]
    assert "1 picture in 2 files" in found.sentence


def test_reviews_of_reference_frames_go_out_under_their_folder(tiny_project, decide):
    decide(tiny_project, "cam1/003.jpg", "label", "blue")
    decide(tiny_project, "red/000.jpg", "label", "blue")
    found = export.export(tiny_project, choice="relabelled")

    assert list(zip(found.table["folder"], found.table["path"], strict=True)) == [
        ("field", "cam1/003.jpg"), ("reference", "red/000.jpg"),
    ]  # fmt: skip
    assert "2 pictures" in found.sentence
    assert "1 picture of the reference" in found.sentence


def test_a_review_whose_picture_is_gone_goes_out_by_content_and_says_why(
    fresh_project, own_frames, decide
):
    scoring.prepare(fresh_project)
    decide(fresh_project, "cam1/003.jpg", "label", "blue")
    gone = decide(fresh_project, "cam1/004.jpg", "hard_case", "on").content_hash
    (own_frames.field_folder / "cam1" / "004.jpg").unlink()
    scoring.prepare(fresh_project)
    found = export.export(fresh_project)

    here, lost = rows(found)
    assert (here["path"], here["missing"]) == ("cam1/003.jpg", "")
    assert (lost["folder"], lost["path"], lost["content_hash"]) == ("", "", gone)
    assert lost["missing"] == export.MISSING
    assert lost["hard_case"] == "True"
    assert "The files of 1 picture are gone" in found.sentence
    assert "1 of them a hard case" in found.sentence


def test_metadata_columns_named_like_ours_do_no_harm(fresh_project, own_frames, decide):
    names = ("note", "tags", "reviewer", "decision", "hard_case", "label_now", "model_id")
    lines = own_frames.metadata.read_text(encoding="utf-8").splitlines()
    filled = [
        f"{line},{','.join(names if n == 0 else ['theirs'] * len(names))}"
        for n, line in enumerate(lines)
    ]
    own_frames.metadata.write_text("\n".join(filled), encoding="utf-8")
    scoring.prepare(fresh_project)
    decide(fresh_project, "cam1/003.jpg", "note", "ours")
    (row,) = rows(export.export(fresh_project))

    assert (row["note"], row["tags"], row["reviewer"]) == ("ours", "", "me")


def test_an_export_is_written_whole_into_the_project_or_where_told(reviewed_project, tmp_path):
    found = export.export(reviewed_project, choice="relabelled")
    inside = export.write_export(reviewed_project, found, format_name="csv", out=None)
    told = export.write_export(
        reviewed_project, found, format_name="jsonl", out=tmp_path / "new" / "out.jsonl"
    )

    assert inside.parent == reviewed_project.folder / "exports"
    assert inside.name.startswith("fieldcheck-relabelled-")
    assert inside.suffix == ".csv"
    assert inside.read_bytes() == export.export_bytes(found, format_name="csv")[1]
    assert len(told.read_bytes().splitlines()) == 2
    assert not list(tmp_path.rglob("*.part"))


def test_what_cannot_be_exported_is_said(reviewed_project, tmp_path):
    found = export.export(reviewed_project)
    (tmp_path / "file").touch()

    with pytest.raises(FieldcheckError, match=r"no export 'all'.*reviewed"):
        export.export(reviewed_project, choice="all")
    with pytest.raises(FieldcheckError, match=r"no format 'xlsx'.*csv"):
        export.export_bytes(found, format_name="xlsx")
    with pytest.raises(DiskError, match="--out"):
        export.write_export(
            reviewed_project, found, format_name="csv", out=tmp_path / "file" / "x.csv"
        )


def test_an_export_changes_no_review(reviewed_project):
    before = queue.reviews_list(reviewed_project)
    found = export.export(reviewed_project)
    export.write_export(reviewed_project, found, format_name="csv", out=None)

    assert queue.reviews_list(reviewed_project) == before


def test_every_format_has_a_title_for_people():
    assert set(export.FORMAT_TITLES) == set(FORMATS)
