from __future__ import annotations

import math

import pandas as pd
import pytest

from core.findings.near_answers import disagreeing_copies
from core.findings.queue_words import minutes_left, progress_sentence, reason
from core.findings.suspicion import Suspicion, ranked_by_suspicion

AT = pd.Timestamp("2026-03-02 08:00")


def frames(*rows: dict) -> pd.DataFrame:
    usual = {
        "clip": "c", "taken_at": AT, "picture_hash": "00ff00ff00ff00ff", "answer": "wrench",
        "label": "wrench", "confidence": 0.9, "is_unusual": False,
    }  # fmt: skip
    table = pd.DataFrame([{**usual, **row} for row in rows])
    table["content_hash"] = [row["path"] for row in rows]
    table["called"] = table["label"]
    table["is_right"] = (table["label"] == table["answer"]).astype(object).where(
        table["label"].notna(), None
    )  # fmt: skip
    table["shown"] = table["answer"]
    return table


def test_reasons_come_in_their_order_and_the_strongest_counts():
    table = frames(
        {"path": "unlabelled_sure", "label": None, "clip": "1", "confidence": 0.8},
        {"path": "unlabelled", "label": None, "clip": "2", "confidence": 0.4},
        {"path": "fine", "clip": "3"},
        {"path": "unlike", "clip": "4"},
        {"path": "copy", "clip": "5", "label": "hammer", "answer": "hammer"},
        {"path": "twin", "clip": "5", "taken_at": AT + pd.Timedelta("2s")},
        {"path": "wrong", "clip": "6", "label": "pliers"},
        {"path": "doubted", "clip": "7", "label": "pliers"},
        {"path": "silent", "clip": "8", "label": "pliers", "confidence": 0.995},
    )
    found = ranked_by_suspicion(
        table, doubts={"doubted": "wrench", "silent": "wrench"}, unlike={"unlike", "wrong"}
    )

    assert list(found["content_hash"]) == [
        "silent", "doubted", "wrong", "copy", "twin", "unlike", "unlabelled", "unlabelled_sure",
    ]  # fmt: skip
    assert found["suspicion"].iloc[0] == Suspicion.SILENT
    told = {row["path"]: reason(row) for row in found.to_dict("records")}
    assert told["silent"].startswith("Very sure, yet it disagrees with the label. Over 99 % sure")
    assert told["doubted"].startswith("Judged by the other frames it looks like wrench. ")
    assert told["copy"].startswith("Its near copy 2 seconds later is labelled wrench. ")
    assert told["twin"].startswith("Its near copy 2 seconds earlier is labelled hammer. ")
    assert told["unlike"].startswith("Unlike anything in the reference. ")
    assert told["wrong"].startswith("90 % sure it is wrench; ")


def test_copies_are_near_in_look_of_one_clip_and_blank_ones_of_nothing():
    table = frames(
        {"path": "a", "answer": "hammer", "label": None},
        {"path": "far_look", "picture_hash": "ff00ff00ff00ff00", "label": None},
        {"path": "other_clip", "clip": "d", "label": None},
        {"path": "blank", "clip": "e", "picture_hash": "0" * 16, "label": None},
        {"path": "blank2", "clip": "e", "picture_hash": "0" * 16, "answer": "x", "label": None},
        {"path": "b", "picture_hash": "00ff00ff00ff00fe", "taken_at": AT, "label": None},
    )
    found = disagreeing_copies(table)

    assert set(found.index) == {"a", "b"}
    assert found.loc["a", ["about", "says", "beside"]].tolist() == ["answer", "wrench", "b"]
    assert disagreeing_copies(table.head(1)).empty


def test_copies_without_times_are_named_by_their_file():
    row = {"answer": "hammer", "confidence": 0.9, "label": None, "shown": "hammer",
           "is_unusual": False, "suspicion": Suspicion.COPIES, "copy_about": "answer",
           "copy_says": "wrench", "copy_seconds": math.nan,
           "copy_beside": "cam1/x.jpg"}  # fmt: skip

    assert reason(row).startswith("Its near copy x.jpg is answered wrench. ")
    assert reason({**row, "copy_seconds": 0.0}).startswith("Its near copy of the same second is")
    assert "3 minutes earlier" in reason({**row, "copy_seconds": -190.0})


@pytest.mark.parametrize(
    ("done", "total", "seconds", "told"),
    [
        (132, 400, 4.9, "132 of 400, about 22 minutes left"),
        (399, 400, 4.0, "399 of 400, about a minute left"),
        (0, 9_000, 4.0, "0 of 9,000, about 10 hours left"),
        (3, 20, None, "3 of 20; how long the rest takes shows after your first decisions"),
        (20, 20, None, "All 20 decided"),
        (0, 0, None, "No frames in it"),
    ],
)
def test_progress_in_words(done, total, seconds, told):
    assert progress_sentence(done, total, seconds) == told


def test_a_minute_is_never_rounded_away():
    assert minutes_left(1) == "about a minute"
    assert minutes_left(61) == "about 2 minutes"
