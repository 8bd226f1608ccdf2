from __future__ import annotations

import json

import pytest

from core.errors import MetadataError
from core.frames.coco import read_coco
from core.frames.metadata_file import read_metadata_file

CATEGORIES = [{"id": 1, "name": "saw"}, {"id": 2, "name": "pliers"}]


def written(folder, data):
    file = folder / "annotations.json"
    file.write_text(data if isinstance(data, str) else json.dumps(data), encoding="utf-8")
    return file


def read(folder, images, annotations, categories=CATEGORIES):
    return read_coco(
        written(folder, {"images": images, "annotations": annotations, "categories": categories})
    )


def test_one_category_is_the_label_and_other_fields_are_columns(tmp_path):
    image = {
        "id": 7, "file_name": "a/1.jpg", "width": 640, "height": 480, "license": 1,
        "date_captured": "2026-03-02 09:21:33", "camera": "cam1", "location": 12.0,
        "seen": True, "note": None, "bbox": [1, 2],
    }  # fmt: skip
    table = read(tmp_path, [image], [{"image_id": 7, "category_id": 1}] * 2)

    assert table.frame.to_dict("records") == [
        {
            "file_name": "a/1.jpg", "date_captured": "2026-03-02 09:21:33", "camera": "cam1",
            "location": "12", "seen": "yes", "note": "", "category": "saw",
        }
    ]  # fmt: skip
    assert (table.path, table.label) == ("file_name", "category")
    assert (table.taken_at, table.camera) == ("date_captured", "camera")
    assert table.notes == ()


def test_several_categories_are_no_label_and_said(tmp_path):
    images = [{"id": n, "file_name": f"{n}.jpg"} for n in range(3)]
    annotations = [
        {"image_id": 0, "category_id": 1},
        {"image_id": 1, "category_id": 1},
        {"image_id": 1, "category_id": 2},
    ]
    table = read(tmp_path, images, annotations)

    assert table.frame["category"].tolist() == ["saw", "", ""]
    assert table.notes == (
        "1 picture shows several categories and got no label, such as 1.jpg (pliers, saw).",
    )


def test_a_category_the_file_does_not_list_is_no_label_and_said(tmp_path):
    annotations = [{"image_id": 0, "category_id": 9}, {"image_id": 0, "category_id": 1}, {}]
    table = read(tmp_path, [{"id": 0, "file_name": "a.jpg"}], annotations)

    assert table.label is None
    assert "2 annotations name a category the file does not list" in table.notes[0]


def test_ids_as_text_and_as_numbers_are_one(tmp_path):
    table = read(
        tmp_path,
        [{"id": "7", "file_name": "a.jpg"}],
        [{"image_id": 7, "category_id": "2"}],
    )

    assert table.frame["category"].tolist() == ["pliers"]


def test_without_annotations_there_is_no_label_but_the_fields(tmp_path):
    table = read_coco(written(tmp_path, {"images": [{"file_name": "a.jpg", "site": "north"}]}))

    assert table.label is None
    assert table.frame["site"].tolist() == ["north"]


def test_a_field_called_category_is_kept_beside_the_label(tmp_path):
    image = {"id": 0, "file_name": "a.jpg", "category": "theirs"}
    table = read(tmp_path, [image], [{"image_id": 0, "category_id": 1}])

    assert table.label == "category (2)"
    assert table.frame["category"].tolist() == ["theirs"]


def test_images_without_a_name_are_left_out_and_said(tmp_path):
    table = read_coco(written(tmp_path, {"images": [{"file_name": "a.jpg"}, {"id": 2}]}))

    assert len(table.frame) == 1
    assert "1 of its images have no 'file_name'" in table.notes[0]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('{"images": [', "broken JSON: .* in line 1, column"),
        ("", "broken JSON"),
        ("[1, 2]", "holds a list"),
        ("3", "holds a int"),
        ('{"annotations": []}', "lists no picture.*Found: 'annotations'"),
        ('{"images": {}}', "lists no picture"),
        ('{"images": [1, "a", null]}', "lists no picture"),
        ("{}", "Found: nothing"),
        ("[" * 200_000, "no readable JSON"),
    ],
)
def test_what_is_no_coco_is_refused_with_the_reason(tmp_path, text, problem):
    with pytest.raises(MetadataError, match=problem):
        read_coco(written(tmp_path, text))


def test_bytes_that_are_no_text_and_missing_files_are_refused(tmp_path):
    file = tmp_path / "a.json"
    file.write_bytes(b"\xff\xfe\x00\xd8 {")

    with pytest.raises(MetadataError, match="JSON"):
        read_coco(file)
    with pytest.raises(MetadataError, match="could not be opened"):
        read_coco(tmp_path / "gone.json")


def test_the_suffix_tells_which_kind_it_is(tmp_path):
    coco = written(tmp_path, {"images": [{"file_name": "a.jpg"}]})
    table = tmp_path / "table.csv"
    table.write_text("path,label\nb.jpg,saw\n", encoding="utf-8")

    assert read_metadata_file(coco).frame["file_name"].tolist() == ["a.jpg"]
    assert read_metadata_file(table).frame["path"].tolist() == ["b.jpg"]
