from __future__ import annotations

import sqlite3

import pytest

from core.records import Answer
from core.store import shortcuts as store
from core.store.database import connect


@pytest.fixture
def db(tmp_path):
    with connect(tmp_path / "project.db") as found:
        yield found


def save(db, digest, *, seed=0, model_id="m", answers=None, left_out=None) -> None:
    store.save_cue_answers(
        db,
        model_id=model_id,
        seed=seed,
        content_hash=digest,
        answers=answers or {"grey": Answer("cat", 0.8, (), 0.1)},
        left_out=left_out or {},
    )


def test_answers_and_reasons_come_back(db):
    save(db, "a", left_out={"silhouette": "too small"})
    found = store.load_cue_answers(db, model_id="m", seed=0).set_index("change")

    assert found.loc["grey", "answer"] == "cat"
    assert found.loc["grey", "confidence"] == 0.8
    assert found["left_out"].isna().to_dict() == {"grey": True, "silhouette": False}
    assert found["answer"].isna().to_dict() == {"grey": False, "silhouette": True}


def test_another_model_or_seed_is_another_exam_and_a_repeat_replaces(db):
    save(db, "a")
    save(db, "a", answers={"grey": Answer("dog", 0.6, (), 0.1)})
    save(db, "a", seed=1)
    save(db, "a", model_id="other")

    found = store.load_cue_answers(db, model_id="m", seed=0)
    assert list(found["answer"]) == ["dog"]


def test_a_row_without_answer_and_reason_is_refused(db):
    with pytest.raises(sqlite3.IntegrityError):
        db.execute("INSERT INTO cue_answers VALUES ('m', 'a', 'grey', 0, NULL, NULL, NULL)")
