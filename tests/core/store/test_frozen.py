"""Frozen sets: nothing changes one, whatever is done later; two laptops' sets merge by union."""

from __future__ import annotations

import shutil
import sqlite3
import uuid
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import FieldcheckError
from core.records import Action, FrozenFrame, Review
from core.store import frozen
from core.store.backups import back_up, reading
from core.store.database import connect
from core.store.merging import everything_in, merge
from core.store.reviews import record_review

START = datetime(2026, 3, 1, 9, tzinfo=UTC)
Held = dict[str, str | None]

LABELS = st.sampled_from(["cat", "dog", None])
held_sets = st.dictionaries(st.sampled_from("abcdef"), LABELS, min_size=1)
steps = st.lists(
    st.tuples(st.sampled_from(["night", "<script>", "🧲"]), held_sets, st.integers(0, 9)),
    max_size=5,
)


def frames(held: Held) -> list[FrozenFrame]:
    return [FrozenFrame(h, f"{h}.jpg", f"clip {h}", label, "cat") for h, label in held.items()]


def freeze(path: Path, held: Held, *, name: str = "night", who: str = "ana", minute: int = 0):
    with connect(path) as db:
        return frozen.freeze(
            db, name=name, origin="hard cases", model_id="m", reviewer=who,
            made_at=START + timedelta(minutes=minute), frames=frames(held),
        )  # fmt: skip


def everything(path: Path) -> list[dict]:
    with connect(path) as db:
        return list(db.query("SELECT * FROM frozen_sets ORDER BY id"))


def labels(path: Path, set_id: str) -> Held:
    with connect(path) as db:
        return {frame.content_hash: frame.label for frame in frozen.frozen_frames(db, set_id)}


def merged(into: Path, other: Path):
    found = everything_in(other)
    with connect(into) as db:
        return merge(db, found.reviews, sets=found.sets)


@pytest.fixture
def path(tmp_path) -> Path:
    return tmp_path / "fieldcheck.db"


def test_versions_are_counted_by_name_and_follow_one_another(path):
    first = freeze(path, {"a": "cat"})
    second = freeze(path, {"a": "dog"})
    other = freeze(path, {"a": "cat"}, name="rain")

    assert [(one.name, one.version, one.follows) for one in (first, second, other)] == [
        ("night", 1, None), ("night", 2, first.id), ("rain", 1, None),
    ]  # fmt: skip
    assert labels(path, first.id) == {"a": "cat"}
    assert labels(path, second.id) == {"a": "dog"}
    with pytest.raises(FieldcheckError, match=r"night v2.*already"):
        freeze(path, {"a": "dog"})
    assert len(everything(path)) == 3


@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE frozen_sets SET frames = '[]'",
        "UPDATE frozen_sets SET name = 'day', version = 9",
        "DELETE FROM frozen_sets",
        "INSERT OR REPLACE INTO frozen_sets SELECT id, name, version, origin, model_id, reviewer, "
        "made_at, follows, 0, '[]' FROM frozen_sets",
        "REPLACE INTO frozen_sets SELECT * FROM frozen_sets",
        "INSERT INTO frozen_sets SELECT * FROM frozen_sets WHERE true "
        "ON CONFLICT (id) DO UPDATE SET frames = '[]'",
    ],
)
def test_the_database_itself_refuses_to_change_one(path, attack):
    freeze(path, {"a": "cat", "b": None})
    before = everything(path)

    with closing(sqlite3.connect(path)) as raw:
        with pytest.raises(sqlite3.IntegrityError, match="never change"):
            raw.execute(attack)
        raw.rollback()

    assert everything(path) == before


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(held=held_sets, later=steps, decided=st.lists(st.tuples(
    st.sampled_from([Action.LABEL, Action.HARD_CASE, Action.TAG, Action.UNTAG, Action.SKIP]),
    st.sampled_from("abcdef"), st.sampled_from(["cat", "dog", "off"])), max_size=6))  # fmt: skip
def test_no_later_review_or_freezing_changes_a_frozen_set(tmp_path_factory, held, later, decided):
    path = tmp_path_factory.mktemp("frozen") / "fieldcheck.db"
    kept = freeze(path, held)
    row = next(one for one in everything(path) if one["id"] == kept.id)

    with connect(path) as db:
        for number, (action, picture, value) in enumerate(decided, 1):
            review = Review(
                str(uuid.uuid4()), "tab", number, picture, action, value, "bo", START
            )  # fmt: skip
            record_review(db, review)
    for name, frozen_now, minute in later:
        try:
            freeze(path, frozen_now, name=name, minute=minute)
        except FieldcheckError:
            continue  # the same as the last version

    assert row in everything(path)
    assert labels(path, kept.id) == held


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(common=steps, one=steps, other=steps)
def test_a_with_b_is_b_with_a_and_twice_is_once(tmp_path_factory, common, one, other):
    folder = tmp_path_factory.mktemp("merge")
    a, b, a2 = folder / "a.db", folder / "b.db", folder / "a2.db"
    act(a, "ana", common)
    shutil.copyfile(a, b)
    act(a, "ana", one)
    act(b, "bo", other)
    shutil.copyfile(a, a2)
    ids = {row["id"] for row in everything(a)} | {row["id"] for row in everything(b)}

    found = merged(a, b)
    merged(b, a2)

    assert everything(a) == everything(b)
    assert {row["id"] for row in everything(a)} == ids
    assert found.frozen == len(ids) - len(everything(a2))
    assert merged(a, b).frozen == 0
    assert everything(a) == everything(b)


def act(path: Path, who: str, done: list[tuple[str, Held, int]]) -> None:
    with connect(path):
        pass
    for name, held, minute in done:
        try:
            freeze(path, held, name=name, who=who, minute=minute)
        except FieldcheckError:
            continue


def test_a_row_another_program_changed_is_left_out_and_told(path, tmp_path):
    other = tmp_path / "other.db"
    freeze(path, {"a": "cat"})
    freeze(other, {"b": "dog"}, name="rain", who="bo")
    with closing(sqlite3.connect(other)) as raw:
        raw.execute("DROP TRIGGER frozen_sets_no_update")
        raw.execute("UPDATE frozen_sets SET frames = replace(frames, 'dog', 'cat')")
        raw.commit()

    found = merged(path, other)

    assert (found.frozen, len(everything(path))) == (0, 1)
    assert any("rain v1" in line and "left out" in line for line in found.left_out)


def test_a_database_of_an_older_version_has_none(path, tmp_path):
    old = tmp_path / "old.db"
    freeze(path, {"a": "cat"})
    freeze(old, {"b": "cat"})
    with closing(sqlite3.connect(old)) as raw:
        raw.execute("DROP TABLE frozen_sets")
        raw.execute("DELETE FROM _sqlite_migrations WHERE name = '0019_frozen_sets'")
        raw.commit()

    assert everything_in(old).sets == []
    assert merged(path, old).frozen == 0


def test_a_backup_holds_it_and_the_copy_refuses_too(path):
    kept = freeze(path, {"a": "cat", "b": "dog"})
    copy = back_up(path)

    with reading(copy) as db:
        assert [one.id for one in frozen.frozen_sets(db)] == [kept.id]
        assert len(frozen.frozen_frames(db, kept.id)) == 2
    with closing(sqlite3.connect(copy)) as raw, pytest.raises(sqlite3.IntegrityError):
        raw.execute("DELETE FROM frozen_sets")
