from __future__ import annotations

from datetime import datetime
from typing import Any

import pandas as pd
import pytest

from core.records import BrokenFrame, Folder
from core.store.choices import revision
from core.store.database import connect
from core.store.frames import (
    broken_frames,
    forget_folder,
    forget_frames,
    known_files,
    load_frames,
    save_frames,
)


@pytest.fixture
def db(tmp_path):
    with connect(tmp_path / "a.db") as opened:
        yield opened


def frame(path: str, **other: Any) -> dict[str, Any]:
    return {
        "folder": "field", "path": path, "size_bytes": 9, "modified_ns": 7,
        "content_hash": f"hash of {path}", "width": 4, "height": 3,
        "picture_hash": "00ff00ff00ff00ff", "taken_at": None, "camera": None, **other,
    }  # fmt: skip


def broken(path: str, **other: Any) -> dict[str, Any]:
    return {
        "folder": "field", "path": path, "size_bytes": 1, "modified_ns": 2,
        "broken_reason": "cut off", **other,
    }  # fmt: skip


def test_frames_come_back_sorted_with_their_types(db):
    taken = datetime(2026, 3, 1, 12, 30, 15, 250000)
    save_frames(db, [frame("b.jpg"), frame("a.jpg", taken_at=taken, camera="Süd")])

    table = load_frames(db)
    assert list(table["path"]) == ["a.jpg", "b.jpg"]
    assert table.loc[0, "taken_at"] == pd.Timestamp(taken)
    assert pd.isna(table.loc[1, "taken_at"])
    assert table.loc[0, "camera"] == "Süd"
    assert table["camera"].isna().tolist() == [False, True]
    assert table["size_bytes"].dtype == "int64"


def test_an_empty_table_has_the_same_columns_and_types(db):
    empty = load_frames(db)
    save_frames(db, [frame("a.jpg")])

    assert dict(empty.dtypes) == dict(load_frames(db).dtypes)


def test_a_path_is_stored_once_and_the_newest_wins(db):
    save_frames(db, [frame("a.jpg")])
    save_frames(db, [frame("a.jpg", content_hash="new")])

    assert list(load_frames(db)["content_hash"]) == ["new"]


def test_broken_frames_are_listed_apart_and_known(db):
    save_frames(db, [frame("a.jpg"), broken("b.jpg")])

    assert list(load_frames(db)["path"]) == ["a.jpg"]
    assert broken_frames(db) == [BrokenFrame(Folder.FIELD, "b.jpg", "cut off")]
    known = known_files(db, Folder.FIELD).set_index("path")
    assert known["is_broken"].to_dict() == {"a.jpg": False, "b.jpg": True}
    assert known.loc["a.jpg", ["size_bytes", "modified_ns"]].tolist() == [9, 7]


def test_a_mended_picture_leaves_the_list_of_broken_ones(db):
    save_frames(db, [broken("a.jpg")])
    save_frames(db, [frame("a.jpg")])

    assert broken_frames(db) == []
    assert list(load_frames(db)["path"]) == ["a.jpg"]


def test_forgetting_costs_only_what_is_named(db):
    save_frames(db, [frame("a.jpg"), frame("b.jpg"), frame("a.jpg", folder="reference")])
    forget_frames(db, Folder.FIELD, ["a.jpg"])

    left = load_frames(db)
    assert list(zip(left["folder"], left["path"], strict=True)) == [
        ("field", "b.jpg"),
        ("reference", "a.jpg"),
    ]
    forget_folder(db, Folder.FIELD)
    assert list(load_frames(db)["folder"]) == ["reference"]


@pytest.mark.parametrize(
    "change",
    [
        lambda db: save_frames(db, [frame("b.jpg")]),
        lambda db: forget_frames(db, Folder.FIELD, ["a.jpg"]),
        lambda db: forget_folder(db, Folder.FIELD),
    ],
)
def test_readers_are_told_of_every_change(db, change):
    save_frames(db, [frame("a.jpg")])
    before = revision(db)
    change(db)

    assert revision(db) > before


def test_a_batch_is_stored_whole_or_not_at_all(db):
    def rows():
        yield frame("a.jpg")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        save_frames(db, rows())

    assert load_frames(db).empty
