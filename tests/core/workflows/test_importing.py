"""Labels of other programs: looked at first, brought in once, taken back in one step."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from core.errors import FieldcheckError, MetadataError, ReviewError
from core.findings import import_words as words
from core.workflows import history, importing, queue, scores


@pytest.fixture
def write(tmp_path):
    def make(name: str, content) -> Path:
        path = tmp_path / name
        text = content if isinstance(content, str) else json.dumps(content)
        path.write_text(text, encoding="utf-8")
        return path

    return make


def standing(project) -> dict[str, tuple[str, str]]:
    frames = scores.scores(project).frames.set_index("content_hash")["path"].to_dict()
    table = scores.reviewed(project)
    return {
        frames[row["content_hash"]]: (row["label"], row["reviewer"])
        for row in table.to_dict("records")
        if row["label"]
    }


MIXED = """path,label
cam1/003.jpg,red
cam1\\004.jpg,GREEN
field/cam1/005.jpg, blue
no_row.jpg,green
000.jpg,red
cam9/none.jpg,red
cam1/006.jpg,violet
cam1/007.jpg,
cam1/003.jpg,red
"""


def test_every_row_says_what_becomes_of_it_before_anything_is_stored(tiny_project, write):
    found = importing.preview(tiny_project, write("labels.csv", MIXED))

    assert found.counts == {
        words.READY: 4, words.SEVERAL: 1, words.NO_PICTURE: 1, words.NO_CLASS: 1,
        words.NOTHING: 1, words.REPEATED: 1,
    }  # fmt: skip
    assert found.sentence == (
        "9 rows: 4 would become decisions, 1 hold no label, 1 name a picture this project does "
        "not have, 1 name a file that several pictures are called, 1 name a class the model does "
        "not have, 1 say the same of the same picture again."
    )
    assert standing(tiny_project) == {}


def test_it_is_brought_in_as_reviews_of_the_file(tiny_project, write):
    path = write("labels.csv", MIXED)

    assert importing.bring_in(tiny_project, importing.preview(tiny_project, path)) == 4
    assert standing(tiny_project) == {
        "cam1/003.jpg": ("red", "import: labels.csv"),
        "cam1/004.jpg": ("green", "import: labels.csv"),
        "cam1/005.jpg": ("blue", "import: labels.csv"),
        "cam1/no_row.jpg": ("green", "import: labels.csv"),
    }


def test_twice_changes_nothing_wherever_the_file_lies_and_whatever_it_is_called(
    tiny_project, write, tmp_path
):
    path = write("labels.csv", MIXED)
    importing.bring_in(tiny_project, importing.preview(tiny_project, path))
    (tmp_path / "elsewhere").mkdir()
    shutil.move(path, tmp_path / "elsewhere" / "renamed.csv")
    before = queue.reviews_list(tiny_project)

    again = importing.preview(tiny_project, tmp_path / "elsewhere" / "renamed.csv")

    assert (again.counts[words.KNOWN], again.counts[words.REPEATED]) == (4, 1)
    assert words.READY not in again.counts
    assert importing.bring_in(tiny_project, again) == 0
    assert queue.reviews_list(tiny_project) == before


def test_a_person_who_decides_after_the_import_keeps_the_last_word(tiny_project, write, decide):
    path = write("labels.csv", "path,label\ncam1/003.jpg,red\n")
    importing.bring_in(tiny_project, importing.preview(tiny_project, path))
    decide(tiny_project, "cam1/003.jpg", "label", "blue")

    importing.bring_in(tiny_project, importing.preview(tiny_project, path))

    assert standing(tiny_project)["cam1/003.jpg"][0] == "blue"


def test_what_it_would_overrule_is_said_and_undo_brings_it_back(tiny_project, write, decide):
    decide(tiny_project, "cam1/003.jpg", "label", "blue")
    path = write("labels.csv", "path,label\ncam1/003.jpg,red\ncam1/004.jpg,red\n")
    found = importing.preview(tiny_project, path)
    assert found.changes == 1
    assert importing.warnings(found)[0].startswith("1 picture was decided otherwise here")
    importing.bring_in(tiny_project, found)
    assert importing.last_import(tiny_project) == ("labels.csv", 2)

    said = importing.undo(tiny_project)

    assert said == "2 labels of labels.csv taken back; both stay on record."
    assert standing(tiny_project) == {"cam1/003.jpg": ("blue", "me")}
    assert importing.last_import(tiny_project) is None
    with pytest.raises(ReviewError, match="No import stands"):
        importing.undo(tiny_project)


def test_two_imports_are_taken_back_newest_first(tiny_project, write):
    for name, label in (("a.csv", "red"), ("b.csv", "blue")):
        path = write(name, f"path,label\ncam1/003.jpg,{label}\n")
        importing.bring_in(tiny_project, importing.preview(tiny_project, path))

    assert "b.csv" in importing.undo(tiny_project)
    assert standing(tiny_project)["cam1/003.jpg"] == ("red", "import: a.csv")
    assert "a.csv" in importing.undo(tiny_project)


def test_an_import_brought_back_by_the_history_can_be_taken_back_again(tiny_project, write):
    path = write("a.csv", "path,label\ncam1/003.jpg,red\ncam1/004.jpg,red\n")
    importing.bring_in(tiny_project, importing.preview(tiny_project, path))
    importing.undo(tiny_project)
    undo = history.history(tiny_project).entries[0]
    back = history.preview_these(tiny_project, undo.id, together=True)
    assert history.take_back(tiny_project, back) == 2

    assert importing.last_import(tiny_project) == ("a.csv", 2)
    assert importing.preview(tiny_project, path).counts == {words.KNOWN: 2}
    importing.undo(tiny_project)
    assert standing(tiny_project) == {}


def test_an_import_taken_back_by_the_history_can_be_brought_in_again(tiny_project, write, decide):
    before = decide(tiny_project, "cam1/005.jpg", "label", "blue")
    path = write("a.csv", "path,label\ncam1/003.jpg,red\ncam1/004.jpg,red\n")
    importing.bring_in(tiny_project, importing.preview(tiny_project, path))
    back = history.preview_to(tiny_project, before.id, everyone=True)
    assert history.take_back(tiny_project, back) == 2

    assert importing.bring_in(tiny_project, importing.preview(tiny_project, path)) == 2
    assert standing(tiny_project)["cam1/003.jpg"][0] == "red"


def test_what_stands_already_is_not_decided_again(tiny_project, write, decide):
    decide(tiny_project, "cam1/003.jpg", "agree", "red")

    found = importing.preview(tiny_project, write("x.csv", "path,label\ncam1/003.jpg,red\n"))

    assert found.counts == {words.SAME: 1} and not found.reviews


def test_a_content_hash_goes_before_the_name(tiny_project, write):
    frames = scores.scores(tiny_project).frames.set_index("path")["content_hash"]
    text = f"path,content_hash,label\ncam1/003.jpg,{frames['cam1/004.jpg']},red\n"
    text += f"cam1/005.jpg,{'0' * 64},red\n"

    importing.bring_in(tiny_project, importing.preview(tiny_project, write("x.csv", text)))

    assert list(standing(tiny_project)) == ["cam1/004.jpg"]


def test_label_studio_names_who_labelled_and_its_upload_prefix_is_seen_through(tiny_project, write):
    def task(image, *annotations):
        return {"data": {"image": image}, "annotations": list(annotations)}

    def said(choice, **other):
        return {"result": [{"type": "choices", "value": {"choices": choice}}]} | other

    tasks = [
        task("/data/upload/1/3fb5c1aa-no_row.jpg",
             said(["green"], completed_by={"email": "ana@x"})),
        task("/data/local-files/?d=cam1/003.jpg", said(["red"], completed_by=7)),
        task("cam1/004.jpg", said(["red"], was_cancelled=True)),
        task("cam1/005.jpg", said(["red", "blue"])),
        task("cam1/006.jpg", said(["red"], completed_by={"email": "ana@x"}),
             said(["blue"], completed_by={"email": "ben@x"})),
    ]  # fmt: skip
    found = importing.preview(tiny_project, write("export.json", tasks))

    importing.bring_in(tiny_project, found)

    assert found.counts[words.UNREADABLE] == 1 and found.disagree == 1
    assert standing(tiny_project) == {
        "cam1/no_row.jpg": ("green", "ana@x"),
        "cam1/003.jpg": ("red", "import: export.json"),
        "cam1/006.jpg": ("blue", "ben@x"),
    }


def test_coco_of_another_program_costs_its_bad_rows_only(tiny_project, write):
    data = {
        "images": [
            {"id": n, "file_name": name}
            for n, name in enumerate(["cam1/003.jpg", "cam1/004.jpg", "cam1/005.jpg", "x.jpg"])
        ],
        "categories": [{"id": 1, "name": "red"}, {"id": 2, "name": "blue"}],
        "annotations": [
            {"image_id": 0, "category_id": 1}, {"image_id": 1, "category_id": 1},
            {"image_id": 1, "category_id": 2}, {"image_id": 2, "category_id": 9},
            {"image_id": 3, "category_id": 1}, "nonsense",
        ],
    }  # fmt: skip
    found = importing.preview(tiny_project, write("coco.json", data))

    assert found.counts == {words.READY: 1, words.NO_PICTURE: 1, words.UNREADABLE: 2}


def test_a_picture_that_came_along_is_known_by_its_content(tiny_project, tiny_frames, tmp_path):
    for name, place in (("red", "cam1/003.jpg"), ("blue", "cam2/000.jpg")):
        (tmp_path / "sorted" / name).mkdir(parents=True)
        shutil.copy(tiny_frames.field_folder / place, tmp_path / "sorted" / name / f"{name}-x.jpg")

    importing.bring_in(tiny_project, importing.preview(tiny_project, tmp_path / "sorted"))

    assert {path: label for path, (label, _) in standing(tiny_project).items()} == {
        "cam1/003.jpg": "red", "cam2/000.jpg": "blue",
    }  # fmt: skip


HOSTILE = [
    "<script>alert(1)</script>", "=cmd|'/C calc'!A0", "\u202egnp", "👩🏽‍🔬", "ß" * 10_000,
    "a\nb", "a\0b",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_labels_and_names_are_told_and_stored_inertly(tiny_project, write, text):
    rows = [
        {"path": "cam1/003.jpg", "label": text, "annotator": text},
        {"path": text, "label": "red"},
        {"path": "cam1/004.jpg", "label": "red", "annotator": text},
    ]
    content = "\n".join(json.dumps(row) for row in rows)
    found = importing.preview(tiny_project, write("x.jsonl", content))

    assert found.counts == {words.NO_CLASS: 1, words.NO_PICTURE: 1, words.READY: 1}
    assert importing.bring_in(tiny_project, found) == 1
    assert standing(tiny_project)["cam1/004.jpg"] == ("red", text[:200])
    json.dumps(importing.preview_json(found), allow_nan=False)


def test_half_a_letter_costs_its_row(tiny_project, write):
    content = (
        '{"path": "cam1/003.jpg", "label": "\\ud800"}\n{"path": "cam1/004.jpg", "label": "red"}'
    )

    found = importing.preview(tiny_project, write("x.jsonl", content))

    assert found.counts == {words.UNREADABLE: 1, words.READY: 1}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.csv", "a,b\n1,2\n"), ("x.csv", ""), ("x.json", "{"), ("x.json", "[]"),
        ("x.json", '{"images": 3}'), ("x.json", '{"samples": 3}'), ("x.parquet", "PAR1"),
        ("x.json", "[" * 5000), ("x.json", "3"), ("x.bin", "\0\1"), ("x.jsonl", "[1]\n2\n"),
    ],
)  # fmt: skip
def test_what_is_no_file_of_labels_says_so_plainly(tiny_project, write, name, content):
    with pytest.raises(MetadataError):
        importing.preview(tiny_project, write(name, content))


def test_a_path_in_a_dataset_is_not_followed_out_of_its_folder(tiny_project, tmp_path, tiny_frames):
    (tmp_path / "data").mkdir()
    secret = tmp_path / "secret.jpg"
    shutil.copy(tiny_frames.field_folder / "cam1/003.jpg", secret)
    sample = {
        "filepath": "../secret.jpg",
        "ground_truth": {"_cls": "Classification", "label": "red"},
    }
    (tmp_path / "data" / "samples.json").write_text(json.dumps({"samples": [sample]}))

    found = importing.preview(tiny_project, tmp_path / "data")

    assert found.counts == {words.NO_PICTURE: 1}


def test_without_a_file_it_says_where_it_looked(tiny_project, tmp_path):
    with pytest.raises(FieldcheckError, match="There is nothing at"):
        importing.preview(tiny_project, tmp_path / "none.csv")


def test_a_full_disk_stores_nothing(tiny_project, write, monkeypatch):
    found = importing.preview(tiny_project, write("labels.csv", MIXED))

    def full(*_):
        raise ReviewError("no room")

    monkeypatch.setattr("core.store.reviews._append", full)
    with pytest.raises(ReviewError):
        importing.bring_in(tiny_project, found)

    assert standing(tiny_project) == {}
