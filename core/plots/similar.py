"""The map of look-alikes: a mark a frame, its colour and shape for what is asked of it."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import pandas as pd

from core.plots import theme

if TYPE_CHECKING:
    import plotly.graph_objects as go

MOST_IN_PAGE = 4000
"""Marks the page itself draws; more are left to the graphics card, which not every one has."""

MOST_GROUPS = 9
OTHERS = "others"

KNOWN = {
    "right": (theme.ACCENT, "circle"),
    "wrong": (theme.COLOURS[2], "x"),
    "no label": (theme.COLOURS[9], "circle-open"),
}
SYMBOLS = ("circle", "square", "diamond", "triangle-up", "triangle-down", "cross", "star",
           "hexagon", "bowtie")  # fmt: skip


def lookalike_map(frames: pd.DataFrame) -> go.Figure:
    """
    Each frame as a mark among those that look like it, to draw round with the lasso.

    A mark carries its content hash in `customdata[0]`. Groups beyond the nine largest share one
    mark. Of right and wrong both are listed, even where one is empty.

    Args:
        frames: content_hash, x, y, group and words, one row a frame.
    """
    import plotly.graph_objects as go

    figure = go.Figure()
    mark = go.Scatter if len(frames) <= MOST_IN_PAGE else go.Scattergl
    groups, names = _groups(frames["group"])
    for place, name in enumerate(names):
        colour, symbol = KNOWN.get(name, (theme.COLOURS[place % 10], SYMBOLS[place % 9]))
        if name == OTHERS:
            colour, symbol = theme.COLOURS[9], "circle-open"
        part = frames[groups == name]
        count = f"{len(part):,} frame{'' if len(part) == 1 else 's'}"
        figure.add_trace(
            mark(
                x=part["x"], y=part["y"], mode="markers", name=f"{escape(name)}: {count}",
                customdata=[[digest] for digest in part["content_hash"]],
                hovertext=[escape(words) for words in part["words"]], hoverinfo="text",
                marker={"color": colour, "symbol": symbol, "size": 7, "opacity": 0.7},
                unselected={"marker": {"opacity": 0.15}},
            )
        )  # fmt: skip
    theme.dress(figure, height=460)
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False)
    return figure.update_layout(dragmode="lasso", showlegend=True)


def _groups(groups: pd.Series[str]) -> tuple[pd.Series[str], list[str]]:
    """The group of each frame as drawn, and the groups in order: those we know, then by size."""
    sizes = groups.value_counts()
    names = [str(name) for name in sorted(sizes.index, key=lambda name: (-sizes[name], name))]
    if set(names) <= set(KNOWN):
        return groups, [name for name in KNOWN if name in names]
    if len(names) <= MOST_GROUPS:
        return groups, names
    kept = names[: MOST_GROUPS - 1]
    return groups.where(groups.isin(kept), OTHERS), [*kept, OTHERS]
