from __future__ import annotations

import json

import pytest

from core.errors import DiskError, ProjectError
from core.project import Project, free_folder, home, make_project, recent, remember


def opened(folder) -> Project:
    """A project folder that has a database, as `recent` wants it."""
    project = make_project(folder)
    project.database.write_bytes(b"")
    return project


def test_home_is_where_the_environment_says(fieldcheck_home):
    assert home() == fieldcheck_home


def test_home_is_the_users_data_folder_by_itself(monkeypatch):
    monkeypatch.delenv("FIELDCHECK_HOME")

    assert home().name == "fieldcheck"
    assert home().is_absolute()


def test_a_project_folder_is_made_with_its_parents(tmp_path):
    project = make_project(tmp_path / "a" / "b")

    assert project.folder.is_dir()
    assert project.database == tmp_path / "a" / "b" / "fieldcheck.db"
    assert project.name == "b"
    assert make_project(tmp_path / "a" / "b") == project


def test_a_file_in_the_way_is_named(tmp_path):
    (tmp_path / "notes.txt").write_text("x")

    with pytest.raises(ProjectError, match=r"notes\.txt is a file"):
        make_project(tmp_path / "notes.txt")
    with pytest.raises(DiskError, match="cannot be made"):
        make_project(tmp_path / "notes.txt" / "project")


def test_new_projects_never_take_a_folder_that_is_there(fieldcheck_home):
    first = free_folder("Werkstatt: Süd/../2")
    first.mkdir(parents=True)
    second = free_folder("Werkstatt: Süd/../2")

    assert first.parent == fieldcheck_home / "projects"
    assert first.name == "werkstatt-süd-2"
    assert second.name == "werkstatt-süd-2-2"
    assert free_folder("///").name == "project"


def test_recent_projects_come_last_opened_first_and_once(tmp_path):
    a, b = opened(tmp_path / "a"), opened(tmp_path / "b")
    for project in (a, b, a):
        remember(project)

    assert recent() == [a, b]


def test_projects_that_are_gone_are_left_out_and_come_back_with_their_drive(tmp_path):
    a, b = opened(tmp_path / "a"), opened(tmp_path / "b")
    remember(a)
    remember(b)
    b.database.rename(tmp_path / "elsewhere")

    assert recent() == [a]
    (tmp_path / "elsewhere").rename(b.database)
    assert recent() == [b, a]


def test_the_list_of_recent_ones_stays_short(tmp_path):
    for number in range(15):
        remember(opened(tmp_path / str(number)))

    assert [project.name for project in recent()] == [str(n) for n in range(14, 2, -1)]


@pytest.mark.parametrize("text", ["", "not json", "[3, null]"])
def test_a_damaged_list_of_recent_ones_is_no_reason_to_fail(fieldcheck_home, tmp_path, text):
    (fieldcheck_home / "recent.json").write_text(text)

    assert recent() == []
    remember(opened(tmp_path / "a"))
    assert json.loads((fieldcheck_home / "recent.json").read_text()) == [str(tmp_path / "a")]


def test_a_home_that_cannot_be_written_is_no_reason_to_fail(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("x")
    monkeypatch.setenv("FIELDCHECK_HOME", str(tmp_path / "file" / "home"))

    remember(opened(tmp_path / "a"))

    assert recent() == []
    assert not list(tmp_path.glob("recent*"))
