"""Backups are whole and checked, let go by a rule, and put back without losing what was there."""

from __future__ import annotations

import sqlite3
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.records import Action, Review
from core.store import backups as store
from core.store.choices import revision
from core.store.database import connect
from core.store.reviews import current_reviews, load_reviews, record_review

START = datetime(2026, 3, 1, 9, tzinfo=UTC)


def decide(path: Path, value: str) -> None:
    with connect(path) as db:
        event = Review(
            str(uuid.uuid4()), str(uuid.uuid4()), 1, "p", Action.LABEL, value, "ana", START
        )
        record_review(db, event)


def label(path: Path) -> str:
    with connect(path) as db:
        return current_reviews(db)["label"].iloc[0]


@pytest.fixture
def path(tmp_path) -> Path:
    decide(tmp_path / "a.db", "cat")
    return tmp_path / "a.db"


def test_a_backup_is_one_whole_file_made_while_others_write(path):
    with connect(path) as db:
        db.execute("BEGIN IMMEDIATE")  # someone is in the midst of a decision
        made = store.back_up(path)
        db.rollback()

    with closing(sqlite3.connect(made)) as copy:
        assert copy.execute("SELECT value FROM reviews").fetchall() == [("cat",)]
        assert copy.execute("PRAGMA journal_mode").fetchone()[0] == "delete"
    assert [p.name for p in made.parent.iterdir()] == [made.name]


def test_the_last_ten_and_one_a_day_for_a_fortnight_stay():
    def backup(at: datetime, note: str = "") -> store.Backup:
        return store.Backup(Path(f"{at:%m%d-%H%M}{note}.db"), at, note, 1, 1000)

    moments = [START - timedelta(hours=3 * n) for n in range(8 * 30)]  # eight a day, 30 days
    found = [backup(at) for at in moments] + [backup(START - timedelta(days=300), "kept-aside")]

    gone = {one.path for one in store.to_let_go(found)}

    kept = [one for one in found if one.path not in gone]
    assert found[-1] in kept
    rotating = [one.made_at for one in kept if not one.note]
    assert rotating[:10] == moments[:10]
    assert len({at.date() for at in rotating}) == 14
    days = [at.date() for at in rotating[10:]]
    assert len(days) == len(set(days))
    for at in rotating[10:]:
        assert at == max(m for m in moments if m.date() == at.date())


def test_heavy_backups_leave_the_last_three():
    found = [
        store.Backup(Path(f"{n}.db"), START - timedelta(hours=n), "", 1, 2**30) for n in range(6)
    ]

    assert [one.path.stem for one in store.to_let_go(found)] == ["3", "4", "5"]


def test_a_damaged_database_makes_no_backup_and_costs_none(path):
    good = store.back_up(path)
    content = bytearray(path.read_bytes())
    content[4096 * 2 : 4096 * 12] = b"\xee" * 4096 * 10
    path.write_bytes(content)

    with pytest.raises(sqlite3.DatabaseError):
        store.back_up(path)

    assert [p.name for p in good.parent.iterdir()] == [good.name]
    store.check(good)


def test_putting_back_keeps_what_was_there_and_readers_notice(path):
    made = store.back_up(path)
    decide(path, "dog")
    with connect(path) as db:
        before = revision(db)

    aside = store.put_back(path, made)

    assert label(path) == "cat"
    with connect(path) as db:
        assert revision(db) > before
        assert db.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    store.put_back(path, aside)
    assert label(path) == "dog"
    with connect(path) as db:
        assert len(load_reviews(db)) == 2


def test_a_damaged_backup_is_not_put_back(path):
    made = store.back_up(path)
    made.write_bytes(made.read_bytes()[:5000] + b"\xee" * 20_000)
    decide(path, "dog")

    with pytest.raises(sqlite3.DatabaseError):
        store.put_back(path, made)

    assert label(path) == "dog"
    assert not [one for one in store.backups(path) if one.note]


def test_a_damaged_database_is_moved_aside_and_the_backup_takes_its_place(path):
    made = store.back_up(path)
    path.write_bytes(b"coffee was spilt here" * 500)

    aside = store.put_back(path, made)

    assert label(path) == "cat"
    assert aside.read_bytes().startswith(b"coffee")
    assert "damaged" in aside.name


def test_two_copies_at_once_are_two_copies(path):
    with ThreadPoolExecutor(4) as pool:
        made = set(pool.map(lambda _: store.back_up(path), range(4)))

    assert len(made) == 4
    for one in made:
        store.check(one)
