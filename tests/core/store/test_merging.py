"""Merging by union: the order of merging and its repetition do not matter, nothing is lost."""

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
from sqlite_utils import Database

from core.errors import ProjectError
from core.records import Action, Review
from core.store.database import connect
from core.store.merging import everything_in, merge, open_conflicts, reviews_in
from core.store.migrations import migrations
from core.store.reviews import current_reviews, load_reviews, record_review

START = datetime(2026, 3, 1, 9, tzinfo=UTC)
PICTURES = ("p", "q", "r")

Step = tuple[str, str, str | None, int]
steps = st.lists(
    st.tuples(
        st.sampled_from(["label", "unsure", "tag", "untag", "note", "hard_case", "undo"]),
        st.sampled_from(PICTURES),
        st.sampled_from(["cat", "dog", "on", "off"]),
        st.integers(-3, 3),  # s from the last step: clocks jump
    ),
    max_size=8,
)


def act(path: Path, who: str, done: list[Step]) -> None:
    """Decide as one laptop; undo takes back this laptop's newest standing review of the picture."""
    at, window = START, f"{who} {uuid.uuid4()}"
    with connect(path) as db:
        for number, (action, picture, value, seconds) in enumerate(done, 1):
            at += timedelta(seconds=seconds)
            undoes = None
            if action == "undo":
                table = load_reviews(db)
                table = table[
                    (table["content_hash"] == picture)
                    & ~table["is_undone"]
                    & (table["action"] != "undo")
                ]
                if table.empty:
                    continue
                undoes = str(table["id"].iloc[-1])
            said = None if action in ("undo", "unsure") else value
            record_review(
                db,
                Review(
                    str(uuid.uuid4()), window, number, picture, Action(action), said, who, at,
                    undoes,
                ),
            )  # fmt: skip


def merged(into: Path, other: Path):
    found = everything_in(other)
    with connect(into) as db:
        return merge(
            db, found.reviews, ends=found.ends, queues=found.queues, sets=found.sets,
            conflicts=found.conflicts,
        )  # fmt: skip


def state(path: Path) -> tuple[list, list, list]:
    with connect(path) as db:
        rows = load_reviews(db).astype(object)
        now = current_reviews(db).astype(object).sort_values("content_hash")
        return (
            rows.where(rows.notna(), None).values.tolist(),
            now.where(now.notna(), None).values.tolist(),
            open_conflicts(db),
        )


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(common=steps, one=steps, other=steps)
def test_a_with_b_is_b_with_a_and_twice_is_once(tmp_path_factory, common, one, other):
    folder = tmp_path_factory.mktemp("merge")
    a, b, a2 = folder / "a.db", folder / "b.db", folder / "a2.db"
    act(a, "ana", common)
    shutil.copyfile(a, b)
    act(a, "ana", one)
    act(b, "bo", other)
    shutil.copyfile(a, a2)

    first = merged(a, b)
    merged(b, a2)

    assert state(a) == state(b)
    with connect(a) as db:
        found = set(load_reviews(db)["id"])
    with closing(sqlite3.connect(a2)) as alone:
        mine = {row[0] for row in alone.execute("SELECT id FROM reviews")}
    theirs = {row["id"] for row in reviews_in(b)}
    assert found == mine | theirs
    assert first.left_out == ()
    before = state(a)
    again = merged(a, b)
    assert (again.new, again.conflicts) == (0, ())
    assert state(a) == before


def test_a_disagreement_is_told_until_someone_decides_again(tmp_path):
    a, b = tmp_path / "a.db", tmp_path / "b.db"
    act(a, "ana", [("label", "p", "cat", 0), ("label", "q", "cat", 1)])
    act(b, "bo", [("label", "p", "dog", 5), ("label", "q", "cat", 1)])

    found = merged(a, b)

    assert found.conflicts == ("p",)  # both call q a cat
    with connect(a) as db:
        told = open_conflicts(db)
        assert [(row["earlier_value"], row["later_value"]) for row in told] == [("cat", "dog")]
        assert current_reviews(db).set_index("content_hash").loc["p", "label"] == "dog"
    act(a, "ana", [("label", "p", "dog", 60)])
    with connect(a) as db:
        assert open_conflicts(db) == []


