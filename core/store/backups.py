"""
Copies of a project's database beside it, each whole and checked, the old ones let go by a rule.

They lie in `backups/`, named by the second they were made (UTC). Copies kept aside by a restore
or made before a change of the tables carry a note in their name and are never let go.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock

from sqlite_utils import Database

FOLDER = "backups"
LAST = 10
DAYS = 14
MOST_BYTES = 2**30  # of all rotating copies together; the last three stay whatever they weigh
AT_LEAST = 3

_one_at_a_time = Lock()

_NAME = re.compile(r"(\d{8}-\d{6})(?:-(\d+))?(?:-([a-z][a-z0-9-]*))?\.db")


@dataclass(frozen=True, slots=True)
class Backup:
    """One copy."""

    path: Path
    made_at: datetime  # UTC
    note: str  # why it is kept for good; empty: it is let go by the rule
    decisions: int | None  # rows of the reviews table; None if it cannot be read
    size_bytes: int
    number: int = 1  # of those made within one second

    @property
    def name(self) -> str:
        """By which it is asked for."""
        return self.path.stem


def backups(database: Path) -> list[Backup]:
    """Every copy of this database, newest first."""
    found = []
    for path in (database.parent / FOLDER).glob("*.db"):
        match = _NAME.fullmatch(path.name)
        if match and path.is_file():
            made_at = datetime.strptime(match[1], "%Y%m%d-%H%M%S").replace(tzinfo=UTC)
            size = path.stat().st_size
            number = int(match[2] or 1)
            found.append(Backup(path, made_at, match[3] or "", _decisions(path), size, number))
    return sorted(found, key=lambda one: (one.made_at, one.number), reverse=True)


def back_up(database: Path, *, note: str = "", now: datetime | None = None) -> Path:
    """
    Copy the database as it stands, others may go on writing; then let old copies go.

    The copy is checked before it gets its name, and only then may another be let go.

    Raises:
        OSError: the folder cannot be written.
        sqlite3.Error: the disk is full, or the database or its copy is damaged.
    """
    if not database.is_file():  # SQLite would make an empty one
        raise FileNotFoundError(errno.ENOENT, "there is no database", str(database))
    with _one_at_a_time:
        return _backed_up(database, note, now or datetime.now(UTC))


def _backed_up(database: Path, note: str, now: datetime) -> Path:
    folder = database.parent / FOLDER
    folder.mkdir(exist_ok=True)
    target = _free_name(folder, now, note)
    draft = target.with_name(f"{target.name}.{os.getpid()}.part")
    try:
        with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(draft)) as copy:
            source.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")  # one file, nothing beside it
        _sync(draft)
        check(draft)
        draft.replace(target)
    finally:
        for rest in folder.glob(f"{draft.name}*"):
            with suppress(OSError):
                rest.unlink()
    _tidy(folder, to_let_go(backups(database)))
    return target


def _tidy(folder: Path, old: list[Backup]) -> None:
    # A half-made copy of an hour ago is of a process that was killed.
    torn = [path for path in folder.glob("*.part*") if time.time() - path.stat().st_mtime > 3600]
    for path in [*(one.path for one in old), *torn]:
        with suppress(OSError):
            path.unlink()


def check(path: Path) -> None:
    """
    Read the whole of a copy.

    Raises:
        sqlite3.DatabaseError: it is damaged, or no database of ours.
    """
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?immutable=1", uri=True)) as copy:
        said = copy.execute("PRAGMA integrity_check").fetchone()[0]
        if said != "ok":
            raise sqlite3.DatabaseError(f"malformed: {said}")
        if not copy.execute("SELECT 1 FROM sqlite_master WHERE name = 'reviews'").fetchone():
            raise sqlite3.DatabaseError("it has no table of reviews")


@contextmanager
def reading(path: Path) -> Iterator[Database]:
    """A database or a copy of one, for reading only; nothing is migrated."""
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        yield Database(connection)


def to_let_go(found: Iterable[Backup]) -> list[Backup]:
    """The copies that are neither among the last ten nor the newest of one of 14 last days."""
    rotating = [one for one in found if not one.note]
    newest_of_day: dict[str, Backup] = {}
    for one in rotating:
        newest_of_day.setdefault(f"{one.made_at:%Y%m%d}", one)
    kept = {one.path for one in [*rotating[:LAST], *list(newest_of_day.values())[:DAYS]]}
    let_go, weight, count = [], 0, 0
    for one in rotating:
        weight, count = weight + one.size_bytes, count + 1
        if one.path not in kept or (weight > MOST_BYTES and count > AT_LEAST):
            weight, count = weight - one.size_bytes, count - 1
            let_go.append(one)
    return let_go


def put_back(database: Path, backup: Path) -> Path | None:
    """
    Make the database what a copy holds; what it held before is kept aside, for good.

    Others may be at work on it: they see the old one or the new one whole, never a mixture.

    Returns:
        The copy of what it held before; None if there was no database any more.

    Raises:
        OSError: the disk refused.
        sqlite3.Error: the copy is damaged; nothing was changed.
    """
    check(backup)
    try:
        aside = back_up(database, note="kept-aside") if database.is_file() else None
        with closing(sqlite3.connect(database, timeout=10)) as present:
            _pour(backup, present)
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError):
            raise  # full or busy: it is whole, and stays
        aside = _move_aside(database)
        with closing(sqlite3.connect(database, timeout=10)) as anew:
            _pour(backup, anew)
    return aside


def _pour(backup: Path, into: sqlite3.Connection) -> None:
    before = _revision(into)
    with closing(sqlite3.connect(f"{backup.absolute().as_uri()}?immutable=1", uri=True)) as copy:
        copy.backup(into)
    # Readers know what is stale by this number; it must not come a second time.
    into.execute(
        "INSERT INTO settings VALUES ('revision', ?) "
        "ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        [str(max(before, _revision(into)) + 1)],
    )
    into.commit()


def _revision(connection: sqlite3.Connection) -> int:
    try:
        row = connection.execute("SELECT value FROM settings WHERE key = 'revision'").fetchone()
    except sqlite3.OperationalError:
        return 0  # a new file
    return int(row[0]) if row else 0


def _move_aside(database: Path) -> Path:
    """A damaged database with its log, as it is."""
    folder = database.parent / FOLDER
    folder.mkdir(exist_ok=True)
    aside = _free_name(folder, datetime.now(UTC), "damaged")
    for suffix in ("-shm", "-wal", ""):
        part = database.with_name(database.name + suffix)
        if part.is_file():
            shutil.move(part, aside.with_name(aside.name + suffix))
    return aside


def _free_name(folder: Path, now: datetime, note: str) -> Path:
    stem, tail = f"{now:%Y%m%d-%H%M%S}", f"-{note}" if note else ""
    path, number = folder / f"{stem}{tail}.db", 2
    while path.exists():
        path, number = folder / f"{stem}-{number}{tail}.db", number + 1
    return path


def _decisions(path: Path) -> int | None:
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?immutable=1", uri=True)) as copy:
            return int(copy.execute("SELECT count(*) FROM reviews").fetchone()[0])
    except sqlite3.Error:
        return None


def _sync(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())
