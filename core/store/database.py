"""Opens a project's SQLite file: WAL, every commit on disk before it is answered."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlite_utils import Database

from core.errors import DiskError, ProjectError
from core.store.migrations import migrations

PATIENCE = 10.0  # s, for another process's write to end


@contextmanager
def connect(path: Path) -> Iterator[Database]:
    """
    A connection for one operation, closed at the end; the file is made and migrated if needed.

    One connection per operation, because a connection must not cross Streamlit's threads;
    opening one costs 0.5 ms.

    Raises:
        DiskError: the disk is full or the file cannot be written.
        ProjectError: the file is not a Fieldcheck database.
    """
    try:
        connection = sqlite3.connect(path, timeout=PATIENCE)
    except sqlite3.OperationalError as error:
        raise DiskError(_plain(error, path)) from error
    try:
        _write_ahead(connection)
        # FULL: a commit that was answered survives a power cut; measured at 0.2 ms a commit.
        connection.execute("PRAGMA synchronous=FULL")
        db = Database(connection)
        _migrate(db)
        yield db
    except (sqlite3.OperationalError, sqlite3.DatabaseError) as error:
        if isinstance(error, sqlite3.IntegrityError):
            raise
        if isinstance(error, sqlite3.OperationalError):
            raise DiskError(_plain(error, path)) from error
        raise ProjectError(_plain(error, path)) from error
    finally:
        connection.close()


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


def _migrate(db: Database) -> None:
    if not migrations.pending(db):
        return
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
    if "locked" in text:
        return f"{path.name} is in use by another program. Close it; the last step is tried again."
    return (
        f"{path} cannot be written ({text}). Check that the folder exists and that you may "
        "write to it."
    )
