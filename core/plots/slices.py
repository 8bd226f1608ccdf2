"""Bars of how often it is right, one a slice."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import pandas as pd

from core.findings.statements import between, percent
from core.plots import theme
from core.records import State

if TYPE_CHECKING:
    import plotly.graph_objects as go

SIGNS = {
    State.CONFIRMED: ("▼ confirmed weak spot", theme.COLOURS[2], "x"),
    State.SUSPECTED: ("▽ suspected weak spot", theme.COLOURS[1], "/"),
    State.NOT_ENOUGH: ("… not enough frames", theme.COLOURS[9], "."),
    State.NONE_FOUND: ("", theme.ACCENT, ""),
}
"""Words, colour and pattern of each state, so that no state is told by colour alone."""

LONGEST_NAME = 22


def slice_bars(table: pd.DataFrame) -> go.Figure:
    """
    One bar a slice with its interval, in the table's order from the top.

    A click on a bar or its text gives the slice's value in `customdata[0]`.

    Args:
        table: tables.SLICES, worst first.
    """
    import plotly.graph_objects as go

    rows = table.to_dict("records")
    values = [row["value"] for row in rows]
    signs = [SIGNS[State(row["state"])] for row in rows]
    counts = [_count(row["right"], row["of"]) for row in rows]
    rate = table["right"] / table["of"]
    shared = {"y": values, "customdata": [[value] for value in values]}
    figure = go.Figure(
        [
            go.Bar(
                **shared,
                x=rate,
                orientation="h",
                error_x={
                    "type": "data",
                    "symmetric": False,
                    "array": table["high"] - rate,
                    "arrayminus": rate - table["low"],
                    "color": theme.INK,
                },
                marker={
                    "color": [colour for _, colour, _ in signs],
                    "pattern": {
                        "shape": [pattern for _, _, pattern in signs],
                        "fillmode": "overlay",
                        "fgcolor": "rgba(255, 255, 255, 0.6)",
                        "size": 7,
                    },
                },
                hovertext=[
                    f"<b>{escape(row['value'])}</b><br>right in {count},"
                    f"<br>{between(row['low'], row['high'])}<br>from {row['clips']:,} clips"
                    for row, count in zip(rows, counts, strict=True)
                ],
                hoverinfo="text",
                unselected=theme.UNSELECTED,
            ),
            go.Scatter(
                **shared,
                x=[0] * len(table),
                xaxis="x2",
                mode="text",
                text=[
                    f"{count}<br>{words}" if words else count
                    for count, (words, _, _) in zip(counts, signs, strict=True)
                ],
                textposition="middle right",
                hoverinfo="none",  # "skip" would take no clicks
            ),
        ]
    )
    right, of = int(table["right"].sum()), int(table["of"].sum())
    if of:
        figure.add_vline(
            x=right / of,
            line={"dash": "dot", "color": theme.INK},
            annotation={
                "text": f"all frames: {_count(right, of)}",
                "yref": "paper",
                "y": 1,
                "yanchor": "bottom",
                "xanchor": "right" if right > of / 2 else "left",
            },
        )
    theme.dress(figure, height=110 + 46 * len(table))
    figure.update_xaxes(**theme.OUT_OF_100, domain=[0, 0.74], title_text=theme.RIGHT_OF_100)
    figure.update_yaxes(
        type="category",
        autorange="reversed",
        showgrid=False,
        tickmode="array",
        tickvals=values,
        ticktext=[_short(value) for value in values],
    )
    words_beside_bars = {"domain": [0.75, 1], "range": [0, 1], "visible": False}
    return figure.update_layout(showlegend=False, bargap=0.3, xaxis2=words_beside_bars)


def _count(right: int, of: int) -> str:
    return f"{right:,} of {of:,} ({percent(right / of)})"


def _short(value: str) -> str:
    return escape(value if len(value) <= LONGEST_NAME else f"{value[: LONGEST_NAME - 1]}…")
