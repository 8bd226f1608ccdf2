"""What every folder format promises: each picture once, all said of it readable and inert."""

from __future__ import annotations

import csv
import io
import json
import xml.etree.ElementTree as ET
from hashlib import sha256
from pathlib import PurePosixPath

import pandas as pd
import pytest

from core.exports.label_studio import choice_name
from core.exports.layout import PROVENANCE
from core.exports.names import picture_name
from core.exports.registry import FOLDERS

LABELS = [
    "<script>alert(1)</script>", "=cmd|'/C calc'!A0", "\u202egnp.exe\u202c", "👩🏽‍🔬🧲",
    "ß" * 10_000,
    "one\ntwo\r\nthree", "before\x00after", "a/b", "..", "CON", "Red", "red", "  blanks  ", "plain",
]  # fmt: skip
CLASSES = tuple(LABELS)


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    """Two pictures a label in two clips, one reviewed, with its label as the note too."""
    rows = []
    for number, label in enumerate([*LABELS, *LABELS]):
        digest = sha256(str(number).encode()).hexdigest()
        path = f"cam{number % 3}/{number:03}.jpg"
        row = dict.fromkeys(PROVENANCE) | {
            "folder": "field", "path": path, "content_hash": digest, "class_name": label,
            "label_before": label, "label_now": label if number % 2 else None,
            "is_reviewed": bool(number % 2), "hard_case": number % 4 == 0, "tags": label,
            "note": label, "reviewer": label, "answer": "plain", "leaning": "plain",
            "confidence": 0.75, "clip": f"clip {number}", "locked": False, "model_id": "m",
            "width": 64, "height": 48, "picture": picture_name(path, digest),
        }  # fmt: skip
        rows.append(row)
    return pd.DataFrame(rows)


@pytest.fixture(params=FOLDERS)
def made(request, table):
    form = FOLDERS[request.param]
    placed = table.assign(placed=form.place(table, 0))
    return request.param, placed, form.documents(placed, CLASSES)


def said(name: str, placed: pd.DataFrame, documents: dict[str, bytes]) -> list[tuple[str, str]]:
    """(class name, note) of each picture as a reader of that format finds them."""
    if name == "coco":
        data = json.loads(documents["labels.json"])
        names = {one["id"]: one["name"] for one in data["categories"]}
        of = {one["image_id"]: names[one["category_id"]] for one in data["annotations"]}
        return [(of[one["id"]], one["fieldcheck"]["note"]) for one in data["images"]]
    if name == "fiftyone":
        samples = json.loads(documents["samples.json"])["samples"]
        return [(one["ground_truth"]["label"], one["note"]) for one in samples]
    if name == "label-studio":
        tasks = json.loads(documents["tasks.json"])
        facts = [one["data"]["fieldcheck"] for one in tasks]
        return [(one["class_name"], one["note"]) for one in facts]
    if name == "training-list":
        lines = documents["training.jsonl"].decode().strip("\n").split("\n")
        return [(json.loads(line)["class_name"], json.loads(line)["class_name"]) for line in lines]
    rows = csv.DictReader(io.StringIO(documents["classes.csv"].decode("utf-8-sig"), newline=""))
    back = {row["folder_name"]: row["class_name"] for row in rows}
    exact = {label: label for label in LABELS} | {f"'{label}": label for label in LABELS}
    folders = [PurePosixPath(file).parent.name for file in placed["placed"]]
    return [(exact[back[folder]], exact[back[folder]]) for folder in folders]


def test_every_row_is_there_letter_for_letter(made, table):
    assert said(*made) == [(label, label) for label in table["class_name"]]


def test_each_picture_has_one_place_of_its_own_inside_the_folder(made, table):
    _, placed, _ = made
    files = [file for file in placed["placed"] if file]

    assert len({file.casefold() for file in files}) == len(files)
    assert len(files) in (0, len(table))
    for file in files:
        assert ".." not in PurePosixPath(file).parts and not PurePosixPath(file).is_absolute()
        assert all(len(part.encode()) < 200 for part in PurePosixPath(file).parts)


def test_nothing_in_its_tables_runs_as_a_formula(made):
    for name, content in made[2].items():
        if name.endswith(".csv"):
            for row in csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")):
                assert not any(cell.lstrip("\0\u202e")[:1] in {"=", "+", "@"} for cell in row)


def test_documents_and_places_are_the_same_every_time(made, table):
    name, placed, documents = made
    form = FOLDERS[name]

    assert form.place(table, 0) == list(placed["placed"])
    assert dict(form.documents(placed, CLASSES)) == dict(documents)


@pytest.mark.parametrize("name", FOLDERS)
def test_an_empty_table_is_an_empty_folder(name, table):
    form, none = FOLDERS[name], table.head(0)

    assert form.place(none, 0) == []
    assert form.documents(none.assign(placed=pd.Series(dtype="str")), ())


def test_the_buttons_of_label_studio_are_one_a_class_in_readable_xml(table):
    form = FOLDERS["label-studio"]
    documents = form.documents(table.assign(placed=form.place(table, 0)), CLASSES)

    view = ET.fromstring(documents["config.xml"].decode("utf-8"))
    buttons = [choice.get("value") for choice in view.iter("Choice")]
    assert buttons == [choice_name(label) for label in LABELS]
    assert len(set(buttons)) == len(LABELS)
    assert json.loads(documents["choices.json"]) == dict(zip(buttons, LABELS, strict=True))
    assert not list(view.iter("script"))


def test_no_clip_trains_and_checks(table):
    clips = table.assign(clip=[f"clip {n // 2}" for n in range(len(table))], class_name="plain")
    files = FOLDERS["yolo"].place(clips, 0)
    sides = pd.Series([file.split("/")[0] for file in files]).groupby(clips["clip"]).nunique()

    assert set(sides) == {1}
    assert {file.split("/")[0] for file in files} == {"train", "val"}
    assert FOLDERS["yolo"].place(clips, 1) != files


def test_weights_are_what_the_methods_say():
    table = pd.DataFrame({
        "folder": "field", "path": ["a", "b", "c", "d"], "content_hash": ["a", "b", "c", "d"],
        "class_name": "red", "label_before": ["red", "red", "blue", "red"],
        "label_now": [None, "red", "red", None], "reviewer": None, "reviewed_at": None,
        "hard_case": [False, False, True, False], "clip": ["x", "x", "y", "z"],
    })  # fmt: skip
    documents = FOLDERS["training-list"].documents(table.assign(placed=""), ("red",))
    rows = [json.loads(line) for line in documents["training.jsonl"].splitlines()]

    # factor 1, 1, 2, 1 by clip of 2, 2, 1, 1: 0.5, 0.5, 2, 1, whose mean is 1
    assert [row["weight"] for row in rows] == [0.5, 0.5, 2.0, 1.0]
    assert [row["why"] for row in rows][2] == "relabelled and hard case"
