"""Copies are whole, a damaged database drives none out, and any can be put back."""

from __future__ import annotations

import sqlite3
import uuid
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.records import Action, Review
from core.store.backups import AT_LEAST, MOST_BYTES, Backup, back_up, backups, put_back, to_let_go
from core.store.choices import choose, revision
from core.store.database import connect
from core.store.reviews import load_reviews, record_review

NOON = datetime(2026, 3, 20, 12, tzinfo=UTC)


@pytest.fixture
def path(tmp_path) -> Path:
    return tmp_path / "fieldcheck.db"


def decide(path: Path, times: int = 1) -> None:
    with connect(path) as db:
        for _ in range(times):
            record_review(
                db,
                Review(
                    str(uuid.uuid4()), str(uuid.uuid4()), 1, "p", Action.TAG, "wet", "ana", NOON
                ),
            )


def decisions(path: Path) -> int:
    with connect(path) as db:
        return len(load_reviews(db))


def damage(path: Path) -> None:
    """Overwrite every page but the first two."""
    content = path.read_bytes()
    path.write_bytes(content[:8192] + b"\x5a" * (len(content) - 8192))


def test_a_copy_taken_while_a_write_is_open_holds_what_was_committed(path):
    decide(path, 3)
    writer = sqlite3.connect(path)
    writer.execute("BEGIN IMMEDIATE")
    writer.execute(
        "INSERT INTO reviews (id, client, sequence, content_hash, action, reviewer, at) "
        "VALUES ('x', 'x', 1, 'p', 'skip', 'ana', '2026-03-20T13:00:00+00:00')"
    )

    back_up(path, now=NOON)
    writer.rollback()
    writer.close()

    (found,) = backups(path)
    assert (found.decisions, found.made_at, found.note) == (3, NOON, "")
    assert [file.name for file in found.path.parent.iterdir()] == [found.path.name]


def test_the_last_ten_stay_and_one_a_day_for_fourteen_days(path):
    decide(path)
    moments = [
        NOON - timedelta(days=day, hours=hour) for day in range(20, -1, -1) for hour in (1, 0)
    ]
    moments += [NOON + timedelta(minutes=minute) for minute in range(1, 13)]
    for moment in moments:
        back_up(path, now=moment)

    kept = [one.made_at for one in backups(path)]
    last_ten = sorted(moments)[-10:][::-1]
    assert kept[:10] == last_ten
    # today's newest is among the last ten; 13 days before it, the newest of each
    assert kept[10:] == [NOON - timedelta(days=day) for day in range(1, 14)]


def test_copies_kept_for_a_reason_are_never_let_go(path):
    decide(path)
    back_up(path, note="kept-aside", now=NOON - timedelta(days=400))
    for minute in range(15):
        back_up(path, now=NOON + timedelta(minutes=minute))

    notes = [one.note for one in backups(path)]
    assert len(notes) == 11
    assert notes[-1] == "kept-aside"


def test_heavy_copies_go_sooner_but_three_stay():
    heavy = [
        Backup(Path(f"{n}.db"), NOON - timedelta(hours=n), "", 1, MOST_BYTES) for n in range(6)
    ]

    assert [one.path.name for one in to_let_go(heavy)] == [f"{n}.db" for n in range(AT_LEAST, 6)]


def test_a_damaged_database_makes_no_copy_and_drives_none_out(path):
    decide(path, 200)
    for minute in range(10):
        back_up(path, now=NOON + timedelta(minutes=minute))
    before = {one.path.name: one.path.read_bytes() for one in backups(path)}
    damage(path)

    for _ in range(3):
        with pytest.raises(sqlite3.DatabaseError):
            back_up(path)

    folder = path.parent / "backups"
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before


def test_a_copy_put_back_is_the_database_and_what_was_there_is_kept(path):
    decide(path, 2)
    earlier = back_up(path, now=NOON)
    decide(path, 3)
    with connect(path) as db:
        choose(db, title="later")
        count = revision(db)

    aside = put_back(path, earlier)

    assert decisions(path) == 2
    with connect(path) as db:
        assert revision(db) > count  # nobody takes what he read before for current
        assert db.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    with closing(sqlite3.connect(aside)) as kept:
        assert kept.execute("SELECT count(*) FROM reviews").fetchone()[0] == 5
    put_back(path, aside)
    assert decisions(path) == 5


def test_a_reader_at_work_sees_the_old_state_or_the_new_one(path):
    decide(path, 2)
    earlier = back_up(path, now=NOON)
    decide(path, 3)
    with closing(sqlite3.connect(path)) as reader:
        reader.execute("BEGIN")
        assert reader.execute("SELECT count(*) FROM reviews").fetchone()[0] == 5

        put_back(path, earlier)

        assert reader.execute("SELECT count(*) FROM reviews").fetchone()[0] == 5
        reader.rollback()
        assert reader.execute("SELECT count(*) FROM reviews").fetchone()[0] == 2


def test_a_damaged_copy_is_refused_and_nothing_changes(path):
    decide(path, 200)
    copy = back_up(path, now=NOON)
    damage(copy)
    decide(path)

    with pytest.raises(sqlite3.DatabaseError):
        put_back(path, copy)

    assert decisions(path) == 201


@pytest.mark.parametrize("state", ["damaged", "no database", "gone"])
def test_a_copy_takes_the_place_of_a_database_that_cannot_be_read(path, state):
    decide(path, 200)
    copy = back_up(path, now=NOON)
    if state == "damaged":
        damage(path)
    elif state == "no database":
        path.write_bytes(b"holiday diary\n" * 500)
    else:
        path.unlink()
    before = path.read_bytes() if path.exists() else None

    aside = put_back(path, copy)

    assert decisions(path) == 200
    if before is not None:
        assert aside.read_bytes() == before
