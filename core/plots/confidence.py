"""How sure it said it was, against how often it was right."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from core.findings.statements import between, percent
from core.plots import theme

if TYPE_CHECKING:
    import plotly.graph_objects as go

HOW_SURE = "How sure it said it was, out of 100"
HISTOGRAM_BINS = 20


def reliability_diagram(table: pd.DataFrame) -> go.Figure:
    """
    How often it was right at each level of sureness, with intervals; as good as its word on the
    diagonal, too sure below it. Bins of too few frames are hollow and named so.

    A click gives `customdata` = [bin_low, bin_high]; a bin holds its upper edge.

    Args:
        table: tables.RELIABILITY.
    """
    import plotly.graph_objects as go

    figure = go.Figure(
        go.Scatter(
            x=[0, 1],
            y=[0, 1],
            mode="lines",
            line={"dash": "dot", "color": theme.INK},
            name="as good as its word",
            hoverinfo="skip",
        )
    )
    enough, thin = table[~table["is_thin"]], table[table["is_thin"]]
    figure.add_trace(_bins(enough, name="enough frames to judge", symbol="circle"))
    figure.add_trace(_bins(thin, name="too few frames to judge", symbol="circle-open"))
    theme.dress(figure, height=420)
    figure.update_xaxes(**theme.OUT_OF_100 | {"range": [-0.02, 1.02]}, title_text=HOW_SURE)
    figure.update_yaxes(
        **theme.OUT_OF_100 | {"range": [-0.02, 1.02]}, title_text="How often it was right, of 100"
    )
    return figure


def _bins(table: pd.DataFrame, *, name: str, symbol: str) -> go.Scatter:
    import plotly.graph_objects as go

    rows = table.to_dict("records")
    return go.Scatter(
        x=table["confidence"],
        y=table["accuracy"],
        error_y={
            "type": "data",
            "symmetric": False,
            "array": table["high"] - table["accuracy"],
            "arrayminus": table["accuracy"] - table["low"],
            "color": theme.INK,
        },
        mode="markers",
        marker={"symbol": symbol, "size": 13, "color": theme.ACCENT, "line": {"width": 2}},
        name=name,
        showlegend=True,
        customdata=table[["bin_low", "bin_high"]].to_numpy().tolist(),
        hovertext=[
            f"Said {row['bin_low'] * 100:.0f} to {row['bin_high'] * 100:.0f} of 100 sure:"
            f"<br>right in {row['right']:,} of {row['frames']:,} frames"
            f"<br>({percent(row['accuracy'])}, {between(row['low'], row['high'])})"
            for row in rows
        ],
        hoverinfo="text",
        unselected=theme.UNSELECTED,
    )


def confidence_histogram(confidence: ArrayLike, is_right: ArrayLike) -> go.Figure:
    """
    How many frames at each level of sureness, right and wrong stacked.

    A click gives `customdata` = [bin_low, bin_high, "right" or "wrong"]; a bin holds its upper
    edge.

    Args:
        confidence: shape (n,), 0..1.
        is_right: shape (n,), bool.
    """
    import plotly.graph_objects as go

    sure, right = np.asarray(confidence, dtype=np.float64), np.asarray(is_right, dtype=bool)
    edges = np.arange(HISTOGRAM_BINS + 1) / HISTOGRAM_BINS
    lows, highs = edges[:-1], edges[1:]
    figure = go.Figure()
    for kind, chosen, colour, pattern in (
        ("right", right, theme.ACCENT, ""),
        ("wrong", ~right, theme.COLOURS[2], "/"),
    ):
        bins = np.searchsorted(edges[1:-1], sure[chosen], side="left")
        counts = np.bincount(bins, minlength=HISTOGRAM_BINS)
        figure.add_trace(
            go.Bar(
                x=(lows + highs) / 2,
                y=counts,
                width=0.9 / HISTOGRAM_BINS,
                name=f"{kind}: {int(chosen.sum()):,} of {len(right):,} frames",
                marker={
                    "color": colour,
                    "pattern": {"shape": pattern, "fillmode": "overlay", "fgcolor": "white"},
                },
                customdata=[[*pair, kind] for pair in zip(lows, highs, strict=True)],
                hovertext=[
                    f"Said {low * 100:.0f} to {high * 100:.0f} of 100 sure:<br>{count:,} {kind}"
                    for low, high, count in zip(lows, highs, counts, strict=True)
                ],
                hoverinfo="text",
                unselected=theme.UNSELECTED,
            )
        )
    theme.dress(figure, height=420)
    figure.update_xaxes(**theme.OUT_OF_100 | {"range": [0, 1.02]}, title_text=HOW_SURE)
    figure.update_yaxes(title_text="Frames", rangemode="tozero")
    return figure.update_layout(barmode="stack")
