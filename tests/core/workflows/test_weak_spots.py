from __future__ import annotations

import pytest

from core.errors import NothingYetError
from core.records import State
from core.workflows import scoring, slices, weak_spots


def test_the_planted_corner_is_found_and_nothing_else(patchy_project, patchy_frames):
    report = weak_spots.weak_spots(patchy_project)
    whole = report.table[report.table["told_by"].isna()]
    sure = whole[whole["state"] == "confirmed"]

    assert report.headline.state is State.CONFIRMED
    assert [tuple(row) for row in sure[["column", "value", "column_2", "value_2"]].to_numpy()] == [
        ("camera", "cam3", "light", "night")
    ]
    assert list(sure["right"]) == [patchy_frames.spot_right]
    assert len(report.names) == len(report.statements) == len(report.table)


def test_every_weak_spot_opens_as_many_frames_as_it_counts(patchy_project):
    table = weak_spots.weak_spots(patchy_project).table

    assert len(table)
    for row in slices.rows_json(table):
        frames = slices.frames_of(
            patchy_project, by=row["column"], value=row["value"], with_by=row["column_2"],
            with_value=row["value_2"] or "",
        )  # fmt: skip
        assert (len(frames), frames["is_right"].sum()) == (row["of"], row["right"])


def test_the_same_slice_has_the_same_figures_everywhere(patchy_project):
    by_camera = slices.rows_json(slices.slices(patchy_project, by="camera").table)
    table = slices.search(slices.scores(patchy_project))
    searched = [r for r in slices.rows_json(table) if r["column"] == "camera" and not r["column_2"]]

    assert by_camera == searched


def test_the_grid_holds_every_labelled_frame(patchy_project, patchy_frames):
    grid = weak_spots.pair_grid(patchy_project, columns=("camera", "light"))

    assert grid["of"].sum() == patchy_frames.field
    assert len(grid) == 6


def test_few_frames_have_no_weak_spot_to_tell(tiny_project):
    report = weak_spots.weak_spots(tiny_project)

    assert report.headline.state is State.NOT_ENOUGH
    assert report.table.empty


def test_without_answers_it_says_what_is_missing(fresh_project):
    scoring.index_frames(fresh_project)

    with pytest.raises(NothingYetError, match="Label some frames"):
        weak_spots.weak_spots(fresh_project)
    with pytest.raises(NothingYetError, match="Label some frames"):
        weak_spots.pair_grid(fresh_project, columns=("camera", "place"))
