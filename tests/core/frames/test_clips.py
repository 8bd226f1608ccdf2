from __future__ import annotations

import pandas as pd
import pytest

from core import tables
from core.frames.clips import assign_clips

START = pd.Timestamp("2026-03-02 07:00:00")


def frame(number, *, second=None, camera="cam 1", picture=None, content=None, folder="field"):
    """One row; without `picture` a hash far from every other."""
    return {
        "folder": folder,
        "path": f"{number}.jpg",
        "size_bytes": 1,
        "modified_ns": 1,
        "content_hash": content or f"{number:032x}",
        "width": 10,
        "height": 10,
        "picture_hash": picture or f"{(number * 0x9E3779B97F4A7C15 + 12345) % 2**64:016x}",
        "taken_at": None if second is None else START + pd.Timedelta(seconds=second),
        "camera": camera,
        "label": None,
        "clip": "",
    }


def clips(*rows, **options):
    frames = tables.conform(pd.DataFrame(list(rows)), tables.FRAMES)
    return assign_clips(frames, **options)


def grouping(series):
    """The rows of each clip, by position."""
    return sorted(tuple(group) for group in series.groupby(series, sort=False).indices.values())


def test_a_clip_ends_where_thirty_seconds_pass():
    found = clips(*(frame(n, second=s) for n, s in enumerate([0, 29.9, 59, 89, 200])))

    assert grouping(found) == [(0, 1, 2), (3,), (4,)]


def test_the_gap_is_a_setting():
    rows = [frame(n, second=10 * n) for n in range(4)]

    assert grouping(clips(*rows, gap_seconds=5)) == [(0,), (1,), (2,), (3,)]
    assert grouping(clips(*rows, gap_seconds=11)) == [(0, 1, 2, 3)]


def test_cameras_and_folders_have_their_own_clips():
    found = clips(
        frame(0, second=0),
        frame(1, second=1, camera="cam 2"),
        frame(2, second=2),
        frame(3, second=3, camera=None),
        frame(4, second=4, folder="reference"),
        frame(5, second=5, camera=None),
    )

    assert grouping(found) == [(0, 2), (1,), (3, 5), (4,)]


def test_order_in_the_table_does_not_matter():
    rows = [frame(n, second=s) for n, s in enumerate([100, 0, 120, 20])]

    assert grouping(clips(*rows)) == [(0, 2), (1, 3)]


def test_frames_of_one_moment_share_a_clip_whatever_the_gap():
    assert clips(frame(0, second=5), frame(1, second=5), gap_seconds=0).nunique() == 1


def test_without_times_near_copies_share_a_clip_also_through_others():
    found = clips(
        frame(0, picture="ff00ff00ff00ff00"),
        frame(1, picture="ff00ff00ff00ff3f"),  # 6 bits from 0
        frame(2, picture="ff00ff00ff3fff3f"),  # 6 from 1, 12 from 0
        frame(3, picture="ff00ff00ff00ff7f", folder="reference"),
        frame(4, picture="00ff00ff00ff00ff"),
        frame(5, picture="00ff00ff00ff7f80"),  # 7 bits from each
    )

    assert grouping(found) == [(0, 1, 2), (3,), (4,), (5,)]


def test_blank_pictures_without_times_stay_alone_unless_their_files_are_equal():
    blank = "0" * 16
    found = clips(
        frame(0, picture=blank),
        frame(1, picture=blank),
        frame(2, picture="8000000000000000"),
        frame(3, picture="8000000000000000"),
        frame(4, picture=blank, content="c" * 32),
        frame(5, picture=blank, content="c" * 32),
    )

    assert grouping(found) == [(0,), (1,), (2,), (3,), (4, 5)]


def test_equal_files_share_a_clip_over_time_and_folder():
    same = "a" * 32
    found = clips(
        frame(0, second=0, content=same),
        frame(1, second=10),
        frame(2, second=5000, content=same),
        frame(3, content=same, folder="reference"),
        frame(4, second=9000),
    )

    assert grouping(found) == [(0, 1, 2, 3), (4,)]


def test_in_a_mixed_table_near_copies_do_not_tie_timed_clips_together():
    still = "ff00ff00ff00ff00"
    found = clips(
        frame(0, second=0, picture=still),
        frame(1, second=600, picture=still),
        frame(2, picture=still),
        frame(3, picture=still),
    )

    assert grouping(found) == [(0,), (1,), (2, 3)]


def test_names_tell_where_a_clip_begins_and_stay_when_others_come():
    rows = [frame(1, second=7), frame(2, second=0), frame(3), frame(4, second=3000)]

    before = clips(*rows)
    after = clips(frame(9, second=-500), *rows, frame(8), frame(7, second=4000))

    assert before.tolist() == [
        "field:cam 1:2026-03-02T07:00:00",
        "field:cam 1:2026-03-02T07:00:00",
        f"field:hash:{3:032x}",
        "field:cam 1:2026-03-02T07:50:00",
    ]
    assert after.tolist()[1:5] == before.tolist()


def test_the_answer_lies_on_the_tables_index():
    frames = tables.conform(pd.DataFrame([frame(0), frame(1)]), tables.FRAMES)
    frames.index = [40, 7]

    found = assign_clips(frames)

    assert found.index.tolist() == [40, 7]
    assert found.dtype == "str"
    assert found.name == "clip"


def test_no_frames_have_no_clips():
    assert assign_clips(tables.empty(tables.FRAMES)).empty


@pytest.mark.parametrize(("flipped", "is_alike"), [(1 << 63, True), (7, True), (2**40 - 1, False)])
@pytest.mark.parametrize("place", [0, 300, 1399])
def test_near_copies_meet_wherever_they_stand_among_many(flipped, is_alike, place):
    rows = [frame(n) for n in range(1400)]
    hashes = sorted(int(row["picture_hash"], 16) for row in rows)
    copy = frame(2000, picture=f"{hashes[place] ^ flipped:016x}")

    found = clips(*rows, copy)

    original = next(
        n for n, row in enumerate(rows) if int(row["picture_hash"], 16) == hashes[place]
    )
    assert (found.iloc[-1] == found.iloc[original]) is is_alike
    assert found.nunique() == 1400 + (not is_alike)


def test_blanks_between_near_copies_do_not_shift_them():
    found = clips(
        frame(0, picture="0" * 16),
        frame(1, picture="ff00ff00ff00ff00"),
        frame(2, picture="0" * 16),
        frame(3, picture="ff00ff00ff00ff01"),
    )

    assert grouping(found) == [(0,), (1, 3), (2,)]
