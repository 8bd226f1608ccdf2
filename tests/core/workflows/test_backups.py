"""Backups come by themselves, at most every ten minutes, and a person can put one back."""

from __future__ import annotations

import json
import time
import uuid

import pytest

from core import cli
from core.errors import ProjectError
from core.workflows import backups, projects, queue, scores


@pytest.fixture
def digests(tiny_project) -> list[str]:
    return list(scores.dial_frames(tiny_project)["content_hash"].drop_duplicates())


def decide(project, digest: str, value: str = "green") -> None:
    event = {
        "id": str(uuid.uuid4()), "client": str(uuid.uuid4()), "sequence": 1,
        "content_hash": digest, "action": "label", "value": value, "undoes": None,
    }  # fmt: skip
    queue.record(project, event)


def wait_for_copy(project, wanted: int = 1) -> None:
    until = time.monotonic() + 10
    while len(backups.backups(project)) < wanted and time.monotonic() < until:
        time.sleep(0.02)


def test_the_first_decision_is_copied_and_the_next_ones_wait(tiny_project, digests):
    decide(tiny_project, digests[0])
    wait_for_copy(tiny_project)
    for digest in digests[1:5]:
        decide(tiny_project, digest)

    assert backups.keep(tiny_project) is False
    assert [one.decisions for one in backups.backups(tiny_project)] == [1]


def test_opening_copies_what_was_decided_since(tiny_project, digests, monkeypatch):
    decide(tiny_project, digests[0])
    wait_for_copy(tiny_project)
    decide(tiny_project, digests[1])
    monkeypatch.setattr(backups, "EVERY", backups.EVERY * 0)

    projects.open_project(tiny_project.folder)
    projects.open_project(tiny_project.folder)  # nothing new: nothing copied

    assert sorted(one.decisions for one in backups.backups(tiny_project)) == [1, 2]


def test_work_goes_on_where_no_copy_can_be_made(tiny_project, digests):
    (tiny_project.folder / "backups").write_text("in the way", encoding="utf-8")

    decide(tiny_project, digests[0])

    assert backups.keep(tiny_project) is False
    assert queue.progress(tiny_project)["decided"] == 1


def test_the_commands_list_and_put_back(tiny_project, digests, capsys):
    decide(tiny_project, digests[0])
    wait_for_copy(tiny_project)
    for digest in digests[1:4]:
        decide(tiny_project, digest)
    where = ["--project", str(tiny_project.folder)]

    assert cli.main(["backups", "list", "--json", *where]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert row["decisions"] == 1
    assert cli.main(["backups", "restore", row["name"], *where]) == 0
    said = capsys.readouterr().out
    assert queue.progress(tiny_project)["decided"] == 1
    aside = next(one for one in backups.backups(tiny_project) if one.note == "kept-aside")
    assert "1 decision" in said
    assert aside.name in said
    assert cli.main(["reviews", "merge", aside.path.name, *where]) == 0
    assert queue.progress(tiny_project)["decided"] == 4


def test_a_damaged_project_is_mended_from_the_command_line(tiny_project, digests, capsys):
    decide(tiny_project, digests[0])
    wait_for_copy(tiny_project)
    (copy,) = backups.backups(tiny_project)
    for rest in tiny_project.folder.glob("fieldcheck.db-*"):
        rest.unlink()
    tiny_project.database.write_bytes(b"holiday diary\n" * 500)
    where = ["--project", str(tiny_project.folder)]

    assert cli.main(["reviews", "list", *where]) == 2
    assert cli.main(["backups", "restore", copy.name, *where]) == 0

    assert queue.progress(tiny_project)["decided"] == 1
    assert "Traceback" not in capsys.readouterr().err


def test_a_name_that_is_none_is_refused(tiny_project):
    with pytest.raises(ProjectError, match="no backup 'x'"):
        backups.restore(tiny_project, "x")
    where = ["--project", str(tiny_project.folder)]
    assert cli.main(["backups", "restore", *where]) == 2
    assert cli.main(["backups", "list", "x", *where]) == 2
