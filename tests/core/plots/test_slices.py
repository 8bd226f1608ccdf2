from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from core import plots
from core.findings.slices import slice_table

RATES = {"night <b>": 0.5, "rare": 0.6, "day": 0.95}
SIZES = {"night <b>": 60, "rare": 5, "day": 200}


@pytest.fixture
def table() -> pd.DataFrame:
    parts = [
        pd.DataFrame({"place": name, "is_right": np.arange(size) < RATES[name] * size})
        for name, size in SIZES.items()
    ]
    frames = pd.concat(parts, ignore_index=True)
    return slice_table(frames.assign(clip=frames.index), column="place")


def test_bars_show_share_right_and_interval_with_the_worst_on_top(table):
    figure = plots.slice_bars(table)
    bars = figure.data[0]

    assert bars.type == "bar"
    assert bars.orientation == "h"
    assert list(bars.y) == ["night <b>", "rare", "day"]
    assert figure.layout.yaxis.autorange == "reversed"
    assert list(bars.x) == pytest.approx([0.5, 0.6, 0.95])
    assert list(bars.x + bars.error_x.array) == pytest.approx(table["high"].tolist())
    assert list(bars.x - bars.error_x.arrayminus) == pytest.approx(table["low"].tolist())


def test_every_bar_and_its_text_carry_the_value_for_a_click(table):
    figure = plots.slice_bars(table)

    for trace in figure.data:
        assert [list(point) for point in trace.customdata] == [["night <b>"], ["rare"], ["day"]]


def test_every_bar_says_its_count_and_its_state_in_words(table):
    words = plots.slice_bars(table).data[1].text

    assert list(words) == [
        "30 of 60 (50 %)<br>▼ confirmed weak spot",
        "3 of 5 (60 %)<br>… not enough frames",
        "190 of 200 (95 %)",
    ]


def test_no_state_is_told_by_colour_alone(table):
    marker = plots.slice_bars(table).data[0].marker

    assert len(set(marker.color)) == len(set(marker.pattern.shape)) == 3


def test_names_are_shown_as_they_are_written_and_long_ones_cut(table):
    table.loc[2, "value"] = "a place whose name would push the bars off the page"
    ticks = plots.slice_bars(table).layout.yaxis.ticktext

    assert ticks[0] == "night &lt;b&gt;"
    assert ticks[2] == "a place whose name wo…"


def test_a_line_marks_all_frames_with_their_count(table):
    figure = plots.slice_bars(table)

    assert figure.layout.shapes[0].x0 == pytest.approx(223 / 265)
    assert figure.layout.annotations[0].text == "all frames: 223 of 265 (84 %)"


def test_an_empty_table_draws_no_bars(table):
    figure = plots.slice_bars(table.iloc[:0])

    assert len(figure.data[0].x) == 0
    assert not figure.layout.shapes
