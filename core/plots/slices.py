"""Bars of how often it is right, one a slice."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import pandas as pd

from core.findings.statements import between, percent
from core.plots import theme
from core.plots.similar import lookalike_map
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


def unsure_bars(table: pd.DataFrame) -> go.Figure:
    """
    One bar a slice of how sure it says it is, where nothing is labelled; clicked as `slice_bars`.

    A diamond stands where the estimate without labels can be told, its whiskers the limits.

    Args:
        table: findings.unlabelled.UNLABELLED, least sure first; with guess_by_threshold,
            guess_by_difference, guess_low and guess_high, nan where there is no estimate.
    """
    import plotly.graph_objects as go

    values = list(table["value"])
    sure = table["confidence"]
    figure = go.Figure(
        go.Bar(
            y=values,
            x=sure,
            orientation="h",
            customdata=[[value] for value in values],
            error_x={
                "type": "data", "symmetric": False, "array": table["high"] - sure,
                "arrayminus": sure - table["low"], "color": theme.INK,
            },
            # Faint, because words stand on it.
            marker={
                "color": theme.COLOURS[9],
                "pattern": {"shape": ".", "fillmode": "overlay", "fgopacity": 0.2},
            },
            text=[f"{percent(share)} sure, {of:,} frames"
                  for share, of in zip(sure, table["of"], strict=True)],
            textposition="inside",
            insidetextanchor="start",
            hoverinfo="y+text",
            unselected=theme.UNSELECTED,
        )
    )  # fmt: skip
    theme.dress(figure, height=110 + 46 * len(table))
    has_guess = table["guess_low"].notna()
    if has_guess.any():
        figure.add_trace(_guess_marks(table[has_guess]))
    figure.update_xaxes(**theme.OUT_OF_100, title_text="How sure it says it is, out of 100")
    figure.update_yaxes(
        type="category", autorange="reversed", showgrid=False, tickmode="array", tickvals=values,
        ticktext=[_short(value) for value in values],
    )  # fmt: skip
    return figure.update_layout(showlegend=False, bargap=0.3)


def _guess_marks(table: pd.DataFrame) -> go.Scatter:
    import plotly.graph_objects as go

    middle = (table["guess_by_threshold"] + table["guess_by_difference"]) / 2
    return go.Scatter(
        y=list(table["value"]),
        x=middle,
        mode="markers",
        name="estimate without labels",
        customdata=[[value] for value in table["value"]],
        marker={"symbol": "diamond-open", "size": 11, "color": theme.INK},
        error_x={
            "type": "data", "symmetric": False, "array": (table["guess_high"] - middle).clip(0),
            "arrayminus": (middle - table["guess_low"]).clip(0), "color": theme.INK, "thickness": 1,
        },
        text=[
            f"Estimate without labels: right {between(low, high)}"
            for low, high in zip(table["guess_low"], table["guess_high"], strict=True)
        ],
        hoverinfo="y+text",
    )  # fmt: skip


def pair_map(table: pd.DataFrame, titles: tuple[str, str]) -> go.Figure:
    """
    A cell a pair of values, darker the more often it is wrong, with its count in it.

    A click gives both values in `customdata`. Cells of few frames are told by a dot.

    Args:
        table: value, value_2, right, of, low, high and effective, as findings.pair_table gives it.
        titles: of the two columns.
    """
    import plotly.graph_objects as go

    rows, columns = sorted(table["value"].unique()), sorted(table["value_2"].unique())
    counts = table.set_index(["value", "value_2"])
    wrong = 1 - counts["right"] / counts["of"]
    grid = wrong.unstack().reindex(index=rows, columns=columns)
    words = [
        f"{_count(row['right'], row['of'])}<br>{between(row['low'], row['high'])}"
        for row in table.to_dict("records")
    ]
    figure = go.Figure(
        [
            go.Heatmap(
                z=grid.to_numpy(), x=columns, y=rows, zmin=0, zmax=1, colorscale=WRONG_SCALE,
                showscale=False, hoverinfo="skip", xgap=2, ygap=2,
            ),
            *_clickable(
                table["value_2"], table["value"], table[["value", "value_2"]].to_numpy().tolist(),
                texts=[
                    f"{right:,} of {of:,}" + (" …" if effective < FEW else "")
                    for right, of, effective in zip(
                        table["right"], table["of"], table["effective"], strict=True
                    )
                ],
                hover=[
                    f"<b>{escape(a)}, {escape(b)}</b><br>right in {w}"
                    for a, b, w in zip(table["value"], table["value_2"], words, strict=True)
                ],
            ),
        ]
    )  # fmt: skip
    return _grid_axes(figure, rows, columns, titles)


FEW = 30
"""Effective frames below which a cell's figure is marked "…"."""

