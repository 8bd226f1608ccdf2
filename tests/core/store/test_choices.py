from __future__ import annotations

import sqlite3

import pytest

from core.store.choices import bump_revision, choices, choose, revision
from core.store.database import connect


@pytest.fixture
def db(tmp_path):
    with connect(tmp_path / "a.db") as opened:
        yield opened


def test_a_new_project_has_no_choices(db):
    assert choices(db) == {}
    assert revision(db) == 0


def test_choices_come_back_as_they_were_and_none_forgets_one(db):
    choose(db, title="Werkstatt Süd", spec={"classes": ["a", "b"]}, gap=30.5)
    choose(db, gap=None)

    found = choices(db)
    assert found["title"] == "Werkstatt Süd"
    assert found["spec"] == {"classes": ["a", "b"]}
    assert "gap" not in found


def test_every_change_raises_the_revision(db):
    choose(db, title="a")
    first = revision(db)
    choose(db, title="a")
    bump_revision(db)

    assert revision(db) == first + 2


def test_choices_are_stored_all_or_none(db):
    choose(db, title="old")
    before = revision(db)
    with pytest.raises(TypeError):
        choose(db, title="new", broken=object())

    assert choices(db)["title"] == "old"
    assert revision(db) == before


def test_a_choice_is_on_disk_when_the_call_returns(db, tmp_path):
    choose(db, title="kept")

    other = sqlite3.connect(tmp_path / "a.db")
    assert other.execute("SELECT value FROM settings WHERE key = 'title'").fetchone() == ('"kept"',)
    other.close()
