"""
Databases as they are found in the field: old, too new, read-only, full, torn, under a wrong clock.

Whatever the state: nothing is lost, nothing half-written, plain words.
"""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import tempfile
import time
import uuid
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from sqlite_utils import Database

from core.errors import DiskError, ProjectError
from core.records import Action, Review
from core.store import database
from core.store.backups import backups
from core.store.database import connect
from core.store.merging import reviews_in
from core.store.migrations import migrations
from core.store.reviews import current_reviews, last_standing, load_reviews, record_review

START = datetime(2026, 3, 1, 9, tzinfo=UTC)
STEPS = [step.name for step in migrations._migrations]
NOBODY = 65534
ROWS = {
    "settings": ("title", '"Ponds"'),
    "frames": ("field", "a.jpg", 1, 2, "hash", 3, 4, "f0", "2026-03-01", "cam", None),
    "predictions": ("m", "hash", "cat", 0.5, 0.7, "[]", b"\0\0\0\0", b"\0\0\0\0"),
    "reviews": (
        1, "id", "tab", 1, "hash", "label", "cat", "ana", "2026-03-01T09:00:00+00:00", None,
    ),
    "stress_answers": ("m", "hash", "blur:2", 0, "dog", 0.4),
    "holdouts": ("h", "/h", "identity", 2, "2026-03-01", None, None),
    "reserved": ("h", "hash", "original", "f0"),
    "cue_answers": ("m", "hash", "grey", 0, "dog", 0.3, None),
    "frame_quality": (
        "hash", 1, 0.5, 0.2, 0.1, 0.0, 1.0, 0.0, 0.0, 9, 7.0, 80.0, 90, "maker", "model",
    ),
    "doctor_answers": ("m", "view", "hash", "cat", -1.0),
    "doctor_reports": ("identity", "2026-03-01", "{}"),
    "saved_slices": (1, "Night", "{}", "person", "2026-03-01", None),
    "saved_queues": (
        "id", "Night", "newest", "", 0.2, 0.5, "ana", "2026-03-01T09:00:00+00:00", None,
    ),
    "saved_queue_frames": ("id", "hash", 0, 1),
    "frozen_sets": ("id", "Night", 1, "mode: dusk", "m", "ana", "2026-03-01", None, 0, "[]"),
}  # fmt: skip
"""Rows, by the first columns, for tables that do not take `any_row` or mean something."""
ANY = {"TEXT": "x", "INTEGER": 1, "REAL": 0.5, "BLOB": b"\0\0\0\0"}


@pytest.fixture
def path(tmp_path) -> Path:
    return tmp_path / "fieldcheck.db"


def decision(
    number: int, *, value: str = "cat", at: datetime = START, picture: str = "p",
    action: Action = Action.LABEL,
) -> Review:  # fmt: skip
    return Review(str(uuid.uuid4()), "tab", number, picture, action, value, "ana", at)


def send(path: Path, review: Review) -> None:
    with connect(path) as db:
        record_review(db, review)


def stored(path: Path) -> list[str]:
    """Ids in the order of the reviews."""
    with connect(path) as db:
        return load_reviews(db)["id"].tolist()


def older(path: Path, steps: int) -> dict[str, list[tuple]]:
    """A database as a version with so many steps left it, one row in each table; its rows."""
    with closing(sqlite3.connect(path)) as connection:
        db = Database(connection)
        if steps < len(STEPS):
            migrations.apply(db, stop_before=STEPS[steps])
        else:
            migrations.apply(db)
        for table in shipped(connection):
            row = ROWS.get(table) or any_row(connection, table)
            marks = ", ".join("?" * len(row))
            names = first_columns(connection, table)
            connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", row)
        connection.commit()
        return contents(connection)


def contents(connection: sqlite3.Connection) -> dict[str, list[tuple]]:
    return {
        table: connection.execute(
            f"SELECT {first_columns(connection, table)} FROM {table}"
        ).fetchall()
        for table in shipped(connection)
    }


def first_columns(connection: sqlite3.Connection, table: str) -> str:
    """The columns a table was shipped with; later steps add theirs behind."""
    there = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
    return ", ".join(there[: len(ROWS.get(table, there))])


def shipped(connection: sqlite3.Connection) -> list[str]:
    """Our tables, without SQLite's own and the list of steps."""
    names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    return [name for (name,) in names if not name.startswith(("sqlite_", "_sqlite_"))]


def any_row(connection: sqlite3.Connection, table: str) -> tuple[Any, ...]:
    """What a table of plain columns takes; one with rules of its own needs a row in ROWS."""
    return tuple(ANY[row[2]] for row in connection.execute(f"PRAGMA table_info({table})"))


