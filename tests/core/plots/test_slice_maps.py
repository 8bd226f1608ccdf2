"""Grids and maps: counts in the cells, every mark clickable, nothing told by colour alone."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from core import plots
from core.findings.coverage import coverage_table
from core.findings.rare_classes import rare_report
from core.findings.slices import pair_table
from core.findings.unlabelled import unlabelled_table


@pytest.fixture
def frames() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    table = pd.DataFrame(
        {
            "camera": rng.choice(["cam1", "cam2", "<b>"], 200),
            "light": rng.choice(["day", "night"], 200),
            "label": rng.choice(["cat", "dog"], 200),
            "answer": rng.choice(["cat", "dog"], 200),
            "confidence": rng.random(200),
            "clip": np.arange(200) // 2,
        }
    )
    return table.assign(is_right=table["label"] == table["answer"])


def marks(figure):
    """The clickable marks over a heat map, and what each carries."""
    assert figure.data[0].type == "heatmap"
    over = figure.data[1]
    assert over.type == "scatter"
    assert over.marker.opacity == 0
    return list(zip(over.customdata, over.text, strict=True))


def test_every_pair_is_a_cell_with_its_count_that_can_be_clicked(frames):
    grid = pair_table(frames, columns=("camera", "light"))
    figure = plots.pair_map(grid, ("Camera", "Light"))
    found = {tuple(carried): text for carried, text in marks(figure)}

    assert set(found) == set(zip(grid["value"], grid["value_2"], strict=True))
    row = grid.iloc[0]
    assert found[(row["value"], row["value_2"])].startswith(f"{row['right']} of {row['of']}")
    assert "&lt;b&gt;" in figure.layout.yaxis.ticktext
    assert sum("…" in text for text in found.values()) == (grid["effective"] < 30).sum()


def test_the_matrix_counts_every_mix_up_and_shows_the_worst_of_many_classes():
    cells = pd.DataFrame({"label": ["a", "a", "b"], "answer": ["a", "b", "b"], "frames": [7, 3, 9]})
    figure = plots.confusion_map(cells, ["a", "b", "never"])

    assert [(tuple(c), text) for c, text in marks(figure)] == [
        (("a", "a"), "7"), (("a", "b"), "3"), (("b", "b"), "9"),
    ]  # fmt: skip
    assert figure.data[0].z[0][1] == pytest.approx(0.3)
    assert figure.data[0].z[0][0] == 0  # what is right is no mix-up
    many = [f"k{n}" for n in range(100)]
    wide = pd.DataFrame({"label": many, "answer": many[::-1], "frames": 1})
    assert len(plots.confusion_map(wide, many).data[0].x) == 30


def test_a_gap_is_flagged_by_a_sign_not_by_colour_alone(frames):
    table = coverage_table(frames, frames[frames["light"] == "day"], column="light")
    figure = plots.coverage_map(table, "Light")
    flags = {tuple(carried): "⚑" in text for carried, text in marks(figure)}

    assert flags == {
        (row["label"], row["value"]): row["value"] == "night" for row in table.to_dict("records")
    }


def test_frames_on_the_map_carry_their_hash_and_wrong_ones_another_sign():
    where = pd.DataFrame(
        {"content_hash": list("abc"), "x": [0, 1, 2], "y": [0, 1, 0],
         "is_right": [True, False, True], "words": ["<i>", "b", "c"]}
    )  # fmt: skip
    figure = plots.frame_map(where)
    right, wrong = figure.data

    assert [list(c) for c in right.customdata] == [["a"], ["c"]]
    assert [list(c) for c in wrong.customdata] == [["b"]]
    assert right.marker.symbol != wrong.marker.symbol
    assert right.hovertext[0] == "&lt;i&gt;"
    assert figure.layout.dragmode == "lasso"


def test_bars_of_sureness_and_of_rarity_have_intervals_and_counts(frames):
    unsure = unlabelled_table(frames, column="camera")
    bars = plots.unsure_bars(unsure).data[0]
    assert list(bars.x + bars.error_x.array) == pytest.approx(unsure["high"].tolist())
    assert all("frames" in text for text in bars.text)

    guesses = dict(guess_by_threshold=0.7, guess_by_difference=0.8, guess_low=0.6, guess_high=0.9)
    told = unsure.assign(**guesses)
    told.loc[0, "guess_low"] = float("nan")
    marks = plots.unsure_bars(told).data[1]
    assert list(marks.y) == list(told["value"][1:])
    assert list(marks.x) == pytest.approx([0.75] * len(marks.y))
    assert list(marks.x - marks.error_x.arrayminus) == pytest.approx([0.6] * len(marks.y))
    assert len(plots.unsure_bars(unsure).data) == 1

    report = rare_report(frames, {"cat": 5, "dog": 50}, source="x")
    rare = plots.rare_bars(report.table).data[0]
    assert list(rare.y) == ["cat", "dog"]
    assert list(rare.x - rare.error_x.arrayminus) == pytest.approx(report.table["low"].tolist())


def test_nothing_to_draw_draws_nothing(frames):
    none = frames.iloc[:0]

    assert len(plots.unsure_bars(unlabelled_table(none, column="camera")).data[0].y) == 0
    assert plots.pair_map(pair_table(none, columns=("camera", "light")), ("a", "b"))
    assert plots.coverage_map(coverage_table(none, none, column="light"), "Light")
