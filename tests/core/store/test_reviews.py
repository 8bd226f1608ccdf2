from __future__ import annotations

import sqlite3
import subprocess
import sys
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest

from core.errors import DiskError, ReviewError
from core.records import Action, Review
from core.store.database import connect
from core.store.reviews import (
    current_reviews,
    last_standing,
    load_reviews,
    record_review,
    record_reviews,
    stamp,
    standing_labels,
)

ROOT = Path(__file__).resolve().parents[3]
START = datetime(2026, 3, 1, 9, tzinfo=UTC)
_sequences: dict[str, int] = {}


@pytest.fixture
def path(tmp_path) -> Path:
    return tmp_path / "a.db"


@pytest.fixture
def db(path):
    with connect(path) as opened:
        yield opened


def review(action=Action.LABEL, value=None, *, picture="p", client=None, minute=0, **other):
    client = client or "tab"
    sequence = other.pop("sequence", None) or _sequences.get(client, 0) + 1
    _sequences[client] = sequence
    return Review(
        id=str(uuid.uuid4()), client=client, sequence=sequence, content_hash=picture,
        action=action, value=value, reviewer=other.pop("reviewer", "ana"),
        at=START + timedelta(minutes=minute), **other,
    )  # fmt: skip


@pytest.fixture(autouse=True)
def fresh_sequences():
    _sequences.clear()


def undo(target: Review, **other) -> Review:
    return review(Action.UNDO, undoes=target.id, picture=target.content_hash, **other)


def current(db, picture="p"):
    return current_reviews(db).set_index("content_hash").loc[picture]


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE reviews SET value = 'dog'",
        "DELETE FROM reviews",
        "INSERT OR REPLACE INTO reviews SELECT * FROM reviews",
        "UPDATE OR REPLACE reviews SET client = 'x'",
    ],
)
def test_the_database_itself_refuses_to_change_or_delete_a_review(db, path, sql):
    record_review(db, review(value="cat"))
    stranger = sqlite3.connect(path)  # another program, with SQLite's own settings

    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        stranger.execute(sql)
    stranger.close()
    assert list(load_reviews(db)["value"]) == ["cat"]


def test_a_review_comes_back_as_it_was(db):
    given = review(Action.NOTE, "Öl auf der Linse\nsiehe Montag", minute=1)

    assert record_review(db, given)
    row = load_reviews(db).iloc[0]
    for name in ("id", "client", "sequence", "content_hash", "action", "value", "reviewer"):
        assert row[name] == getattr(given, name), name
    assert row["at"] == given.at.replace(tzinfo=None)
    assert not row["is_undone"]


def test_no_reviews_give_empty_tables_with_their_columns(db):
    assert load_reviews(db).empty
    assert "is_undone" in load_reviews(db)
    assert list(current_reviews(db).columns) == [
        "content_hash", "decision", "label", "hard_case", "tags", "note", "reviewer", "at",
    ]  # fmt: skip


def test_a_repeated_event_changes_nothing(db):
    first = review(value="cat")

    assert record_review(db, first) is True
    assert record_review(db, first) is False
    # re-sent later, with another clock reading
    assert record_review(db, replace(first, at=first.at + timedelta(hours=1))) is False
    assert len(load_reviews(db)) == 1
    assert current(db)["label"] == "cat"


def test_another_decision_under_the_same_number_is_refused(db):
    first = review(value="cat")
    record_review(db, first)

    with pytest.raises(ReviewError, match="already stored as another one"):
        record_review(db, review(value="dog", sequence=first.sequence))
    assert list(load_reviews(db)["value"]) == ["cat"]


def test_two_windows_count_on_their_own(db):
    record_review(db, review(value="cat", client="one", sequence=1))
    record_review(db, review(value="dog", client="two", sequence=1, picture="q"))

    assert len(load_reviews(db)) == 2


def test_undo_brings_back_the_earlier_decision_and_is_a_row_itself(db):
    record_review(db, review(value="cat", minute=0))
    second = review(value="dog", minute=1)
    record_review(db, second)
    taken_back = undo(second, minute=2)
    record_review(db, taken_back)

    assert current(db)["label"] == "cat"
    table = load_reviews(db).set_index("id")
    assert len(table) == 3
    assert table.loc[second.id, "is_undone"]
    assert table.loc[taken_back.id, "undoes"] == second.id
    assert not table.loc[taken_back.id, "is_undone"]


def test_undo_of_the_only_review_leaves_the_picture_undecided(db):
    only = review(value="cat")
    record_review(db, only)
    record_review(db, undo(only))

    assert current_reviews(db).empty


