"""A map of all frames: those that look alike lie close together, to be drawn round."""

from __future__ import annotations

import hashlib

import pandas as pd
import streamlit as st

from core import plots
from core.workflows import similar_map
from core.workflows.projects import Project
from pages._shared import frame_grid
from pages._shared.keys import K


def show(project: Project) -> None:
    """The map, and the frames drawn round as a grid."""
    st.markdown("**Frames that look alike lie close together.** Draw round some to see them.")
    way, colour, with_reference = _choices()
    if not similar_map.is_made(project, way=way, with_reference=with_reference) and not st.button(
        "Make this map", key=f"{K.SIMILAR_MAKE}_{way}", type="primary", help=similar_map.TAKES
    ):
        st.caption(similar_map.TAKES)
        return
    with st.spinner("Laying the frames out …"):
        found = similar_map.frame_map(project, way=way, with_reference=with_reference)
    if found.words:
        st.caption(found.words)
    event = st.plotly_chart(
        plots.lookalike_map(similar_map.points(found, colour=colour)),
        key=f"{K.SIMILAR_MAP}_{way}_{colour}_{with_reference}", on_select="rerun",
        selection_mode=("lasso", "box"), config={**plots.CONFIG, "displayModeBar": True},
    )  # fmt: skip
    chosen = [str(point["customdata"][0]) for point in event.selection.points]
    if chosen:
        lines = [*event.selection.get("lasso", []), *event.selection.get("box", [])]
        _drawn_round(similar_map.drawn_round(found, chosen, lines, colour=colour), found)
    else:
        st.caption("The lasso is in your hand: press, draw a line round some marks, let go.")
    with st.expander("How this is computed", icon=":material/function:"):
        st.markdown(similar_map.METHOD)


def _choices() -> tuple[str, str, bool]:
    one, other, third = st.columns([2, 2, 1], vertical_alignment="bottom")
    way = one.selectbox("Map", list(similar_map.WAYS), key=K.SIMILAR_WAY,
                        format_func=similar_map.WAYS.__getitem__)  # fmt: skip
    colour = other.selectbox("Colour", list(similar_map.COLOURS), key=K.SIMILAR_COLOUR,
                             format_func=similar_map.COLOURS.__getitem__)  # fmt: skip
    return str(way), str(colour), third.toggle("Reference too", key=K.SIMILAR_REFERENCE)


def _drawn_round(frames: pd.DataFrame, found: similar_map.FrameMap) -> None:
    st.markdown(f"**{len(frames):,} of {len(found.frames):,} frames drawn round.** All are chosen.")
    key = hashlib.blake2b("".join(frames["content_hash"]).encode(), digest_size=8).hexdigest()
    frame_grid.show(frames, key=f"{K.SIMILAR_LISTED}_{key}", origin="lasso", all_chosen=True)
