"""What is counted and said of a failure mode's frames."""

from __future__ import annotations

import pandas as pd
import pytest

from core.findings.hard_case_words import count_words, next_words
from core.findings.hard_cases import Gathered, Lack, Progress, clip_target, gathered

TITLES = {"camera": "Camera", "class": "Class", "hour_block": "Time of day"}


def field(count: int, *, per_clip: int = 1, start: int = 0) -> pd.DataFrame:
    rows = range(start, start + count)
    return pd.DataFrame(
        {
            "content_hash": [f"h{n}" for n in rows],
            "clip": [f"c{n // per_clip}" for n in rows],
            "taken_at": pd.to_datetime([f"2026-03-{1 + n % 9:02} 08:00" for n in rows]),
            "camera": [f"cam{n % 3}" for n in rows],
            "hour_block": ["evening" if n % 2 else "morning" for n in rows],
            "label": [None if n % 4 == 0 else f"kind {n % 4}" for n in rows],
            "answer": [f"kind {n % 4}" for n in rows],
        }
    )


def of(frames: int, clips: int, target: int = 200, *, days: int = 5, lacks=()) -> Gathered:
    return Gathered(frames, clips, days, target, lacks)


def test_copies_of_a_picture_count_once_and_clips_apart():
    frames = pd.concat([field(12, per_clip=4), field(12, per_clip=4)])

    found = gathered(frames, field(120), target=200, columns=TITLES)

    assert (found.frames, found.clips, found.days) == (12, 3, 9)


def test_what_the_field_has_and_the_mode_lacks_is_named_with_the_answer_for_a_missing_label():
    everything = field(60)
    only = everything[(everything["camera"] == "cam1") & (everything["hour_block"] == "morning")]

    found = gathered(only, everything, target=200, columns=TITLES)

    lacks = {lack.column: set(lack.values) for lack in found.lacks}
    assert lacks == {
        "camera": {"cam0", "cam2"}, "class": {"kind 1", "kind 3"}, "hour_block": {"evening"},
    }  # fmt: skip


def test_nothing_is_lacking_where_all_is_there_nor_where_nothing_was_gathered():
    everything = field(60)

    assert gathered(everything, everything, target=60, columns=TITLES).lacks == ()
    assert gathered(everything.head(0), everything, target=60, columns=TITLES).lacks == ()


@pytest.mark.parametrize(
    ("frames", "clips", "wanted"),
    [
        (0, 0, Progress.EMPTY),
        (5, 1, Progress.COLLECTING),
        (44, 3, Progress.FEW_CLIPS),
        (44, 5, Progress.COLLECTING),
        (200, 19, Progress.FEW_CLIPS),
        (200, 20, Progress.ENOUGH),
        (199, 60, Progress.COLLECTING),
    ],
)
def test_progress_asks_for_frames_and_clips(frames, clips, wanted):
    assert of(frames, clips).progress is wanted


def test_a_tenth_in_clips_but_never_fewer_than_ten():
    assert [clip_target(n) for n in (10, 100, 200, 201, 500)] == [10, 10, 20, 21, 50]
    assert of(100, 2, 200).share == 0.1
    assert of(20, 20, 200).share == 0.1


def test_the_sentence_says_frames_clips_and_what_they_are_worth():
    assert (
        count_words(of(44, 3)) == "44 of 200 frames, but from 3 clips: those are 3 pictures' worth."
    )
    assert count_words(of(44, 12)) == "44 of 200 frames, from 12 of 20 clips."
    assert count_words(of(230, 25)) == "230 frames (200 wanted), from 25 clips."
    assert "1 picture's worth" in count_words(of(44, 1))


def test_the_next_step_says_where():
    lacks = (Lack("camera", ("cam1", "cam2", "cam3", "cam4")), Lack("hour_block", ("night",)))

    assert next_words(of(0, 0), "dusk", TITLES).endswith("type “dusk”.")
    assert next_words(of(44, 3, days=1), "dusk", TITLES).startswith("Collect from other days: 17")
    assert next_words(of(44, 30, lacks=lacks), "dusk", TITLES) == (
        "Collect 156 more frames. None yet of: camera cam1, cam2, cam3 and 1 more; time of day "
        "night if it happens then."
    )
    assert next_words(of(150, 19), "dusk", TITLES) == "Collect 50 more frames from 1 more clip."
    assert next_words(of(200, 20), "dusk", TITLES) == "Enough to freeze."
