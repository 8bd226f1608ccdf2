from __future__ import annotations

import numpy as np
import pytest

from core import plots
from core.metrics.intervals import accuracy

REFERENCE = accuracy(np.arange(233) >= 2, np.arange(233))
FIELD = accuracy(np.arange(400) >= 47, np.arange(400))


def test_both_sides_are_drawn_with_interval_count_and_click():
    figure = plots.accuracy_bars(REFERENCE, FIELD)
    reference, field = figure.data

    assert (reference.x[0], field.x[0]) == (pytest.approx(231 / 233), pytest.approx(353 / 400))
    assert field.x[0] + field.error_x.array[0] == pytest.approx(FIELD.high)
    assert field.x[0] - field.error_x.arrayminus[0] == pytest.approx(FIELD.low)
    assert [list(trace.customdata[0]) for trace in figure.data] == [["reference"], ["field"]]
    assert figure.layout.annotations[0].text.startswith("Right in 231 of 233 frames (99 %")
    assert figure.layout.annotations[1].text.startswith("Right in 353 of 400 frames (88 %")


@pytest.mark.parametrize("unlabelled", [None, accuracy([], [])])
def test_a_side_without_labels_says_so_and_shows_no_bar(unlabelled):
    figure = plots.accuracy_bars(REFERENCE, unlabelled)

    assert figure.data[1].x[0] == 0
    assert not figure.data[1].error_x.visible
    assert figure.layout.annotations[1].text == "No labelled frames yet"
