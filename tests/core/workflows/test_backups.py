"""Backups by themselves, one act to go back, and merging as the command line tells it."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime, timedelta

import pytest

from core import cli
from core.errors import ProjectError
from core.store import backups as store
from core.workflows import backups, deciding, merging, projects, queue


@pytest.fixture(autouse=True)
def nothing_beside(monkeypatch):
    """No copy is made in another thread while a test counts them."""
    monkeypatch.setattr(deciding, "keep_soon", lambda project: None)


def labels(project) -> list:
    return [row["value"] for row in queue.reviews_list(project) if not row["is_undone"]]


def test_a_project_without_decisions_needs_no_backup(tiny_project):
    assert backups.keep(tiny_project) is False
    assert backups.backup_lines(tiny_project)[0].startswith("No backups yet")


def test_a_copy_is_made_when_something_changed_and_ten_minutes_passed(tiny_project, decide):
    decide(tiny_project, "cam1/003.jpg", "label", "red")
    shutil.rmtree(tiny_project.folder / "backups", ignore_errors=True)
    assert backups.keep(tiny_project) is True
    decide(tiny_project, "cam1/004.jpg", "label", "red")
    assert backups.keep(tiny_project) is False  # the last one is new

    (only,) = backups.backups(tiny_project)
    earlier = only.path.with_name(f"{datetime.now(UTC) - timedelta(hours=1):%Y%m%d-%H%M%S}.db")
    only.path.rename(earlier)
    assert backups.keep(tiny_project) is True
    assert [one.decisions for one in backups.backups(tiny_project)] == [2, 1]
    newest = backups.backups(tiny_project)[0].path
    newest.rename(newest.with_name(f"{datetime.now(UTC) - timedelta(minutes=30):%Y%m%d-%H%M%S}.db"))
    assert backups.keep(tiny_project) is False  # nothing changed


def test_the_first_decision_and_opening_make_a_copy_by_themselves(
    tiny_project, decide, monkeypatch
):
    asked = []
    monkeypatch.setattr(deciding, "keep_soon", asked.append)
    decide(tiny_project, "cam1/003.jpg", "label", "red")
    assert asked == [tiny_project]

    projects.open_project(tiny_project.folder)

    assert [one.decisions for one in backups.backups(tiny_project)] == [1]


def test_a_full_disk_costs_the_copy_and_never_the_decision(tiny_project, decide, monkeypatch):
    def full(*_args, **_more):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store, "back_up", full)
    decide(tiny_project, "cam1/003.jpg", "label", "red")

    assert backups.keep(tiny_project) is False
    assert labels(tiny_project) == ["red"]


def test_going_back_and_bringing_the_later_decisions_in_again(tiny_project, decide, capsys):
    decide(tiny_project, "cam1/003.jpg", "label", "red")
    name = store.back_up(tiny_project.database).stem
    decide(tiny_project, "cam1/004.jpg", "label", "blue")
    where = ["--project", str(tiny_project.folder)]

    assert cli.main(["backups", "restore", name, *where]) == 0

    said = capsys.readouterr().out
    assert "1 decision" in said
    assert labels(tiny_project) == ["red"]
    aside = next(one for one in backups.backups(tiny_project) if one.note == "kept-aside")
    assert aside.name in said
    assert cli.main(["reviews", "merge", aside.path.name, "--json", *where]) == 0
    assert json.loads(capsys.readouterr().out)["new"] == 1
    assert labels(tiny_project) == ["red", "blue"]
    assert cli.main(["backups", "list", "--json", *where]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert {row["note"]: row["decisions"] for row in rows} == {"": 1, "kept-aside": 2}


def test_a_damaged_project_can_be_restored_from_the_command_line(tiny_project, decide, capsys):
    decide(tiny_project, "cam1/003.jpg", "label", "red")
    name = store.back_up(tiny_project.database).stem
    for part in tiny_project.folder.glob("fieldcheck.db*"):
        part.unlink()
    tiny_project.database.write_bytes(b"not a database at all" * 400)
    where = ["--project", str(tiny_project.folder)]

    assert cli.main(["reviews", "list", *where]) == 2
    assert cli.main(["backups", "restore", name, *where]) == 0

    capsys.readouterr()
    assert labels(tiny_project) == ["red"]


def test_an_unknown_or_damaged_backup_changes_nothing(tiny_project, decide):
    decide(tiny_project, "cam1/003.jpg", "label", "red")
    made = store.back_up(tiny_project.database)
    made.write_bytes(b"x" * 5000)

    with pytest.raises(ProjectError, match="There is no backup 'monday'"):
        backups.restore(tiny_project, "monday")
    with pytest.raises(ProjectError, match="damaged"):
        backups.restore(tiny_project, made.stem)

    assert labels(tiny_project) == ["red"]
    assert "cannot be read" in backups.backup_words(backups.backups(tiny_project)[0])


def test_what_two_laptops_disagree_on_is_an_order_of_the_queue(tiny_project, decide, tmp_path):
    shutil.copytree(tiny_project.folder, tmp_path / "other")
    other = projects.open_project(tmp_path / "other")
    decide(tiny_project, "cam1/003.jpg", "label", "red")
    decide(tiny_project, "cam1/004.jpg", "label", "green")
    decide(other, "cam1/003.jpg", "label", "blue")
    decide(other, "cam1/004.jpg", "label", "green")

    found = merging.merge(tiny_project, other.folder)

    assert (found.new, len(found.conflicts), found.unknown_pictures) == (2, 1, 0)
    assert "1 picture decided differently" in "\n".join(merging.merge_lines(found))
    (item,) = queue.queue(tiny_project, order="conflicts").items
    assert item.path == "cam1/003.jpg"
    assert item.reason.startswith("me said red, me said blue later.")
    decide(tiny_project, "cam1/003.jpg", "label", "blue")
    assert queue.queue(tiny_project, order="conflicts").items == []


def test_merge_needs_a_file_and_only_merge_takes_one(tiny_project, capsys):
    where = ["--project", str(tiny_project.folder)]

    assert cli.main(["reviews", "merge", *where]) == 2
    assert cli.main(["reviews", "list", "x.db", *where]) == 2
    assert cli.main(["reviews", "merge", "nowhere.db", *where]) == 2
    assert "There is no file nowhere.db" in capsys.readouterr().err
