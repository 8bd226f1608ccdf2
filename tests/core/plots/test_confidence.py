from __future__ import annotations

import numpy as np
import pytest

from core import plots, tables
from core.metrics.calibration import reliability_table

CONFIDENCE = np.array([0.95] * 40 + [0.65] * 10)
IS_RIGHT = np.array([True] * 36 + [False] * 4 + [True] * 5 + [False] * 5)
DRAWN = 3  # traces of every reliability diagram before the band


def test_points_lie_at_stated_and_true_share_with_their_interval():
    table = reliability_table(CONFIDENCE, IS_RIGHT, np.arange(50))
    _, enough, thin = plots.reliability_diagram(table).data[:DRAWN]

    assert (list(enough.x), list(enough.y)) == (pytest.approx([0.95]), pytest.approx([0.9]))
    assert enough.y[0] + enough.error_y.array[0] == pytest.approx(table["high"].iloc[1])
    assert enough.y[0] - enough.error_y.arrayminus[0] == pytest.approx(table["low"].iloc[1])
    assert (list(thin.x), list(thin.y)) == (pytest.approx([0.65]), pytest.approx([0.5]))


def test_bins_of_too_few_frames_are_hollow_and_named_so():
    table = reliability_table(CONFIDENCE, IS_RIGHT, np.arange(50))
    _, enough, thin = plots.reliability_diagram(table).data[:DRAWN]

    assert thin.marker.symbol == "circle-open"
    assert thin.name == "too few frames to judge"
    assert enough.marker.symbol == "circle"


def test_a_click_on_a_point_gives_its_bin_and_the_hover_its_count():
    table = reliability_table(CONFIDENCE, IS_RIGHT, np.arange(50))
    enough = plots.reliability_diagram(table).data[1]

    assert list(enough.customdata[0]) == pytest.approx([0.95, 0.95])
    assert "right in 36 of 40 frames" in enough.hovertext[0]
    assert "said 95 to 95 of 100 sure" in enough.hovertext[0]


def test_the_band_of_chance_and_the_correction_are_drawn_and_named():
    table = reliability_table(CONFIDENCE, IS_RIGHT, np.arange(50))
    figure = plots.reliability_diagram(table, table)
    names = [trace.name for trace in figure.data]
    band = figure.data[-1]

    assert names[-2:] == ["with the correction", "what chance allows at this count"]
    assert band.fill == "toself"
    assert max(band.y) == table["perfect_high"].max()
    assert min(band.y) == table["perfect_low"].min()


def test_the_diagonal_is_drawn_even_without_frames():
    figure = plots.reliability_diagram(tables.empty(tables.RELIABILITY))

    assert (list(figure.data[0].x), list(figure.data[0].y)) == ([0, 1], [0, 1])


def test_the_histogram_counts_every_frame_once_right_and_wrong_stacked():
    sure, is_right = np.append(CONFIDENCE, [0.0, 1.0]), np.append(IS_RIGHT, [False, True])
    figure = plots.confidence_histogram(sure, is_right)
    right, wrong = figure.data

    assert figure.layout.barmode == "stack"
    assert sum(right.y) == 42
    assert sum(wrong.y) == 10
    assert list(right.y[-2:]) == [36, 1]  # 0.95 is the upper edge of its bin
    assert wrong.y[0] == 1
    assert right.name == "right: 42 of 52 frames"


def test_wrong_frames_differ_from_right_ones_by_more_than_colour():
    right, wrong = plots.confidence_histogram(CONFIDENCE, IS_RIGHT).data

    assert right.marker.pattern.shape != wrong.marker.pattern.shape


def test_a_click_on_the_histogram_gives_its_bin_and_kind():
    right, wrong = plots.confidence_histogram(CONFIDENCE, IS_RIGHT).data

    assert right.customdata[-2] == [0.9, 0.95, "right"]
    assert wrong.customdata[-1] == [0.95, 1.0, "wrong"]


def test_frames_that_nobody_labelled_are_stacked_on_top():
    *_, third = plots.confidence_histogram([0.9, 0.95, 0.2], [True, None, np.nan]).data

    assert third.name == "nobody labelled: 2 of 3 frames"
    assert sum(third.y) == 2


def test_the_curve_puts_what_lies_beyond_the_reference_to_its_right():
    row = {"frames": 5, "confidence": 0.9, "quarter": 0.8, "three_quarters": 0.97}
    rows = [{"low": 0.0, "high": 0.1, **row}, {"low": 0.99, "high": 1.0, **row}]
    reference, field = plots.sureness_curve(rows, []).data

    assert field.name == "field: 10 frames"
    assert list(field.x) == [0.05, 1.06]
    assert list(reference.x or []) == []


def test_the_histogram_of_no_frames_is_flat():
    figure = plots.confidence_histogram([], [])

    assert sum(figure.data[0].y) == sum(figure.data[1].y) == 0