@contextmanager
def a_folder_without_writing():
    """A folder anyone may read; inside the block it cannot be written, not even by root."""
    folder = Path(tempfile.mkdtemp(prefix="readonly-"))
    am_root = os.geteuid() == 0
    try:
        yield folder, (lambda: _lock(folder, am_root))
    finally:
        if am_root:
            os.seteuid(0)
        folder.chmod(0o755)
        shutil.rmtree(folder)


def _lock(folder: Path, am_root: bool) -> None:
    for file in folder.iterdir():
        file.chmod(0o444)
    folder.chmod(0o555)
    if am_root:
        os.seteuid(NOBODY)


@pytest.mark.parametrize("steps", range(1, len(STEPS) + 1), ids=STEPS)
def test_every_older_version_is_brought_up_to_date_with_its_data(path, steps):
    before = older(path, steps)

    with connect(path) as db:
        after = contents(db.conn)
        assert migrations.pending(db) == []
        assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"

    assert before  # every step has a table by then
    assert {table: after[table] for table in before} == before
    if "reviews" in before:
        send(path, decision(2, value="dog", picture="hash"))
        with connect(path) as db:
            assert current_reviews(db)["label"].tolist() == ["dog"]
    kept = [(one.note, one.decisions) for one in backups(path)]
    is_old = "reviews" in before and steps < len(STEPS)
    assert kept == ([(f"before-{STEPS[steps][:4]}", 1)] if is_old else [])


def test_a_full_disk_leaves_an_older_version_as_it_was_and_goes_through_later(path, monkeypatch):
    before = older(path, 4)
    with monkeypatch.context() as patch, pytest.raises(DiskError, match="is full"):
        patch.setattr(database, "_write_ahead", full_disk)
        with connect(path):
            pass

    with closing(sqlite3.connect(path)) as connection:
        assert contents(connection) == before
        assert [step.name for step in migrations.applied(Database(connection))] == STEPS[:4]
    with connect(path) as db:
        assert migrations.pending(db) == []


@pytest.mark.parametrize("has_log", [False, True], ids=["closed", "with its log"])
def test_a_newer_version_is_refused_and_not_a_byte_is_changed(path, tmp_path, has_log):
    newer = tmp_path / "newer" / "fieldcheck.db"
    newer.parent.mkdir()
    send(path, decision(1))
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(
            f"INSERT INTO {migrations.migrations_table} (migration_set, name, applied_at) "
            "VALUES ('fieldcheck', '9999_tomorrow', '2030-01-01')"
        )
        connection.commit()
        if has_log:
            for name in ("fieldcheck.db", "fieldcheck.db-wal"):  # as a killed newer one leaves them
                shutil.copyfile(tmp_path / name, newer.with_name(name))
    if not has_log:
        shutil.copyfile(path, newer)
    before = {file.name: file.read_bytes() for file in newer.parent.iterdir()}
    assert bool(before.get("fieldcheck.db-wal")) == has_log

    for _ in range(2):
        with pytest.raises(ProjectError, match=r"newer Fieldcheck.*9999_tomorrow.*Nothing was"):
            send(newer, decision(2))
    with pytest.raises(ProjectError, match="newer Fieldcheck"):
        reviews_in(newer)

    after = {file.name: file.read_bytes() for file in newer.parent.iterdir()}
    after.pop("fieldcheck.db-shm", None)  # SQLite's own index of the log; holds no data
    if not after.get("fieldcheck.db-wal"):
        after.pop("fieldcheck.db-wal", None)  # an empty one, made by looking
    assert after == before  # and no backups beside it


@pytest.mark.skipif(os.name != "posix", reason="rights of folders as POSIX has them")
def test_a_read_only_project_can_be_looked_at_and_says_why_nothing_is_stored():
    with a_folder_without_writing() as (folder, lock):
        path = folder / "fieldcheck.db"
        first = decision(1)
        send(path, first)
        before = path.read_bytes()
        lock()

        assert stored(path) == [first.id]
        with pytest.raises(DiskError, match=r"read-only. Nothing was stored"):
            send(path, decision(2))
        assert stored(path) == [first.id]
        assert path.read_bytes() == before
        assert [file.name for file in folder.iterdir()] == ["fieldcheck.db"]


@pytest.mark.skipif(os.name != "posix", reason="rights of folders as POSIX has them")
def test_a_read_only_older_version_is_refused_plainly():
    with a_folder_without_writing() as (folder, lock):
        older(folder / "fieldcheck.db", 6)
        lock()

        with pytest.raises(
            ProjectError, match=r"older Fieldcheck.*may not be changed.*open the copy"
        ):
            stored(folder / "fieldcheck.db")