WRONG_SCALE = [[0.0, "rgba(15, 118, 110, 0.06)"], [0.2, "rgba(245, 158, 11, 0.45)"],
               [1.0, "rgba(220, 38, 38, 0.85)"]]  # fmt: skip
"""From hardly any wrong to all wrong; the count in the cell says the same."""


def _clickable(
    x: pd.Series, y: pd.Series, customdata: list[list[str]], *, texts: list[str], hover: list[str]
) -> list[go.Scatter]:
    """Marks over a heat map, because Streamlit gets no clicks from a heat map itself."""
    import plotly.graph_objects as go

    return [
        go.Scatter(
            x=list(x), y=list(y), customdata=customdata, mode="markers+text", text=texts,
            textfont={"size": 14}, hovertext=hover, hoverinfo="text",
            marker={"symbol": "square", "size": 34, "opacity": 0},
            selected={"marker": {"opacity": 0.25}}, unselected={"marker": {"opacity": 0}},
        )
    ]  # fmt: skip


def _grid_axes(
    figure: go.Figure, rows: list[str], columns: list[str], titles: tuple[str, str]
) -> go.Figure:
    theme.dress(figure, height=150 + 40 * len(rows))
    figure.update_xaxes(
        type="category", title_text=escape(titles[1]), side="top", showgrid=False,
        tickmode="array", tickvals=columns, ticktext=[_short(value) for value in columns],
    )  # fmt: skip
    figure.update_yaxes(
        type="category", title_text=escape(titles[0]), autorange="reversed", showgrid=False,
        tickmode="array", tickvals=rows, ticktext=[_short(value) for value in rows],
    )  # fmt: skip
    return figure.update_layout(showlegend=False)


MOST_CELLS = 30
"""Classes beyond which a confusion matrix shows only those with most mistakes."""


def confusion_map(cells: pd.DataFrame, classes: list[str]) -> go.Figure:
    """
    Labels down, answers across, darker the more of a label's frames went there.

    A click gives label and answer in `customdata`. Of many classes those with most mistakes.

    Args:
        cells: label, answer, frames.
        classes: every class that may be shown.
    """
    import plotly.graph_objects as go

    wrong = cells[cells["label"] != cells["answer"]]
    mistakes = (
        wrong.groupby("label")["frames"]
        .sum()
        .add(wrong.groupby("answer")["frames"].sum(), fill_value=0)
    )
    worst = sorted(classes, key=lambda name: -float(mistakes.get(name, 0)))[:MOST_CELLS]
    shown = [name for name in classes if name in set(worst)]
    inside = cells[cells["label"].isin(shown) & cells["answer"].isin(shown)]
    total = cells.groupby("label")["frames"].sum()
    share = inside["frames"] / inside["label"].map(total).astype(float)
    grid = (
        inside.assign(share=share.where(inside["label"] != inside["answer"], 0.0))
        .pivot(index="label", columns="answer", values="share")
        .reindex(index=shown, columns=shown)
    )
    figure = go.Figure(
        [
            go.Heatmap(
                z=grid.to_numpy(dtype=float), x=shown, y=shown, zmin=0, zmax=1,
                colorscale=WRONG_SCALE, showscale=False, hoverinfo="skip", xgap=2, ygap=2,
            ),
            *_clickable(
                inside["answer"], inside["label"], inside[["label", "answer"]].to_numpy().tolist(),
                texts=[f"{n:,}" for n in inside["frames"]],
                hover=[
                    f"labelled {escape(a)}, answered {escape(b)}:<br>{n:,} of {total[a]:,} frames"
                    for a, b, n in zip(
                        inside["label"], inside["answer"], inside["frames"], strict=True
                    )
                ],
            ),
        ]
    )  # fmt: skip
    return _grid_axes(figure, shown, shown, ("Label", "Answer"))