def test_what_was_undone_cannot_be_undone_again(db):
    first = review(value="cat")
    record_review(db, first)
    record_review(db, undo(first))

    with pytest.raises(ReviewError, match="already undone"):
        record_review(db, undo(first))
    assert len(load_reviews(db)) == 2


def test_an_undo_can_be_undone_and_the_decision_stands_where_it_stood(db):
    first, other = review(value="cat"), review(value="dog", minute=1, reviewer="ben")
    back = undo(first, minute=2)
    again = undo(back, minute=3)
    for one in (first, other, back, again):
        record_review(db, one)

    table = load_reviews(db).set_index("id")

    assert [bool(table.loc[one.id, "is_undone"]) for one in (first, other, back, again)] == [
        False, False, True, False,
    ]  # fmt: skip
    assert current(db)["label"] == "dog"  # brought back, it is no newer than it was
    assert [row["id"] for row in last_standing(db, limit=9)] == [other.id, first.id]


def test_what_was_brought_back_can_be_undone_again_but_not_the_bringing_back(db):
    first = review(value="cat")
    back = undo(first)
    again = undo(back)
    for one in (first, back, again):
        record_review(db, one)

    with pytest.raises(ReviewError, match="brought a decision back"):
        record_review(db, undo(again))
    with pytest.raises(ReviewError, match="already undone"):
        record_review(db, undo(back))
    record_review(db, undo(first))

    assert last_standing(db) == []


def test_nothing_is_stored_in_view_of_reviews_that_are_not_the_newest_any_more(db):
    first = review(value="cat")
    record_review(db, first)
    seen = stamp(db)
    record_review(db, review(value="dog"))

    with pytest.raises(ReviewError, match="in the meantime"):
        record_reviews(db, [undo(first)], seen=seen)

    assert not load_reviews(db)["is_undone"].any()
    assert record_reviews(db, [undo(first)], seen=stamp(db)) == 1


def test_undo_of_something_unknown_or_elsewhere_is_refused(db):
    first = review(value="cat", picture="p")
    record_review(db, first)

    with pytest.raises(ReviewError, match="no decision"):
        record_review(db, review(Action.UNDO, undoes=str(uuid.uuid4())))
    with pytest.raises(ReviewError, match="another picture"):
        record_review(db, review(Action.UNDO, undoes=first.id, picture="q"))
    assert current(db)["label"] == "cat"


def test_a_refused_review_leaves_the_connection_usable(db):
    first = review(value="cat")
    record_review(db, first)
    with pytest.raises(ReviewError):
        record_review(db, review(value="dog", sequence=first.sequence))

    assert record_review(db, review(value="dog", sequence=50))


def test_what_stands_is_gathered_per_picture(db):
    events = [
        review(Action.LABEL, "cat", minute=1),
        review(Action.HARD_CASE, "on", minute=2),
        review(Action.TAG, "fog", minute=3),
        review(Action.TAG, "blur", minute=4),
        review(Action.NOTE, "look again", minute=5),
        review(Action.LABEL, "dog", minute=6, reviewer="bo"),
    ]
    for event in events:
        record_review(db, event)

    now = current(db)
    assert (now["decision"], now["label"]) == ("label", "dog")
    assert now["hard_case"]
    assert now["tags"] == ["blur", "fog"]
    assert now["note"] == "look again"
    assert now["reviewer"] == "bo"
    assert now["at"] == START + timedelta(minutes=6)


def test_unsure_and_skip_leave_no_label_and_extras_decide_nothing(db):
    record_review(db, review(Action.LABEL, "cat", picture="p", minute=1))
    record_review(db, review(Action.UNSURE, picture="p", minute=2))
    record_review(db, review(Action.SKIP, picture="q"))
    record_review(db, review(Action.HARD_CASE, "on", picture="r"))
    record_review(db, review(Action.HARD_CASE, "off", picture="r", minute=1))
    record_review(db, review(Action.NOTE, "x", picture="r", minute=2))
    record_review(db, review(Action.NOTE, "", picture="r", minute=3))

    assert current(db, "p")["decision"] == "unsure"
    assert current(db, "q")["decision"] == "skip"
    assert pd.isna(current(db, "r")["decision"])
    assert current_reviews(db)["label"].isna().all()
    assert not current(db, "r")["hard_case"]
    assert pd.isna(current(db, "r")["note"])