def full_disk(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA journal_mode=WAL")
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count={pages}")


def test_a_full_disk_refuses_plainly_and_the_rest_goes_through_later(path, monkeypatch):
    kept = [decision(number) for number in range(1, 4)]
    for review in kept:
        send(path, review)
    long = Review(str(uuid.uuid4()), "tab", 4, "p", Action.NOTE, "wet " * 2_500, "ana", START)

    with monkeypatch.context() as patch:
        patch.setattr(database, "_write_ahead", full_disk)
        for _ in range(3):
            with pytest.raises(DiskError, match=r"is full. Nothing was lost"):
                send(path, long)
            assert stored(path) == [review.id for review in kept]

    send(path, long)
    send(path, long)
    assert stored(path) == [*(review.id for review in kept), long.id]
    with connect(path) as db:
        assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"


def test_a_clock_set_back_an_hour_changes_no_order(path):
    first, late = decision(1, value="cat"), decision(2, value="dog", at=START - timedelta(hours=1))
    send(path, first)
    send(path, late)

    assert stored(path) == [first.id, late.id]
    with connect(path) as db:
        assert current_reviews(db)["label"].tolist() == ["dog"]
        newest = last_standing(db)[0]
        assert newest["id"] == late.id
        undo = Review(
            str(uuid.uuid4()), "tab", 3, "p", Action.UNDO, None, "ana",
            START - timedelta(minutes=30), newest["id"],
        )  # fmt: skip
        record_review(db, undo)
        assert current_reviews(db)["label"].tolist() == ["cat"]


def test_a_clock_that_jumps_to_and_fro_keeps_the_order_of_decisions(path):
    clock = [START, START - timedelta(hours=1), START - timedelta(minutes=59), START]
    for number, at in enumerate(clock, 1):
        send(path, decision(number, value=f"class {number}", at=at))

    with connect(path) as db:
        assert load_reviews(db)["sequence"].tolist() == [1, 2, 3, 4]
        assert current_reviews(db)["label"].tolist() == ["class 4"]


def test_copies_of_database_and_log_hold_every_decision_up_to_where_they_were_cut(path, tmp_path):
    sent = [decision(number) for number in range(1, 41)]
    send(path, sent[0])
    with connect(path) as still_open:  # so that the log stays, as while the app is open
        still_open.execute("SELECT count(*) FROM reviews").fetchone()
        for review in sent[1:]:
            send(path, review)
        log = path.with_name(path.name + "-wal").read_bytes()
        whole = path.read_bytes()
    rng = random.Random(5)
    lengths = [len(log), 0, *(rng.randrange(len(log)) for _ in range(40))]

    counts = {}
    for number, length in enumerate(lengths):
        copy = tmp_path / f"copy{number}" / "fieldcheck.db"
        copy.parent.mkdir()
        copy.write_bytes(whole)
        copy.with_name("fieldcheck.db-wal").write_bytes(log[:length])
        merged = [row["id"] for row in reviews_in(copy)]
        found = stored(copy)
        assert found == [review.id for review in sent[: len(found)]]
        assert merged == found
        counts[length] = len(found)

    assert counts[len(log)] == 40
    assert counts[0] < 40
    assert [counts[length] for length in sorted(counts)] == sorted(counts.values())


def test_copies_taken_in_the_midst_of_writing_open_with_every_decision_made_before(tmp_path):
    """As after a power cut: database and log as they are on disk, without the shared memory."""
    path, done, is_over = tmp_path / "a.db", [], Event()
    with connect(path):
        pass
    holder = sqlite3.connect(path)  # keeps the log from being folded in at every close
    holder.execute("SELECT count(*) FROM reviews").fetchone()

    def write() -> None:
        number = 0
        while not is_over.is_set():
            number += 1
            event = decision(number, value="x" * 300, action=Action.NOTE)
            send(path, event)
            done.append(event.id)

    writer = Thread(target=write)
    writer.start()
    try:
        copies = []
        for number in range(12):
            known = len(done) + 20
            while len(done) < known and writer.is_alive():
                time.sleep(0.001)
            acknowledged = list(done)
            there = tmp_path / str(number)
            there.mkdir()
            # A power cut is one moment, two copies are two: while somebody reads, the log only
            # grows, so the pair is one that a moment could have left.
            holder.execute("BEGIN")
            holder.execute("SELECT count(*) FROM reviews").fetchone()
            shutil.copyfile(path, there / "a.db")
            shutil.copyfile(f"{path}-wal", there / "a.db-wal")
            holder.rollback()
            copies.append((there / "a.db", acknowledged))
    finally:
        is_over.set()
        writer.join()
        holder.close()

    for copy, acknowledged in copies:
        with connect(copy) as db:
            assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
            assert set(acknowledged) <= set(load_reviews(db)["id"])
    assert len(copies[-1][1]) >= 200
