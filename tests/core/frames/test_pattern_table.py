from __future__ import annotations

from datetime import datetime

import pandas as pd
import pytest

from core import tables
from core.frames.pattern_table import PATH, apply_pattern, moment_of, preview_pattern
from core.frames.patterns import compile_pattern


def frames_of(*places, **facts):
    """FRAMES rows of "folder/path" places."""
    rows = []
    for place in places:
        folder, _, path = place.partition("/")
        row = {name: 0 for name in tables.FRAMES}
        row |= {"folder": folder, "path": path, "content_hash": place, "picture_hash": "0" * 16}
        rows.append(row | {"taken_at": None, "camera": None, "label": None, "clip": ""} | facts)
    return tables.conform(pd.DataFrame(rows), tables.FRAMES)


def test_camera_time_label_and_other_columns_are_set():
    frames = frames_of("field/north/saw_cam1_20260302_092133.jpg")
    pattern = compile_pattern("{site}/{label}_{camera}_{date}_{time}")
    row = apply_pattern(frames, pattern).frames.iloc[0]

    assert (row["site"], row["label"], row["camera"]) == ("north", "saw", "cam1")
    assert row["taken_at"] == datetime(2026, 3, 2, 9, 21, 33)
    assert "date" not in row.index


def test_a_name_that_says_nothing_changes_nothing():
    frames = frames_of("field/cam1_7.jpg", "field/photo.jpg", "field/a_b_c.jpg", camera="EXIF")
    found = apply_pattern(frames, compile_pattern("{camera}_{anything}"))

    assert found.frames["camera"].tolist() == ["cam1", "EXIF", "EXIF"]
    assert found.unfitting == ["photo.jpg"]
    assert found.unclear == ["a_b_c.jpg"]


def test_a_day_without_an_hour_is_a_column_and_no_time():
    found = apply_pattern(frames_of("field/x_20260302.jpg"), compile_pattern("{camera}_{date}"))

    assert found.frames["date"].tolist() == ["20260302"]
    assert found.frames["taken_at"].isna().all()


def test_columns_named_like_ours_get_another_name():
    found = apply_pattern(frames_of("field/3_b.jpg"), compile_pattern("{clip}_{answer}"))
    row = found.frames.iloc[0]

    assert (row["meta_clip"], row["meta_answer"], row["clip"]) == ("3", "b", "")


def test_a_column_called_path_harms_nothing():
    found = apply_pattern(frames_of("field/a_b.jpg"), compile_pattern("{path}_{anything}"))

    assert found.frames["path"].tolist() == ["a_b.jpg"]
    assert found.frames["meta_path"].tolist() == ["a"]


def test_no_frames_give_no_rows():
    frames = frames_of("field/a.jpg").iloc[:0]

    assert apply_pattern(frames, compile_pattern("{camera}_{date}_{time}")).frames.empty


def test_the_preview_shows_ten_spread_over_all_and_counts_the_rest():
    paths = [f"cam{n % 4}_{n:03}.jpg" for n in range(97)] + ["odd.jpg", "a_b_c.jpg"]
    found = preview_pattern(compile_pattern("{camera}_{anything}"), paths)

    assert (found.of, found.fitting) == (99, 97)
    assert (found.unfitting, found.unclear) == (["odd.jpg"], ["a_b_c.jpg"])
    assert list(found.table.columns) == [PATH, "camera"]
    assert found.table[PATH].tolist() == paths[::10]
    assert found.table["camera"].tolist()[:2] == ["cam0", "cam2"]


def test_a_preview_of_nothing_is_empty():
    found = preview_pattern(compile_pattern("{camera}"), [])

    assert (found.of, found.fitting, len(found.table)) == (0, 0, 0)


@pytest.mark.parametrize(
    ("said", "moment"),
    [
        ({"date": "20260302", "time": "0921"}, "2026-03-02T09:21:00"),
        ({"date": "2026.03.02", "time": "09h21"}, "2026-03-02T09:21:00"),
        ({"taken_at": "20260302_092133"}, "2026-03-02T09:21:33"),
        ({"taken_at": "2026-03-02 09-21-33"}, "2026-03-02T09:21:33"),
        ({"taken_at": "1772443293"}, "2026-03-02T09:21:33"),
        ({"taken_at": "1772443293000"}, "2026-03-02T09:21:33"),
        ({"taken_at": "0000000007"}, None),
        ({"year": "2026", "month": "3", "day": "2", "hour": "9", "minute": "05"},
         "2026-03-02T09:05:00"),
        ({"date": "20260231", "time": "0921"}, None),
        ({"date": "20260302"}, None),
        ({}, None),
    ],
)  # fmt: skip
def test_the_moment_is_put_together(said, moment):
    assert moment_of(said) == moment
