"""Opens a project's SQLite file: WAL, every commit on disk before it is answered."""

from __future__ import annotations

import os
import random
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlite_utils import Database

from core.errors import DiskError, ProjectError
from core.store.backups import back_up
from core.store.migrations import migrations, unknown_to_us

PATIENCE = 10.0  # s, for another process's write to end


_looked_at: set[Path] = set()


@contextmanager
def connect(path: Path) -> Iterator[Database]:
    """
    A connection for one operation, closed at the end; the file is made and migrated if needed.

    One connection per operation, because a connection must not cross Streamlit's threads;
    opening one costs 0.5 ms. A database that may not be written opens for reading.

    Raises:
        DiskError: the disk is full or the file cannot be written.
        ProjectError: the file is not a Fieldcheck database, or of a newer Fieldcheck.
    """
    connection = None
    try:
        if path not in _looked_at and path.is_file():
            _refuse_newer(path)
            _looked_at.add(path)
        connection, may_write = _opened(path)
        if may_write:
            _write_ahead(connection)
            # FULL: a commit that was answered survives a power cut; measured at 0.2 ms a commit.
            connection.execute("PRAGMA synchronous=FULL")
        db = Database(connection)
        _check_version(connection, path)
        _migrate(db, path, may_write=may_write)
        yield db
    except (sqlite3.OperationalError, sqlite3.DatabaseError) as error:
        if isinstance(error, sqlite3.IntegrityError):
            raise
        if isinstance(error, sqlite3.OperationalError):
            raise DiskError(_plain(error, path)) from error
        raise ProjectError(_plain(error, path)) from error
    finally:
        if connection is not None:
            connection.close()


def begin(db: Database) -> None:
    """
    Take the right to write; commit or roll back soon.

    SQLite's own waiting grows to 100 ms a look, and whoever came last goes first; short looks at
    random moments share it out evenly among many writers.
    """
    until = time.monotonic() + PATIENCE
    db.execute("PRAGMA busy_timeout=0")
    try:
        while True:
            try:
                db.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if "locked" not in str(error) or time.monotonic() > until:
                    raise
                time.sleep(random.uniform(0.0005, 0.003))
            else:
                return
    finally:
        db.execute(f"PRAGMA busy_timeout={PATIENCE * 1000:.0f}")


def is_read_only(path: Path) -> bool:
    """Whether an existing database, or the folder it lies in, may not be written."""
    as_me = os.access in os.supports_effective_ids
    return path.is_file() and not (
        os.access(path, os.W_OK, effective_ids=as_me)
        and os.access(path.parent, os.W_OK, effective_ids=as_me)
    )


def _opened(path: Path) -> tuple[sqlite3.Connection, bool]:
    if not is_read_only(path):
        return sqlite3.connect(path, timeout=PATIENCE), True
    return look_at(path), False


def look_at(path: Path) -> sqlite3.Connection:
    """
    A connection that only reads, also where SQLite may not put its own files beside the database.

    Raises:
        sqlite3.Error: the file cannot be read, or is no database.
    """
    address = path.absolute().as_uri()
    connection = sqlite3.connect(f"{address}?mode=ro", uri=True, timeout=PATIENCE)
    try:
        connection.execute("SELECT 1 FROM sqlite_master").fetchone()
    except sqlite3.OperationalError:
        connection.close()
        log = path.with_name(path.name + "-wal")
        if log.is_file() and log.stat().st_size:
            raise  # read without its log, the database would lack the last decisions
        connection = sqlite3.connect(f"{address}?immutable=1", uri=True)
    return connection


def _refuse_newer(path: Path) -> None:
    # By a connection that only reads: closing any other one writes the log into the file.
    connection = look_at(path)
    try:
        _check_version(connection, path)
    finally:
        connection.close()


def _check_version(connection: sqlite3.Connection, path: Path) -> None:
    if unknown := unknown_to_us(connection):
        raise ProjectError(
            f"{path} was written by a newer Fieldcheck (it has {unknown[-1]}, which this one does "
            "not know). Nothing was changed. Start the newer Fieldcheck to open it."
        )


def _write_ahead(connection: sqlite3.Connection) -> None:
    # While another first opener switches a new file to WAL, SQLite refuses instead of waiting.
    until = time.monotonic() + PATIENCE
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > until:
                raise
            time.sleep(0.01)
        else:
            return


def _migrate(db: Database, path: Path, *, may_write: bool) -> None:
    pending = migrations.pending(db)
    if not pending:
        return
    if not may_write:
        raise ProjectError(
            f"{path} was written by an older Fieldcheck and may not be changed here. Copy its "
            "folder to a place where you may write, and open the copy."
        )
    if "reviews" in db.table_names():
        back_up(path, note=f"before-{pending[0].name[:4]}")
    # IMMEDIATE: of two first openers one makes the tables, the other waits and finds them.
    db.execute("BEGIN IMMEDIATE")
    migrations.apply(db)
    db.execute("COMMIT")


def _plain(error: sqlite3.Error, path: Path) -> str:
    text = str(error)
    if "full" in text:
        return (
            f"The disk that holds {path.name} is full. Nothing was lost: free some space "
            "and the last step is tried again."
        )
    if "not a database" in text or "malformed" in text:
        return (
            f"{path} is not a Fieldcheck database or is damaged ({text}). Open another project "
            "folder, or put back a copy of this file."
        )
    if "readonly" in text:
        return (
            f"{path.name} may be looked at but not changed: the file or its folder is read-only. "
            "Nothing was stored. Allow writing to the project folder, or work in a copy of it."
        )
    if "locked" in text:
        return f"{path.name} is in use by another program. Close it; the last step is tried again."
    return (
        f"{path} cannot be written ({text}). Check that the folder exists and that you may "
        "write to it."
    )