def test_whoever_gets_the_merged_copy_back_is_told_of_the_same_disagreements(tmp_path):
    a, b = tmp_path / "a.db", tmp_path / "b.db"
    act(a, "ana", [("label", "p", "cat", 0), ("label", "q", "cat", 1)])
    act(b, "bo", [("label", "p", "dog", 5), ("label", "q", "dog", 6)])
    merged(a, b)
    act(a, "ana", [("label", "q", "dog", 60)])  # settled before it goes back

    found = merged(b, a)

    assert found.conflicts == ("p",)
    assert state(b) == state(a)
    assert merged(b, a).conflicts == ()


def test_a_conflict_of_decisions_nobody_has_is_left_out(tmp_path):
    a, b = tmp_path / "a.db", tmp_path / "b.db"
    act(a, "ana", [("label", "p", "cat", 0)])
    act(b, "bo", [("label", "q", "dog", 5)])
    with closing(sqlite3.connect(b)) as other:
        other.execute("INSERT INTO conflicts VALUES ('p', 'no such', 'review')")
        other.commit()

    assert merged(a, b).conflicts == ()
    with connect(a) as db:
        assert db.execute("SELECT count(*) FROM conflicts").fetchone() == (0,)


def test_one_window_that_wrote_to_two_copies_loses_nothing(tmp_path):
    a, b = tmp_path / "a.db", tmp_path / "b.db"
    for path, value in ((a, "one"), (b, "other")):
        with connect(path) as db:
            record_review(
                db, Review(str(uuid.uuid4()), "tab", 1, "p", Action.TAG, value, "ana", START)
            )

    assert merged(a, b).new == 1
    merged(b, a)

    for path in (a, b):
        with connect(path) as db:
            assert current_reviews(db)["tags"].iloc[0] == ["one", "other"]


def test_the_other_file_is_not_touched(tmp_path):
    a, b = tmp_path / "a.db", tmp_path / "b.db"
    act(a, "ana", [("label", "p", "cat", 0)])
    act(b, "bo", [("label", "p", "dog", 0)])
    before, files = b.read_bytes(), sorted(p.name for p in tmp_path.glob("b.db*"))

    merged(a, b)

    assert b.read_bytes() == before
    assert sorted(p.name for p in tmp_path.glob("b.db*")) == files


@pytest.mark.parametrize("content", [b"holiday diary" * 99, b"", None])
def test_what_is_no_database_merges_nothing_and_is_named(tmp_path, content):
    other = tmp_path / "other.db"
    if content is not None:
        other.write_bytes(content)

    with pytest.raises(ProjectError, match=r"not a Fieldcheck database|There is no file"):
        reviews_in(other)


def test_a_tampered_review_costs_itself_only(tmp_path):
    a, b = tmp_path / "a.db", tmp_path / "b.db"
    act(a, "ana", [("label", "p", "cat", 0)])
    shutil.copyfile(a, b)
    act(b, "bo", [("label", "q", "dog", 0)])
    with closing(sqlite3.connect(b)) as other:
        other.execute("DROP TRIGGER reviews_no_update")
        other.execute("UPDATE reviews SET value = 'fish' WHERE content_hash = 'p'")
        other.execute("PRAGMA ignore_check_constraints=ON")
        other.execute(
            "INSERT INTO reviews (id, client, sequence, content_hash, action, value, reviewer, at)"
            " VALUES ('x', 'y', 1, 'p', 'shout', NULL, 'bo', 'yesterday')"
        )
        other.commit()

    found = merged(a, b)

    assert found.new == 1
    assert len(found.left_out) == 2
    with connect(a) as db:
        assert set(load_reviews(db)["value"]) == {"cat", "dog"}


def test_how_a_decision_was_asked_for_goes_along_and_an_older_database_knows_nothing_of_it(
    tmp_path,
):
    mine, new, old = (tmp_path / f"{name}.db" for name in ("mine", "new", "old"))
    asked = Review(
        str(uuid.uuid4()), "tab", 1, "p", Action.LABEL, "cat", "ana", START, None, "blind second"
    )
    with connect(new) as db:
        record_review(db, asked)
    with closing(sqlite3.connect(old)) as connection:
        migrations.apply(Database(connection), stop_before="0014_reviews_asked")
        connection.execute(
            "INSERT INTO reviews VALUES (1, 'id', 'old tab', 1, 'p', 'label', 'dog', 'bo', "
            "'2026-03-01T08:00:00.000000+00:00', NULL)"
        )
        connection.commit()
    with connect(mine) as db:
        for other in (new, old):
            found = everything_in(other)
            assert merge(db, found.reviews, queues=found.queues).new == 1
        table = load_reviews(db)

    assert table["value"].tolist() == ["dog", "cat"]
    assert table["asked"].fillna("").tolist() == ["", "blind second"]
