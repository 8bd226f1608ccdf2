from __future__ import annotations

import numpy as np
import pytest

from core.models.classifier import answers
from core.store.choices import revision
from core.store.database import connect
from core.store.predictions import (
    load_predictions,
    load_vectors,
    save_predictions,
    scored_hashes,
)

CLASSES = ("ant", "bee", "cat", "dog")


@pytest.fixture
def db(tmp_path):
    with connect(tmp_path / "a.db") as opened:
        yield opened


def save(db, hashes, *, model_id="m", seed=0):
    rng = np.random.default_rng(seed)
    logits = rng.standard_normal((len(hashes), 4)).astype(np.float32)
    embeddings = rng.standard_normal((len(hashes), 7)).astype(np.float32)
    found = answers(logits, CLASSES)
    save_predictions(
        db, model_id=model_id, content_hashes=hashes, answers=found,
        logits=logits, embeddings=embeddings,
    )  # fmt: skip
    return found, logits, embeddings


def test_answers_come_back_exactly(db):
    found, _, _ = save(db, ["b", "a"])

    table = load_predictions(db, "m").set_index("content_hash")
    for key, answer in zip(["b", "a"], found, strict=True):
        assert table.loc[key, "answer"] == answer.label
        assert table.loc[key, "confidence"] == answer.confidence
        assert table.loc[key, "entropy"] == answer.entropy
        assert table.loc[key, "top3"] == [[top.label, top.confidence] for top in answer.top3]


def test_vectors_come_back_bit_for_bit_in_the_order_asked_for(db):
    _, logits, embeddings = save(db, ["b", "a", "c"])

    np.testing.assert_array_equal(load_vectors(db, "m", "logits", ["c", "b"]), logits[[2, 0]])
    np.testing.assert_array_equal(
        load_vectors(db, "m", "embedding", ["a", "c"]), embeddings[[1, 2]]
    )
    assert load_vectors(db, "m", "logits", []).shape == (0, 0)


def test_asking_for_what_was_not_scored_fails(db):
    save(db, ["a"])

    with pytest.raises(KeyError):
        load_vectors(db, "m", "logits", ["a", "never"])
    with pytest.raises(ValueError, match="column must be"):
        load_vectors(db, "m", "top3; DROP TABLE reviews", ["a"])


def test_models_are_kept_apart(db):
    save(db, ["a", "b"], model_id="old")
    save(db, ["b"], model_id="new", seed=1)

    assert scored_hashes(db, "old") == {"a", "b"}
    assert scored_hashes(db, "new") == {"b"}
    assert scored_hashes(db, "none") == set()
    assert list(load_predictions(db, "new")["content_hash"]) == ["b"]


def test_a_second_answer_replaces_the_first(db):
    save(db, ["a"])
    _, logits, _ = save(db, ["a"], seed=5)

    assert len(load_predictions(db, "m")) == 1
    np.testing.assert_array_equal(load_vectors(db, "m", "logits", ["a"]), logits)


def test_without_answers_the_table_has_its_columns(db):
    table = load_predictions(db, "m")

    assert list(table.columns) == ["content_hash", "answer", "confidence", "entropy", "top3"]
    assert table.empty


def test_a_batch_that_does_not_fit_together_stores_nothing(db):
    before = revision(db)
    with pytest.raises(ValueError, match="zip"):
        save_predictions(
            db, model_id="m", content_hashes=["a", "b"],
            answers=answers(np.zeros((1, 4), np.float32), CLASSES),
            logits=np.zeros((1, 4), np.float32), embeddings=np.zeros((1, 2), np.float32),
        )  # fmt: skip

    assert scored_hashes(db, "m") == set()
    assert revision(db) == before
