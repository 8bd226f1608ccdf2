"""How sure it said it was, against how often it was right, and against how strange the picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from core.findings.statements import between, percent
from core.plots import theme

if TYPE_CHECKING:
    import plotly.graph_objects as go

HOW_SURE = "How sure it said it was, out of 100"
HISTOGRAM_BINS = 20
KINDS: tuple[tuple[str, bool | None, str, str], ...] = (
    ("right", True, theme.ACCENT, ""),
    ("wrong", False, theme.COLOURS[2], "/"),
    ("nobody labelled", None, theme.COLOURS[9], "."),
)


def reliability_diagram(table: pd.DataFrame, after: pd.DataFrame | None = None) -> go.Figure:
    """
    How often it was right at each level of sureness, with intervals; as good as its word on the
    diagonal, too sure below it. The shaded band is where a model as good as its word would lie.
    Bins of too few frames are hollow and named so.

    A click gives `customdata` = [bin_low, bin_high]; both ends are in the bin.

    Args:
        table: tables.RELIABILITY.
        after: the same with the correction applied; drawn as diamonds.
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
    if after is not None:
        figure.add_trace(_bins(after, name="with the correction", symbol="diamond-open", colour=1))
    if len(table):
        figure.add_trace(_band(table))
    theme.dress(figure, height=420)
    figure.update_xaxes(**theme.OUT_OF_100 | {"range": [-0.02, 1.02]}, title_text=HOW_SURE)
    figure.update_yaxes(
        **theme.OUT_OF_100 | {"range": [-0.02, 1.02]}, title_text="How often it was right, of 100"
    )
    return figure


def _band(table: pd.DataFrame) -> go.Scatter:
    import plotly.graph_objects as go

    edge = table["confidence"].tolist()
    high, low = table["perfect_high"].tolist(), table["perfect_low"].tolist()
    if len(edge) == 1:  # a single bin has no width to shade
        edge = [max(0.0, edge[0] - 0.015), min(1.0, edge[0] + 0.015)]
        high, low = high * 2, low * 2
    return go.Scatter(
        x=[*edge, *edge[::-1]],
        y=[*high, *low[::-1]],
        mode="lines",
        fill="toself",
        fillcolor="rgba(128, 128, 128, 0.18)",
        line={"width": 0},
        name="what chance allows at this count",
        hoverinfo="skip",
    )


def _bins(table: pd.DataFrame, *, name: str, symbol: str, colour: int = 0) -> go.Scatter:
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
        marker={
            "symbol": symbol,
            "size": 13,
            "color": theme.COLOURS[colour],
            "line": {"width": 2},
        },
        name=name,
        showlegend=True,
        customdata=table[["bin_low", "bin_high"]].to_numpy().tolist(),
        hovertext=[
            f"{name}: said {row['bin_low'] * 100:.0f} to {row['bin_high'] * 100:.0f} of 100 sure:"
            f"<br>right in {row['right']:,} of {row['frames']:,} frames"
            f"<br>({percent(row['accuracy'])}, {between(row['low'], row['high'])})"
            for row in rows
        ],
        hoverinfo="text",
        unselected=theme.UNSELECTED,
    )


def confidence_histogram(
    values: ArrayLike, is_right: ArrayLike, *, title: str = HOW_SURE, mark: float | None = None
) -> go.Figure:
    """
    How many frames at each level of sureness (or lead, or doubt); right, wrong, unlabelled stacked.

    A click gives `customdata` = [bin_low, bin_high, kind]; a bin holds its upper edge.

    Args:
        values: shape (n,), 0..1.
        is_right: shape (n,), True, False, or None where nobody labelled it.
        title: of the axis.
        mark: drawn as a line, 0..1.
    """
    import plotly.graph_objects as go

    sure, right = np.asarray(values, dtype=np.float64), np.asarray(is_right, dtype=object)
    edges = np.arange(HISTOGRAM_BINS + 1) / HISTOGRAM_BINS
    lows, highs = edges[:-1], edges[1:]
    figure = go.Figure()
    for kind, value, colour, pattern in KINDS:
        chosen = _is(right, value)
        if value is None and not chosen.any():
            continue
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
                    f"{low * 100:.0f} to {high * 100:.0f} of 100:<br>{count:,} {kind}"
                    for low, high, count in zip(lows, highs, counts, strict=True)
                ],
                hoverinfo="text",
                unselected=theme.UNSELECTED,
            )
        )
    theme.dress(figure, height=420)
    if mark is not None:
        figure.add_vline(x=mark, line={"color": theme.INK, "dash": "dash", "width": 2})
    figure.update_xaxes(**theme.OUT_OF_100 | {"range": [0, 1.02]}, title_text=title)
    figure.update_yaxes(title_text="Frames", rangemode="tozero")
    return figure.update_layout(barmode="stack")


def _is(right: NDArray[np.object_], value: bool | None) -> NDArray[np.bool_]:
    unknown = np.asarray(pd.isna(right), dtype=bool)
    if value is None:
        return unknown
    flags = [flag is not None and bool(flag) is value for flag in right]
    return np.asarray(~unknown & np.array(flags, dtype=bool))


def sureness_curve(field: list[dict[str, float]], reference: list[dict[str, float]]) -> go.Figure:
    """
    How sure it says it is, from the most ordinary pictures to the strangest.

    Args:
        field, reference: rows of `sureness_by_distance`; the reference may be empty.
    """
    import plotly.graph_objects as go

    figure = go.Figure()
    for name, rows, colour, symbol in (
        ("reference", reference, theme.COLOURS[9], "circle-open"),
        ("field", field, theme.ACCENT, "circle"),
    ):
        middle = [_middle(row) for row in rows]
        figure.add_trace(
            go.Scatter(
                x=middle,
                y=[row["confidence"] for row in rows],
                error_y={
                    "type": "data",
                    "symmetric": False,
                    "array": [max(0.0, r["three_quarters"] - r["confidence"]) for r in rows],
                    "arrayminus": [max(0.0, r["confidence"] - r["quarter"]) for r in rows],
                    "color": theme.INK,
                },
                mode="lines+markers",
                line={"color": colour},
                marker={"size": 11, "symbol": symbol, "color": colour},
                name=f"{name}: {int(sum(row['frames'] for row in rows)):,} frames",
                hovertext=[
                    f"{name}: {int(row['frames']):,} frames, on average "
                    f"{row['confidence'] * 100:.0f} of 100 sure;<br>half of them between "
                    f"{row['quarter'] * 100:.0f} and {row['three_quarters'] * 100:.0f}"
                    for row in rows
                ],
                hoverinfo="text",
            )
        )
    theme.dress(figure, height=380)
    figure.update_xaxes(
        range=[-0.04, 1.12],
        tickvals=[0.05, 0.45, 0.82, 1.06],
        ticktext=["like the rest", "in between", "strange", "beyond"],
        title_text="How unlike the reference the picture is",
    )
    figure.update_yaxes(**theme.OUT_OF_100 | {"range": [-0.02, 1.05]}, title_text=HOW_SURE)
    return figure


def _middle(row: dict[str, float]) -> float:
    # What lies beyond the reference has no share of its own and stands to the right of it.
    return 1.06 if row["low"] >= 0.99 else (row["low"] + row["high"]) / 2