def frame_map(frames: pd.DataFrame) -> go.Figure:
    """
    Each frame as a mark among those that look like it, to draw round with the lasso.

    A mark carries its content hash in `customdata[0]`.

    Args:
        frames: content_hash, x, y, is_right (bool) and words, one row a frame.
    """
    said = frames["is_right"].map({True: "right", False: "wrong"})
    return lookalike_map(frames.assign(group=said))


def coverage_map(table: pd.DataFrame, title: str) -> go.Figure:
    """
    Field frames over reference frames in every cell of class and condition; a sign where the
    reference has none. A click gives label and value in `customdata`.

    Args:
        table: findings.coverage.COVERAGE.
        title: of the condition.
    """
    import plotly.graph_objects as go

    rows, columns = sorted(table["label"].unique()), sorted(table["value"].unique())
    grid = (
        table.assign(lack=table["is_missing"] * 0.2)  # light enough to read the count on
        .pivot(index="label", columns="value", values="lack")
        .reindex(index=rows, columns=columns)
    )
    figure = go.Figure(
        [
            go.Heatmap(
                z=grid.to_numpy(dtype=float), x=columns, y=rows, zmin=0, zmax=1,
                colorscale=WRONG_SCALE, showscale=False, hoverinfo="skip", xgap=2, ygap=2,
            ),
            *_clickable(
                table["value"], table["label"], table[["label", "value"]].to_numpy().tolist(),
                texts=[
                    f"{field:,} / {reference:,}" + (" ⚑" if missing else "")
                    for field, reference, missing in zip(
                        table["field"], table["reference"], table["is_missing"], strict=True
                    )
                ],
                hover=[
                    f"<b>{escape(row['label'])}, {escape(row['value'])}</b><br>"
                    f"field {row['field']:,} frames from {row['field_clips']:,} clips,<br>"
                    f"reference {row['reference']:,} frames"
                    + (f"<br>collect {row['collect']:,}" if row["collect"] else "")
                    for row in table.to_dict("records")
                ],
            ),
        ]
    )  # fmt: skip
    return _grid_axes(figure, rows, columns, ("Class", title))


def rare_bars(table: pd.DataFrame) -> go.Figure:
    """
    Share wrong by class or group of classes, rarest on top, with intervals and counts.

    Args:
        table: findings.rare_classes.RARE, rarest first.
    """
    import plotly.graph_objects as go

    shown = table[table["frames"] > 0]
    names = list(shown["group"])
    error = shown["error"]
    figure = go.Figure(
        go.Bar(
            y=names, x=error, orientation="h",
            error_x={
                "type": "data", "symmetric": False, "array": (shown["high"] - error).clip(lower=0),
                "arrayminus": (error - shown["low"]).clip(lower=0), "color": theme.INK,
            },
            marker={"color": theme.COLOURS[1]},
            hovertext=[
                f"wrong in {wrong:,} of {of:,} frames,<br>{between(low, high)}"
                f"<br>{count:,.0f} training frames a class"
                for wrong, of, low, high, count in zip(
                    shown["wrong"], shown["frames"], shown["low"], shown["high"], shown["count"],
                    strict=True,
                )
            ],
            hoverinfo="text",
        )
    )  # fmt: skip
    theme.dress(figure, height=110 + 40 * len(shown))
    figure.update_xaxes(**theme.OUT_OF_100, title_text="Wrong, out of every 100 frames of a class")
    figure.update_yaxes(
        type="category", autorange="reversed", showgrid=False, tickmode="array", tickvals=names,
        ticktext=[
            f"{_short(name)} ({count:,.0f})"
            for name, count in zip(names, shown["count"], strict=True)
        ],
    )  # fmt: skip
    return figure.update_layout(showlegend=False, bargap=0.3)
