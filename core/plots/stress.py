"""What conditions do to a model: curves, a map of all of them, and where single frames flip."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

import pandas as pd

from core.findings.statements import between, percent, severity_word
from core.plots import theme

if TYPE_CHECKING:
    import plotly.graph_objects as go

COLUMNS = 3
"""Panels beside each other."""

SEVERITY = "Severity"


def stress_curves(table: pd.DataFrame, titles: dict[str, str]) -> go.Figure:
    """
    A panel a corruption: right answers over severity with their intervals, and how sure it says
    it is; a triangle where right answers fall and sureness does not follow.

    Args:
        table: tables.STRESS.
        titles: everyday name of each corruption.
    """
    from plotly.subplots import make_subplots

    groups = list(table.groupby("corruption", sort=False))
    n_rows = max(1, -(-len(groups) // COLUMNS))
    figure = make_subplots(
        rows=n_rows,
        cols=COLUMNS,
        subplot_titles=[escape(titles[str(name)]) for name, _ in groups],
        shared_yaxes=True,
        vertical_spacing=0.34 / n_rows,
        horizontal_spacing=0.05,
    )
    for place, (_, rows) in enumerate(groups):
        where = {"row": place // COLUMNS + 1, "col": place % COLUMNS + 1}
        for trace in _curves(rows.sort_values("severity"), is_first=place == 0):
            figure.add_trace(trace, **where)
    theme.dress(figure, height=90 + 230 * n_rows)
    figure.update_xaxes(range=[-0.2, 5.3], tickvals=[0, 1, 2, 3, 4, 5])
    for column in range(1, COLUMNS + 1):  # under the lowest panel of each column
        lowest = max(1, -(-(len(groups) - column + 1) // COLUMNS))
        figure.update_xaxes(title_text=SEVERITY, row=lowest, col=column)
    figure.update_yaxes(**{**theme.OUT_OF_100, "range": [0, 1.04]})
    figure.update_yaxes(title_text="Out of 100", col=1)
    return figure.update_layout(
        margin={"t": 70}, legend={"y": 1 + 0.16 / n_rows, "yanchor": "bottom"}
    )


def _curves(rows: pd.DataFrame, *, is_first: bool) -> list[Any]:
    import plotly.graph_objects as go

    most = rows.iloc[int(rows["of"].to_numpy().argmax())]
    clean = most["clean_right"] / most["of"]
    severity = [0.0, *rows["severity"]]
    right = [clean, *(rows["right"] / rows["of"])]
    up = [0.0, *(rows["high"] - rows["right"] / rows["of"])]
    down = [0.0, *(rows["right"] / rows["of"] - rows["low"])]
    untouched = f"untouched: {most['clean_right']:,} of {most['of']:,}"
    told = [
        f"severity {row['severity']:g}, {severity_word(row['severity'])}: {row['right']:,} of "
        f"{row['of']:,},<br>{between(row['low'], row['high'])}<br>very sure and wrong: "
        f"{row['silent']:,}"
        for row in rows.to_dict("records")
    ]
    unaware = rows[rows["stays_sure"]]
    return [
        go.Scatter(
            x=severity, y=right, mode="lines+markers", name="right",
            error_y={"type": "data", "symmetric": False, "array": up, "arrayminus": down,
                     "color": theme.INK},
            line={"color": theme.ACCENT, "width": 3}, marker={"size": 8},
            hovertext=[untouched, *told], hoverinfo="text",
            legendgroup="right", showlegend=is_first,
        ),
        go.Scatter(
            x=severity, y=[most["clean_confidence"], *rows["confidence"]], mode="lines+markers",
            name="how sure it says it is",
            line={"color": theme.COLOURS[1], "dash": "dot", "width": 2},
            marker={"size": 7, "symbol": "diamond"}, hoverinfo="skip",
            legendgroup="sure", showlegend=is_first,
        ),
        go.Scatter(
            x=unaware["severity"], y=unaware["right"] / unaware["of"], mode="markers",
            name="fewer right, yet nearly as sure",
            marker={"size": 14, "symbol": "triangle-down", "color": theme.COLOURS[2]},
            hoverinfo="skip", legendgroup="unaware", showlegend=is_first,
        ),
    ]  # fmt: skip


def stress_map(table: pd.DataFrame, titles: dict[str, str]) -> go.Figure:
    """Right answers of every corruption and severity, in numbers and colour; worst row on top."""
    import plotly.graph_objects as go

    share = table.assign(share=table["right"] / table["of"])
    grid = share.pivot(index="corruption", columns="severity", values="share")
    grid = grid.loc[grid.mean(axis=1).sort_values(ascending=False).index]
    text = share.assign(
        text=[f"{right:,} of {of:,}" for right, of in zip(share["right"], share["of"], strict=True)]
    ).pivot(index="corruption", columns="severity", values="text")
    figure = go.Figure(
        go.Heatmap(
            z=grid.to_numpy(),
            x=[f"{severity_word(float(level))} ({float(level):g})" for level in grid.columns],
            y=[titles[name] for name in grid.index],
            text=text.loc[grid.index].fillna("").to_numpy(),
            texttemplate="%{text}",
            zmin=0,
            zmax=1,
            colorscale=[[0, theme.COLOURS[2]], [0.5, theme.COLOURS[1]], [1, theme.ACCENT]],
            showscale=False,
            xgap=2,
            ygap=2,
            hoverinfo="skip",
            textfont={"color": "white"},
        )
    )
    return theme.dress(figure, height=90 + 42 * len(grid))


def breaking_histogram(points: pd.DataFrame, severities: list[float]) -> go.Figure:
    """
    How many frames flip first at each severity, over all corruptions; the last bar never flips.

    Args:
        points: findings.stress.breaking_points.
        severities: those swept.
    """
    import plotly.graph_objects as go

    levels = sorted(severities)
    counts = [int((points["severity"] == level).sum()) for level in levels]
    counts.append(int(points["severity"].isna().sum()))
    names = [f"{severity_word(level)} ({level:g})" for level in levels] + ["at none"]
    total = max(sum(counts), 1)
    figure = go.Figure(
        go.Bar(
            x=names,
            y=counts,
            text=[f"{n:,} of {total:,} ({percent(n / total)})" for n in counts],
            textposition="outside",
            cliponaxis=False,
            marker={"color": [theme.COLOURS[2]] * len(levels) + [theme.ACCENT]},
            hoverinfo="skip",
        )
    )
    theme.dress(figure, height=320)
    figure.update_yaxes(title_text="Frames times conditions", rangemode="tozero")
    return figure.update_xaxes(title_text="The answer flips first at")
