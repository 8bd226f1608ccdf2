from __future__ import annotations

import sqlite3

import pytest

from core.store import choices, reserved
from core.store.database import connect


@pytest.fixture
def db(tmp_path):
    with connect(tmp_path / "fieldcheck.db") as db:
        yield db


def lock(db, name="one", rows=(("a", "original", "00ff"), ("b", "clip", None)), **other) -> None:
    values = {"path": "holdouts/one", "identity": "x", "pictures": 1, "is_copy": False} | other
    reserved.lock_holdout(db, name=name, rows=rows, **values)


def test_what_is_locked_comes_back_until_it_is_unlocked(db):
    lock(db)
    reserved.note_holdout(db, "one", pictures=1, damaged=["d"], is_finished=True)

    found = reserved.load_reserved(db)
    assert list(zip(found["content_hash"], found["kind"], strict=True)) == [
        ("a", "original"), ("b", "clip"), ("d", "damaged"),
    ]  # fmt: skip
    assert found["picture_hash"].notna().tolist() == [True, False, False]

    reserved.unlock_holdout(db, "one")

    assert reserved.load_reserved(db).empty
    (row,) = reserved.load_holdouts(db)
    assert row["finished_at"] and row["unlocked_at"]


def test_every_change_makes_what_was_read_stale(db):
    seen = [choices.revision(db)]
    for change in (
        lambda: lock(db),
        lambda: reserved.note_holdout(db, "one", pictures=1, damaged=[], is_finished=False),
        lambda: reserved.unlock_holdout(db, "one"),
    ):
        change()
        seen.append(choices.revision(db))

    assert seen == sorted(set(seen))


def test_locking_again_adds_and_takes_nothing_away(db):
    lock(db)
    lock(db, rows=[("c", "clip", None)], path="elsewhere")
    lock(db, rows=[], path="a copy", is_copy=True)

    assert list(reserved.load_reserved(db)["content_hash"]) == ["a", "b", "c"]
    assert reserved.load_holdouts(db)[0]["path"] == "elsewhere"


def test_an_unknown_kind_is_refused_and_nothing_is_half_stored(db):
    with pytest.raises(sqlite3.IntegrityError):
        lock(db, rows=[("a", "original", None), ("b", "friend", None)])

    assert reserved.load_holdouts(db) == []
    assert reserved.load_reserved(db).empty
