from __future__ import annotations

from dataclasses import asdict

import numpy as np
import pandas as pd
import pytest

from core.frames.quality import picture_quality
from core.store.choices import revision
from core.store.database import connect
from core.store.quality import load_quality, measured_hashes, save_quality
from core.tables import QUALITY


@pytest.fixture
def db(tmp_path):
    with connect(tmp_path / "project.db") as db:
        yield db


def row(level=100, **given):
    return asdict(picture_quality(np.full((20, 20, 3), level, np.uint8))) | given


def test_a_row_comes_back_as_it_was_with_unknowns_missing(db):
    given = row(camera_model="Model 3", jpeg_quality=90)
    save_quality(db, [("a", given), ("b", row(200))], version=1)
    table = load_quality(db)

    assert {name: str(dtype) for name, dtype in table.dtypes.items()} == QUALITY
    assert table["content_hash"].tolist() == ["a", "b"]
    first = table.iloc[0]
    assert first["brightness"] == given["brightness"]
    assert (first["camera_model"], first["jpeg_quality"]) == ("Model 3", 90)
    assert pd.isna(first["sharpness"])
    assert pd.isna(table.loc[1, "camera_model"])
    assert pd.isna(table.loc[1, "jpeg_quality"])


def test_an_empty_project_has_an_empty_table(db):
    table = load_quality(db)

    assert list(table.columns) == list(QUALITY)
    assert table.empty


def test_another_version_of_the_measures_is_measured_again(db):
    save_quality(db, [("a", row())], version=1)

    assert measured_hashes(db, version=1) == {"a"}
    assert measured_hashes(db, version=2) == set()
    save_quality(db, [("a", row(50))], version=2)
    assert measured_hashes(db, version=2) == {"a"}
    assert len(load_quality(db)) == 1


def test_a_batch_marks_what_was_read_as_stale(db):
    before = revision(db)
    save_quality(db, [("a", row())], version=1)

    assert revision(db) > before


def test_a_batch_is_stored_whole_or_not_at_all(db):
    with pytest.raises(KeyError):
        save_quality(db, [("a", row()), ("b", {})], version=1)

    assert load_quality(db).empty
