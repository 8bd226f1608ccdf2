"""The health of every camera, one square a day."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from core.findings.camera_words import KINDS, camera_name
from core.findings.statements import count_of
from core.plots import theme
from core.records import State

if TYPE_CHECKING:
    import plotly.graph_objects as go

SYMBOLS = {
    State.CONFIRMED.value: "square",
    State.SUSPECTED.value: "square-open",
    State.NOT_ENOUGH.value: "square-open-dot",
}
STATE_WORDS = {
    State.CONFIRMED.value: "confirmed",
    State.SUSPECTED.value: "suspected",
    State.NOT_ENOUGH.value: "not enough clips yet",
}
ROW = 44  # px a camera


def health_strip(strip: pd.DataFrame) -> go.Figure:
    """
    A row a camera, a square a day, by the worst thing of that day; open squares are not sure.

    Args:
        strip: camera, day, frames, clips, kind ("" for none) and state, one row a camera and day.

    Each mark's customdata is the camera and the day (ISO), for a click.
    """
    import plotly.graph_objects as go

    figure = go.Figure()
    kinds = [kind for kind in KINDS if kind in set(strip["kind"])]
    for kind in ["", *kinds]:
        rows = strip[strip["kind"] == kind]
        if not len(rows):
            continue
        is_well = not kind
        colour = theme.FAINT if is_well else theme.COLOURS[kinds.index(kind) % len(theme.COLOURS)]
        figure.add_trace(
            go.Scatter(
                x=rows["day"],
                y=[_row_name(camera) for camera in rows["camera"]],
                mode="markers",
                name="nothing found" if is_well else KINDS[kind].title,
                marker={
                    "size": [6 if not n and is_well else 16 for n in rows["frames"]],
                    "color": colour,
                    "symbol": [SYMBOLS.get(state, "square") for state in rows["state"]],
                    "line": {"width": 2, "color": colour},
                },
                customdata=[
                    [camera, f"{day:%Y-%m-%d}"]
                    for camera, day in zip(rows["camera"], rows["day"], strict=True)
                ],
                hovertext=[_hover(row) for row in rows.to_dict("records")],
                hoverinfo="text",
                unselected=theme.UNSELECTED,
            )
        )
    cameras = list(dict.fromkeys(_row_name(camera) for camera in strip["camera"]))
    theme.dress(figure, height=110 + ROW * max(1, len(cameras)))
    figure.update_yaxes(type="category", categoryarray=cameras[::-1], showgrid=False)
    return figure.update_xaxes(type="date", tickformat="%-d %b")


def _row_name(camera: str) -> str:
    return camera or "no name"


def _hover(row: Mapping[Any, Any]) -> str:
    kind, day = str(row["kind"]), pd.Timestamp(str(row["day"]))
    found = f"{KINDS[kind].title}, {STATE_WORDS[str(row['state'])]}" if kind else "nothing found"
    counts = f"{count_of(int(row['frames']), 'frame')} in {count_of(int(row['clips']), 'clip')}"
    name = camera_name(str(row["camera"]))
    return f"{name[0].upper()}{name[1:]}, {day.day} {day:%B}: {found} ({counts})"
