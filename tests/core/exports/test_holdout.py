from __future__ import annotations

import csv
import io
import json

import pytest

from core.errors import DiskError, HoldoutError
from core.exports import holdout
from core.exports.holdout_recipe import HeldPicture, Recipe, parse_recipe, recipe_bytes


def picture(label: str = "red", digest: str = "a" * 64, **other) -> HeldPicture:
    values = {
        "file": holdout.picture_file(label, digest), "folder": "reference",
        "original": f"{label}/000.jpg", "content_hash": digest, "label": label, "clip": "c",
        "chain": "low_light:3", "severity": 3.0, "seed": 7,
    }  # fmt: skip
    return HeldPicture(**values | other)


def recipe(*pictures: HeldPicture) -> Recipe:
    return Recipe("test", {"seed": 0, "of": 9}, {"numpy": "2"}, pictures or (picture(),))


@pytest.mark.parametrize("label", ["red", "Bell pepper (green)", "pâté", "R&D's", "a-b_c.d"])
def test_a_label_any_system_can_hold_is_its_folder(label):
    assert holdout.class_folder(label) == label


@pytest.mark.parametrize(
    "label", ["a/b", "..", ".hidden", "CON", "nul.txt", "end.", "end ", "", "50%", "a:b", "a\nb"]
)
def test_other_labels_get_a_folder_of_their_own_that_any_system_can_hold(label):
    folder = holdout.class_folder(label)

    assert folder and not set(folder) & set('/\\:*?"<>|\n')
    assert folder[0] not in ". " and folder[-1] not in ". "
    assert folder.split(".")[0].casefold() not in {"con", "nul"}
    assert folder != label


def test_the_labels_are_a_table_a_spreadsheet_cannot_run():
    content = holdout.labels_bytes([picture(label="=cmd|'/c calc'!A1"), picture(label="ü")])
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))

    assert [row["label"] for row in rows] == ["'=cmd|'/c calc'!A1", "ü"]
    assert list(rows[0]) == [
        "path", "label", "original", "content_hash", "chain", "severity", "clip",
    ]  # fmt: skip
    assert rows[1]["original"] == "reference/ü/000.jpg"


def test_a_recipe_comes_back_as_it_went():
    whole = recipe(picture(file_sha256="f", pixels_sha256="p"))

    assert parse_recipe(recipe_bytes(whole).decode("utf-8")) == whole


@pytest.mark.parametrize(
    ("old", "new"),
    [('"seed": 7', '"seed": 8'), ("low_light:3", "low_light:4"), ('"of": 9', '"of": 8')],
)
def test_a_changed_recipe_is_noticed(old, new):
    text = recipe_bytes(recipe()).decode("utf-8")
    assert old in text

    assert parse_recipe(text.replace(old, new)).is_changed
    assert not parse_recipe(text).is_changed


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("file", "../out.png"), ("file", "/etc/out.png"), ("file", "a\\..\\b.png"),
        ("file", "C:/out.png"), ("file", "pictures/run.py"), ("original", "../../secret.jpg"),
        ("original", ""), ("folder", "elsewhere"),
    ],
)  # fmt: skip
def test_a_recipe_that_leads_out_of_its_folder_is_refused(name, path):
    data = json.loads(recipe_bytes(recipe()))
    data["pictures"][0][name] = path

    with pytest.raises(HoldoutError, match="no recipe of a test set"):
        parse_recipe(json.dumps(data))


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": "other"}', "not json", "null"])
def test_what_is_no_recipe_is_said(text):
    with pytest.raises(HoldoutError, match="no recipe of a test set"):
        parse_recipe(text)


def test_a_draft_knows_what_was_written_and_forgives_a_torn_last_line(tmp_path):
    first, second = picture(digest="a" * 64), picture(digest="b" * 64)
    holdout.begin(tmp_path / "set", recipe(first, second))
    written = picture(digest="a" * 64, file_sha256="f", pixels_sha256="p")
    holdout.keep_picture(tmp_path / "set", written, b"png")
    with (tmp_path / "set" / holdout.DRAFT).open("a") as draft:
        draft.write('{"file": "pictures/red/bb')

    found, is_whole = holdout.found_in(tmp_path / "set")
    assert not is_whole
    assert found.pictures == (written, second)
    assert not found.is_changed


def test_the_recipe_comes_last_and_ends_the_draft(tmp_path):
    holdout.begin(tmp_path, recipe())
    assert not (tmp_path / holdout.RECIPE).exists()
    holdout.finish(tmp_path, recipe())

    assert sorted(path.name for path in tmp_path.iterdir()) == ["labels.csv", "recipe.json"]
    assert holdout.found_in(tmp_path) == (recipe(), True)


def test_an_empty_or_missing_folder_holds_nothing_and_a_foreign_one_is_refused(tmp_path):
    assert holdout.found_in(tmp_path) is None
    assert holdout.found_in(tmp_path / "missing") is None
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(HoldoutError, match="nothing there is overwritten"):
        holdout.found_in(tmp_path)
    with pytest.raises(HoldoutError, match="other things"):
        holdout.found_in(tmp_path / "notes.txt")


def test_a_place_that_cannot_be_written_is_said(tmp_path):
    (tmp_path / "file").write_text("")

    with pytest.raises(DiskError, match="cannot be written"):
        holdout.begin(tmp_path / "file" / "set", recipe())
