"""
How every figure looks: see-through, 14 px text, colours a colour-blind person can tell apart.

The colour of text is left to the page, so that one figure serves the light and the dark theme.
Figures never depend on what is selected: Streamlit would drop the selection with the old figure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import plotly.graph_objects as go

ACCENT = "#0f766e"
COLOURS = (
    ACCENT,
    "#f59e0b",
    "#dc2626",
    "#2563eb",
    "#7c3aed",
    "#65a30d",
    "#db2777",
    "#0891b2",
    "#ea580c",
    "#475569",
)
"""Exactly ten: with fewer, Streamlit's own theme makes Plotly drop them all."""

FAINT = "rgba(128, 128, 128, 0.35)"
"""Grid and helper lines, visible on light and dark."""

INK = "rgba(128, 128, 128, 1)"
"""Interval lines over bars, visible on light and dark."""

CLEAR = "rgba(0, 0, 0, 0)"

UNSELECTED = {"marker": {"opacity": 0.3}}
"""How the other marks look once one was clicked."""

CONFIG: dict[str, Any] = {"displayModeBar": False, "displaylogo": False, "scrollZoom": False}
"""For `st.plotly_chart(config=...)`: no tool bar over the picture, no zoom under the wheel."""

OUT_OF_100 = {
    "range": [0, 1],
    "tickvals": [0, 0.2, 0.4, 0.6, 0.8, 1],
    "ticktext": ["0", "20", "40", "60", "80", "100"],
}
"""An axis of fractions read as "so many of 100"; a bare percentage would need its count."""

RIGHT_OF_100 = "Right, out of every 100 frames"
"""Title of an axis of shares right."""


def dress(figure: go.Figure, *, height: int) -> go.Figure:
    """
    The figure in the house's look.

    Set on the layout itself, not as a template: Streamlit lays its own template over any other.

    Args:
        height: px.
    """
    axes = {
        "tickfont": {"size": 14},
        "title": {"font": {"size": 14}},
        "gridcolor": FAINT,
        "zeroline": False,
        "automargin": True,
        "fixedrange": True,
    }
    figure.update_xaxes(**axes)
    figure.update_yaxes(**axes, ticks="outside", ticklen=6, tickcolor=CLEAR)
    figure.update_annotations(font_size=14)
    return figure.update_layout(
        height=height,
        font={"size": 14},
        colorway=list(COLOURS),
        paper_bgcolor=CLEAR,
        plot_bgcolor=CLEAR,
        margin={"l": 10, "r": 10, "t": 30, "b": 10},
        hoverlabel={"font": {"size": 14}, "align": "left"},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "font": {"size": 14}},
        dragmode=False,
        clickmode="event+select",
    )
