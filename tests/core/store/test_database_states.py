"""Databases as they are found in the field: old, too new, read-only, full, torn by a power cut."""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
import uuid
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread

import pytest
from sqlite_utils import Database

from core.errors import DiskError, ProjectError
from core.records import Action, Review
from core.store.backups import backups
from core.store.choices import choices
from core.store.database import connect
from core.store.migrations import migrations
from core.store.reviews import current_reviews, load_reviews, record_review

STEPS = [step.name for step in migrations._migrations]
START = datetime(2026, 3, 1, 9, tzinfo=UTC)


def review(value: str, *, sequence: int, at: datetime = START, action=Action.LABEL) -> Review:
    return Review(str(uuid.uuid4()), "tab", sequence, "p", action, value, "ana", at)


def old_database(path: Path, *, steps: int) -> None:
    """A database as the first so many steps made it, with a row in what they made."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        db = Database(connection)
        later = STEPS[steps:]
        migrations.apply(db, stop_before=later[0]) if later else migrations.apply(db)
        db.execute("INSERT INTO settings VALUES ('title', '\"kept\"')")
        if steps >= 4:
            db.execute(
                "INSERT INTO reviews (id, client, sequence, content_hash, action, value, reviewer,"
                " at) VALUES ('a', 'tab', 1, 'p', 'label', 'cat', 'ana',"
                " '2026-03-01T09:00:00+00:00')"
            )
        connection.commit()


@contextmanager
def nobody():
    """As a user to whom root's files are read-only; where the tests are not root, as oneself."""
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    if is_root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if is_root:
            os.seteuid(0)


@pytest.fixture
def locked_folder(tmp_path):
    """locked_folder(database): the folder and its files may be read by anyone, written by none."""
    opened: list[Path] = []

    def lock(database: Path) -> Path:
        folder = database.parent
        for path in [folder, *folder.rglob("*")]:
            path.chmod(0o555 if path.is_dir() else 0o444)
            opened.append(path)
        for parent in (tmp_path, *tmp_path.parents[:3]):
            if parent != folder and parent.stat().st_uid == os.geteuid():
                parent.chmod(parent.stat().st_mode | 0o055)
        return database

    yield lock
    for path in opened:
        if path.exists():
            path.chmod(0o755 if path.is_dir() else 0o644)


@pytest.mark.parametrize("steps", range(1, len(STEPS)))
def test_every_version_ever_shipped_opens_with_its_data(tmp_path, steps):
    path = tmp_path / "old.db"
    old_database(path, steps=steps)

    with connect(path) as db:
        assert choices(db)["title"] == "kept"
        assert migrations.pending(db) == []
        if steps >= 4:
            assert current_reviews(db)["label"].tolist() == ["cat"]
        assert record_review(db, review("dog", sequence=2))
        assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    kept = [one.decisions for one in backups(path) if one.note.startswith("before-")]
    assert kept == ([1] if steps >= 4 else [])


@pytest.mark.parametrize("has_log", [False, True], ids=["closed", "with its log"])
def test_a_newer_version_is_refused_and_not_a_byte_is_changed(tmp_path, has_log):
    path = tmp_path / "new.db"
    writer = sqlite3.connect(path)
    writer.execute("PRAGMA journal_mode=WAL")
    db = Database(writer)
    migrations.apply(db)
    writer.execute(
        "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) "
        "VALUES ('fieldcheck', '9999_holograms', 'tomorrow')"
    )
    writer.commit()
    if has_log:  # as a killed process leaves it
        there = tmp_path / "killed"
        there.mkdir()
        for part in tmp_path.glob("new.db*"):
            shutil.copyfile(part, there / part.name)
        (there / "new.db-shm").unlink()
        path = there / "new.db"
    writer.close()
    before = {p.name: p.read_bytes() for p in path.parent.glob("new.db*") if "shm" not in p.name}
    assert ("new.db-wal" in before) == has_log

    for _ in range(2):
        with pytest.raises(ProjectError, match=r"newer Fieldcheck.*Nothing was changed"):
            connect(path).__enter__()

    after = {p.name: p.read_bytes() for p in path.parent.glob("new.db*") if "shm" not in p.name}
    assert {name: after[name] for name in before} == before
    assert not (path.parent / "backups").exists()


@pytest.mark.skipif(not hasattr(os, "seteuid"), reason="permissions of another kind")
def test_a_read_only_folder_opens_to_look_at_and_refuses_decisions(tmp_path, locked_folder):
    path = tmp_path / "project" / "a.db"
    path.parent.mkdir()
    with connect(path) as db:
        record_review(db, review("cat", sequence=1))
    locked_folder(path)
    before = path.read_bytes()

    with nobody():
        with connect(path) as db:
            assert current_reviews(db)["label"].tolist() == ["cat"]
        with pytest.raises(DiskError, match=r"read-only\. Nothing was stored"), connect(path) as db:
            record_review(db, review("dog", sequence=2))

    assert path.read_bytes() == before
    assert [p.name for p in path.parent.iterdir()] == ["a.db"]


@pytest.mark.skipif(not hasattr(os, "seteuid"), reason="permissions of another kind")
def test_an_old_database_in_a_read_only_folder_says_what_to_do(tmp_path, locked_folder):
    path = tmp_path / "project" / "a.db"
    path.parent.mkdir()
    old_database(path, steps=5)
    locked_folder(path)

    with nobody(), pytest.raises(ProjectError, match=r"older Fieldcheck.*open the copy"):
        connect(path).__enter__()


def test_a_clock_set_back_does_not_turn_the_order_of_decisions(tmp_path):
    path = tmp_path / "a.db"
    clock = [START, START - timedelta(hours=1), START - timedelta(minutes=59), START]
    with connect(path) as db:
        for number, at in enumerate(clock, 1):
            record_review(db, review(f"class {number}", sequence=number, at=at))

        assert load_reviews(db)["sequence"].tolist() == [1, 2, 3, 4]
        assert current_reviews(db)["label"].tolist() == ["class 4"]


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
            event = review("x" * 300, sequence=number, action=Action.NOTE)
            with connect(path) as db:
                record_review(db, event)
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
