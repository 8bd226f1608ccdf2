"""Copies of the project's database, made by themselves; putting one back is one act."""

from __future__ import annotations

import logging
import sqlite3
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock, Thread
from typing import Any

from core.errors import DiskError, FieldcheckError, ProjectError
from core.findings.statements import count_of
from core.project import Project
from core.store import backups as backup_store
from core.store.backups import Backup
from core.store.choices import revision
from core.store.database import connect, is_read_only

EVERY = timedelta(minutes=10)

NOTES: dict[str, str] = {
    "kept-aside": "what the project held before another copy was put back",
    "damaged": "a damaged database, moved aside as it was",
}

_asked: dict[Path, float] = {}
_one_at_a_time = Lock()


def keep(project: Project) -> bool:
    """
    Back the project up if a decision or choice was made since the last copy, and that is not of
    the last ten minutes; whether one was made.

    Never fails: work goes on without a copy, and the log says why.
    """
    try:
        with _one_at_a_time:
            if is_read_only(project.database) or not _is_due(project):
                return False
            backup_store.back_up(project.database)
            return True
    except (OSError, sqlite3.Error, FieldcheckError):
        logging.getLogger("fieldcheck").warning("no backup was made", exc_info=True)
        return False


def keep_soon(project: Project) -> None:
    """`keep` beside the work, asked for at every decision, looked into every ten minutes."""
    now = time.monotonic()
    last = _asked.get(project.database)
    if last is None or now - last >= EVERY.total_seconds():
        _asked[project.database] = now
        Thread(target=keep, args=(project,), name="backup", daemon=True).start()


def _is_due(project: Project) -> bool:
    rotating = [one for one in backup_store.backups(project.database) if not one.note]
    if rotating and abs(datetime.now(UTC) - rotating[0].made_at) < EVERY:
        return False
    stamp = _stamp(project.database)
    return stamp[0] > 0 and not (rotating and _stamp(rotating[0].path) == stamp)


def _stamp(database: Path) -> tuple[int, int]:
    with backup_store.reading(database) as db:
        return db.execute("SELECT count(*) FROM reviews").fetchone()[0], revision(db)


def backups(project: Project) -> list[Backup]:
    """Every copy of this project's database, newest first."""
    return backup_store.backups(project.database)


def backups_json(project: Project) -> list[dict[str, Any]]:
    """What `fieldcheck backups list --json` prints."""
    return [
        {
            "name": one.name, "made_at": one.made_at.isoformat(), "decisions": one.decisions,
            "size_bytes": one.size_bytes, "note": one.note, "path": str(one.path),
        }
        for one in backups(project)
    ]  # fmt: skip


def backup_words(one: Backup) -> str:
    """A copy in a line: when, how many decisions, and why it is kept if that is special."""
    when = f"{one.made_at.astimezone():%Y-%m-%d %H:%M}"
    if one.decisions is None:
        return f"{when}: cannot be read"
    words = f"{when}: {count_of(one.decisions, 'decision')}"
    if one.note:
        words += (
            f" ({NOTES.get(one.note, 'made before the tables were changed by a newer version')})"
        )
    return words


def backup_lines(project: Project) -> list[str]:
    """The list in words."""
    found = backups(project)
    return [f"{one.name}  {backup_words(one)}" for one in found] or [
        "No backups yet. The first one is made by itself soon after the first decision."
    ]


def restore(project: Project, name: str) -> str:
    """
    Put a copy back; the sentence that says what happened. What the project held is kept aside.

    Raises:
        ProjectError: there is no such copy, or it is damaged; nothing was changed.
        DiskError: the disk refused; nothing was changed.
    """
    chosen = next((one for one in backups(project) if one.name == name), None)
    if chosen is None:
        raise ProjectError(
            f"There is no backup '{name}'. `fieldcheck backups list` shows those there are."
        )
    if is_read_only(project.database):
        raise DiskError(
            f"{project.database.name} may be looked at but not changed: it or its folder is "
            "read-only. Nothing was put back."
        )
    try:
        aside = backup_store.put_back(project.database, chosen.path)
    except (OSError, sqlite3.OperationalError) as error:
        raise DiskError(
            f"The backup could not be put back ({error}). The project is as it was: make room or "
            "close other programs, then try again."
        ) from error
    except sqlite3.DatabaseError as error:
        raise ProjectError(
            f"This backup is damaged ({error}). The project is as it was; choose another backup."
        ) from error
    with connect(project.database):
        pass  # a copy of an older version is brought up to date
    if aside is None:
        return f"Put back: {backup_words(chosen)}."
    return (
        f"Put back: {backup_words(chosen)}. What the project held until now is kept as "
        f"{aside.stem}; put that one back to return to it, or bring its decisions in with "
        f"`fieldcheck reviews merge {aside.name}`."
    )
