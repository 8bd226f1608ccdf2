from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from core.errors import DiskError, ProjectError
from core.store.choices import choices, choose
from core.store.database import connect
from core.store.migrations import migrations

ROOT = Path(__file__).resolve().parents[3]
TABLES = {"settings", "frames", "predictions", "reviews"}


def test_a_new_file_gets_every_table_strict_and_in_wal(tmp_path):
    with connect(tmp_path / "new.db") as db:
        mode = db.execute("PRAGMA journal_mode").fetchone()[0]
        full = db.execute("PRAGMA synchronous").fetchone()[0]
        strict = {row[1] for row in db.execute("PRAGMA table_list") if row[5]}

    assert mode == "wal"
    assert full == 2  # FULL
    assert strict >= TABLES


def test_a_second_opening_changes_nothing(tmp_path):
    with connect(tmp_path / "a.db") as db:
        choose(db, title="kept")
    with connect(tmp_path / "a.db") as db:
        pending, kept = migrations.pending(db), choices(db)["title"]

    assert pending == []
    assert kept == "kept"


def test_a_file_deleted_and_made_anew_is_migrated_again(tmp_path):
    path = tmp_path / "a.db"
    for _ in range(3):  # the disk may give the new file the old one's number
        with connect(path) as db:
            found = set(db.table_names())
        for rest in tmp_path.glob("a.db*"):
            rest.unlink()

        assert found >= TABLES


def test_many_first_openers_all_get_in(tmp_path):
    code = (
        "import sys; from pathlib import Path\n"
        "from core.store.database import connect; from core.store.choices import choose\n"
        "print('ready', flush=True); sys.stdin.readline()\n"
        "with connect(Path(sys.argv[1])) as db: choose(db, **{sys.argv[2]: 1})\n"
    )
    openers = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(tmp_path / "a.db"), f"opener{number}"],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True,
        )
        for number in range(6)
    ]  # fmt: skip
    complaints = []
    for opener in openers:
        assert opener.stdout
        opener.stdout.readline()
    for opener in openers:
        assert opener.stdin
        opener.stdin.write("go\n")
        opener.stdin.flush()
    for opener in openers:
        complaints.append(opener.communicate()[1])

    assert complaints == [""] * 6
    with connect(tmp_path / "a.db") as db:
        assert {f"opener{number}" for number in range(6)} <= set(choices(db))


def test_a_file_that_is_no_database_is_named_and_left_alone(tmp_path):
    path = tmp_path / "fieldcheck.db"
    path.write_bytes(b"holiday diary\n" * 200)

    with pytest.raises(ProjectError, match="not a Fieldcheck database"), connect(path):
        pass
    assert path.read_bytes() == b"holiday diary\n" * 200


def test_a_missing_folder_is_a_disk_error(tmp_path):
    with (
        pytest.raises(DiskError, match="Check that the folder exists"),
        connect(tmp_path / "gone" / "a.db"),
    ):
        pass


def test_a_full_disk_undoes_the_whole_step_and_says_so(tmp_path):
    path = tmp_path / "a.db"
    with connect(path) as db:
        choose(db, title="before")
    with pytest.raises(DiskError, match=r"is full.*Nothing was lost"), connect(path) as db:
        pages = db.execute("PRAGMA page_count").fetchone()[0]
        db.execute(f"PRAGMA max_page_count={pages}")
        choose(db, title="after", long="x" * 1_000_000)

    with connect(path) as db:
        assert choices(db)["title"] == "before"


def test_a_lasting_lock_is_told_apart_from_a_full_disk(tmp_path, monkeypatch):
    path = tmp_path / "a.db"
    with connect(path):
        pass
    monkeypatch.setattr("core.store.database.PATIENCE", 0.1)
    other = sqlite3.connect(path)
    other.execute("BEGIN EXCLUSIVE")

    with pytest.raises(DiskError, match="in use by another program"), connect(path) as db:
        choose(db, title="late")
    other.close()


def test_a_bug_in_the_block_keeps_its_own_error(tmp_path):
    with pytest.raises(ZeroDivisionError), connect(tmp_path / "a.db"):
        _ = 1 / 0
