from __future__ import annotations

import pandas as pd
import pytest

from core.errors import MetadataError
from core.frames.columns import (
    camera_column,
    label_column,
    path_column,
    time_columns,
    untimely_columns,
)


def table(**columns):
    return pd.DataFrame(columns, dtype="str")


@pytest.mark.parametrize("name", ["path", "File Name", "image_path", "frame", "whatever"])
def test_the_path_column_is_known_by_its_cells(name):
    found = path_column(table(id=["1", "2"], **{name: ["a/1.JPG", "b\\2.png"]}, note=["x", "y.z"]))

    assert found == name


def test_of_two_columns_of_pictures_the_better_name_wins_then_the_more_different_cells():
    pictures, same = ["1.jpg", "2.jpg"], ["0.jpg", "0.jpg"]

    assert path_column(table(mask=pictures, file=pictures)) == "file"
    assert path_column(table(mask=same, photo_of_it=pictures)) == "photo_of_it"


def test_a_table_without_pictures_is_refused_with_its_columns():
    with pytest.raises(MetadataError, match="Found: path, label"):
        path_column(table(path=["one", "two"], label=["cat", "dog"]))


@pytest.mark.parametrize("name", ["label", "Class", "target", "CATEGORY", "true_label"])
def test_the_label_column_is_known_by_its_name(name):
    assert label_column(table(**{"size": ["1"], name: ["cat"]})) == name


def test_label_goes_before_class_and_an_empty_column_is_no_label():
    assert label_column(table(**{"class": ["1"], "label": ["cat"]})) == "label"
    assert label_column(table(**{"class": ["cat"], "label": [""]})) == "class"
    assert label_column(table(predicted_label=["cat"])) is None


@pytest.mark.parametrize("name", ["camera", "Camera ID", "cam", "device", "sensor"])
def test_the_camera_column_is_known_by_its_name(name):
    assert camera_column(table(**{"size": ["1"], name: ["c1"]})) == name
    assert camera_column(table(cameraman=["Ana"])) is None


@pytest.mark.parametrize("name", ["taken_at", "time", "Timestamp", "datetime", "date"])
def test_the_time_column_needs_a_name_and_times(name):
    assert time_columns(table(**{name: ["2026-03-02 07:15", ""]})) == (name,)
    assert time_columns(table(**{name: ["noon", "dusk"]})) == ()
    assert untimely_columns(table(**{name: ["noon", "dusk"]})) == [name]


def test_a_day_and_a_clock_in_two_columns_belong_together():
    apart = table(date=["2026-03-02", "2026-03-03"], time=["07:15:03", "08:00"])

    assert time_columns(apart) == ("date", "time")


def test_a_day_alone_is_no_time():
    assert time_columns(table(date=["2026-03-02", "2026-03-03"])) == ()
