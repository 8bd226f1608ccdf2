from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from core.findings.slice_words import unsure_statement
from core.findings.unlabelled import UNLABELLED, unlabelled_table
from core.records import State


@pytest.fixture
def frames() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "camera": ["a"] * 4 + ["b"] * 4,
            "answer": ["x", "x", "x", "y", "x", "x", "y", "y"],
            "confidence": [0.9, 0.9, 0.8, 0.8, 0.5, 0.5, 0.6, 0.6],
            "clip": ["1", "1", "1", "1", "2", "2", "3", "3"],
        }
    )


def test_the_least_sure_comes_first_with_how_often_clips_agree(frames):
    table = unlabelled_table(frames, column="camera")

    assert list(table.columns) == list(UNLABELLED)
    assert table[list(UNLABELLED)[-4:]].isna().all(axis=None)  # no reference, no estimate
    assert list(table["value"]) == ["b", "a"]
    assert list(table["confidence"]) == pytest.approx([0.55, 0.85])
    assert table[["agree", "agree_of"]].to_numpy().tolist() == [[4, 4], [3, 4]]


def test_one_clip_says_nothing_of_the_next_and_more_clips_narrow_it(frames):
    table = unlabelled_table(frames, column="camera").set_index("value")

    assert (table.loc["a", "low"], table.loc["a", "high"]) == (0, 1)
    assert 0 < table.loc["b", "low"] < 0.55 < table.loc["b", "high"] < 1


def test_the_interval_is_the_normal_one_where_each_frame_is_a_clip():
    sure = np.random.default_rng(0).beta(4, 2, 200)
    frames = pd.DataFrame({"camera": "a", "answer": "x", "confidence": sure, "clip": range(200)})
    row = unlabelled_table(frames, column="camera").iloc[0]

    half = 1.959964 * sure.std(ddof=1) / np.sqrt(200)
    assert (row["low"], row["high"]) == pytest.approx((sure.mean() - half, sure.mean() + half))
    assert row["agree_of"] == 0


def test_it_is_marked_as_no_accuracy(frames):
    row = unlabelled_table(frames, column="camera").iloc[0].to_dict()
    said = unsure_statement("Camera b", row, None)

    assert said.state is State.NOT_ENOUGH
    assert "55 % sure on average in 4 frames" in said.headline
    assert "not how often it is right" in said.next_step
