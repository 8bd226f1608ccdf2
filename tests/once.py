"""What is dear to make and only looked at is made once for all workers of a test run."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest


def once(
    factory: pytest.TempPathFactory, worker: str, name: str, make: Callable[[Path], None]
) -> Path:
    """
    The folder `name` of this run, made by whichever worker asks first; the others wait for it.

    Args:
        factory: pytest's own; its folder belongs to this run.
        worker: the fixture `worker_id`; "master" where the tests do not run side by side.
        make: fills the folder, which exists and is empty. Where it fails the next one tries again.
    """
    base = factory.getbasetemp()
    base = base if worker == "master" else base.parent
    folder, whole = base / name, base / f"{name}.whole"
    # SQLite's lock is known to every system, and gone with the process that holds it.
    lock = sqlite3.connect(base / f"{name}.lock", timeout=600, isolation_level=None)
    with closing(lock):
        lock.execute("BEGIN EXCLUSIVE")
        if not whole.exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            make(folder)
            whole.touch()
        lock.execute("COMMIT")
    return folder