def test_the_newest_standing_review_is_found_by_person(db):
    first = review(value="cat", minute=1)
    second = review(value="dog", minute=2, picture="q")
    other = review(value="dog", minute=3, picture="r", reviewer="bo")
    for event in (first, second, other):
        record_review(db, event)

    assert [row["id"] for row in last_standing(db, limit=9)] == [other.id, second.id, first.id]
    assert [row["id"] for row in last_standing(db, reviewer="ana")] == [second.id]
    record_review(db, undo(second, minute=4))
    assert [row["id"] for row in last_standing(db, reviewer="ana")] == [first.id]


def test_a_review_is_on_disk_when_the_call_returns(db, path):
    record_review(db, review(value="cat"))

    other = sqlite3.connect(path)
    assert other.execute("SELECT count(*) FROM reviews").fetchone() == (1,)
    other.close()


def test_writers_in_several_threads_lose_nothing(path):
    def write(client: str) -> None:
        for number in range(1, 26):
            event = review(Action.TAG, f"{client} {number}", client=client, sequence=number)
            with connect(path) as db:
                record_review(db, event)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(write, [f"tab {n}" for n in range(6)]))

    with connect(path) as db:
        table = load_reviews(db)
    assert len(table) == 150
    assert set(table["value"]) == {f"tab {n} {k}" for n in range(6) for k in range(1, 26)}


def test_writers_in_several_processes_lose_nothing(path):
    code = (
        "import sys, uuid; from datetime import UTC, datetime; from pathlib import Path\n"
        "from core.records import Action, Review; from core.store.database import connect\n"
        "from core.store.reviews import record_review\n"
        "for k in range(1, 31):\n"
        "    r = Review(str(uuid.uuid4()), sys.argv[2], k, 'p', Action.TAG, str(k), 'me',"
        " datetime.now(UTC))\n"
        "    with connect(Path(sys.argv[1])) as db: record_review(db, r)\n"
    )
    writers = [
        subprocess.Popen([sys.executable, "-c", code, str(path), f"process {n}"], cwd=ROOT)
        for n in range(4)
    ]
    codes = [writer.wait() for writer in writers]

    assert codes == [0] * 4
    with connect(path) as db:
        table = load_reviews(db)
    assert table.groupby("client").size().to_dict() == {f"process {n}": 30 for n in range(4)}


def test_the_same_event_sent_by_two_windows_at_once_is_stored_once(path):
    event = review(value="cat")

    def send(_: int) -> bool:
        with connect(path) as db:
            return record_review(db, event)

    with ThreadPoolExecutor(8) as pool:
        was_new = list(pool.map(send, range(8)))

    assert sum(was_new) == 1
    with connect(path) as db:
        assert len(load_reviews(db)) == 1


def test_a_full_disk_is_named_even_where_it_has_ended_the_transaction_by_itself(path):
    with pytest.raises(DiskError, match="is full"), connect(path) as db:
        db.execute("DROP TRIGGER reviews_no_replace")  # with it SQLite undoes the statement only
        pages = db.execute("PRAGMA page_count").fetchone()[0]
        db.execute(f"PRAGMA max_page_count={pages}")
        record_review(db, review(Action.NOTE, "x" * 500_000))


def test_a_full_disk_stores_nothing_and_the_same_event_goes_through_later(path):
    with connect(path) as db:
        record_review(db, review(value="cat"))
    late = review(Action.NOTE, "x" * 500_000)

    with pytest.raises(DiskError, match=r"is full.*Nothing was lost"), connect(path) as db:
        pages = db.execute("PRAGMA page_count").fetchone()[0]
        db.execute(f"PRAGMA max_page_count={pages}")
        record_review(db, late)
    with connect(path) as db:
        assert len(load_reviews(db)) == 1
        assert record_review(db, late) is True
        assert current(db)["note"] == late.value


def test_the_standing_labels_are_the_current_reviews_in_short(db):
    first = review(value="red", picture="a")
    second = review(Action.AGREE, "blue", picture="a", minute=1)
    for one in (
        first, second, undo(second, minute=2),
        review(value="red", picture="b"), review(Action.UNSURE, picture="b", minute=1),
        review(Action.SKIP, picture="c"), review(Action.TAG, "wet", picture="d"),
        review(Action.AGREE, "red", picture="e"), review(Action.NOTE, "?", picture="e", minute=1),
    ):  # fmt: skip
        record_review(db, one)

    found = standing_labels(db)

    table = current_reviews(db).set_index("content_hash")
    decided = table[table["decision"].notna()]
    assert found == {
        digest: (row["decision"], None if pd.isna(row["label"]) else row["label"])
        for digest, row in decided.iterrows()
    }
    assert found == {
        "a": ("label", "red"), "b": ("unsure", None), "c": ("skip", None), "e": ("agree", "red"),
    }  # fmt: skip
