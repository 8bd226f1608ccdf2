"""The reference and the field side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.findings.statements import right_in
from core.plots import theme
from core.records import Accuracy

if TYPE_CHECKING:
    import plotly.graph_objects as go


def accuracy_bars(reference: Accuracy | None, field: Accuracy | None) -> go.Figure:
    """
    How often it is right on the reference and in the field, with intervals.

    A side without labelled frames keeps its row and says so instead of a bar.
    """
    import plotly.graph_objects as go

    figure = go.Figure()
    sides = (("reference", reference, theme.COLOURS[9], "/"), ("field", field, theme.ACCENT, ""))
    for name, counted, colour, pattern in sides:
        accuracy = counted if counted is not None and counted.of else UNCOUNTED
        rate = accuracy.rate if accuracy.of else 0.0
        figure.add_trace(
            go.Bar(
                x=[rate],
                y=[name],
                orientation="h",
                width=0.36,
                error_x={
                    "type": "data",
                    "symmetric": False,
                    "array": [accuracy.high - rate],
                    "arrayminus": [rate - accuracy.low],
                    "color": theme.INK,
                    "visible": accuracy.of > 0,
                },
                marker={
                    "color": colour,
                    "pattern": {"shape": pattern, "fillmode": "overlay", "fgcolor": "white"},
                },
                customdata=[[name]],
                hovertext=right_in(accuracy),
                hoverinfo="text",
                unselected=theme.UNSELECTED,
            )
        )
        figure.add_annotation(
            x=0,
            y=name,
            text=right_in(accuracy),
            showarrow=False,
            xanchor="left",
            yanchor="bottom",
            yshift=12,
        )
    theme.dress(figure, height=200)
    figure.update_xaxes(**theme.OUT_OF_100 | {"range": [0, 1.02]}, title_text=theme.RIGHT_OF_100)
    figure.update_yaxes(
        type="category", range=[1.4, -0.7], showgrid=False, categoryarray=["reference", "field"]
    )
    return figure.update_layout(showlegend=False)


UNCOUNTED = Accuracy(right=0, of=0, effective=0.0, clips=0, low=0.0, high=1.0)
