"""What a new bar does to each class: share found before and after."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING, Any

import pandas as pd

from core.findings.statements import percent
from core.plots import theme

if TYPE_CHECKING:
    import plotly.graph_objects as go

MOST_SHOWN = 20
LONGEST_NAME = 22


def found_before_after(prices: pd.DataFrame) -> go.Figure:
    """
    A class a line: share of its frames found before (ring) and after (disc), false alarms beside.

    Args:
        prices: findings.class_prices.PRICES, in the order to show; the first MOST_SHOWN with
            frames.
    """
    import plotly.graph_objects as go

    shown = prices[prices["frames"] > 0].head(MOST_SHOWN)
    names = list(shown["class"])
    before = shown["found_before"] / shown["frames"]
    after = shown["found_after"] / shown["frames"]
    moves: dict[str, list[object]] = {"x": [], "y": []}
    for name, start, end in zip(names, before, after, strict=True):
        moves["x"] += [start, end, None]
        moves["y"] += [name, name, None]
    hover = [
        f"<b>{escape(row['class'])}</b><br>found in {row['found_after']:,} instead of "
        f"{row['found_before']:,} of {row['frames']:,} frames ({percent(share)})"
        for row, share in zip(shown.to_dict("records"), after, strict=True)
    ]
    marks = {"mode": "markers", "y": names, "hovertext": hover, "hoverinfo": "text"}
    figure = go.Figure(
        [
            go.Scatter(
                **moves, mode="lines", line={"color": theme.INK, "width": 2}, showlegend=False,
                hoverinfo="skip",
            ),
            go.Scatter(
                **marks, x=before, name="before",
                marker={"symbol": "circle-open", "size": 14, "color": theme.INK,
                        "line": {"width": 2}},
            ),
            go.Scatter(
                **marks, x=after, name="after", marker={"size": 12, "color": theme.ACCENT},
                error_x={
                    "type": "data", "symmetric": False, "color": theme.FAINT,
                    "array": (shown["found_after_high"] - after).clip(lower=0),
                    "arrayminus": (after - shown["found_after_low"]).clip(lower=0),
                },
            ),
            go.Scatter(
                x=[0] * len(names), y=names, xaxis="x2", mode="text", hoverinfo="skip",
                text=[_alarms(row) for row in shown.to_dict("records")], showlegend=False,
                textposition="middle right",
            ),
        ]
    )  # fmt: skip
    theme.dress(figure, height=130 + 46 * len(names))
    figure.update_xaxes(
        **theme.OUT_OF_100, domain=[0, 0.7], title_text="Found, out of every 100 frames of a class"
    )
    figure.update_yaxes(
        type="category", autorange="reversed", showgrid=False, tickmode="array", tickvals=names,
        ticktext=[_short(name) for name in names],
    )  # fmt: skip
    return figure.update_layout(xaxis2={"domain": [0.71, 1], "range": [0, 1], "visible": False})


def _alarms(row: Mapping[Any, Any]) -> str:
    return (
        f"found {row['found_before']:,} → {row['found_after']:,} of {row['frames']:,}<br>"
        f"false alarms {row['alarms_before']:,} → {row['alarms_after']:,}"
    )


def _short(value: str) -> str:
    return escape(value if len(value) <= LONGEST_NAME else f"{value[: LONGEST_NAME - 1]}…")
