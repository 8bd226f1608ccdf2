"""Two together: every pair of values of two columns in one grid."""

from __future__ import annotations

import streamlit as st

from core import plots
from core.records import SliceRule
from core.workflows import slices, weak_spots
from core.workflows.projects import Project
from pages._shared import widgets
from pages._shared.keys import K
from pages._shared.slice_sections import picked
from pages._shared.words import literal


def show(project: Project) -> None:
    """The grid; a click on a cell shows its frames."""
    columns = slices.columns(project)
    if len(columns) < 2:
        st.info("Two columns are needed for this; the frames have one.", icon=":material/info:")
        return
    left, right = st.columns(2)
    one = left.selectbox(
        "Down", list(columns), format_func=columns.__getitem__, key=K.SLICES_PAIR_ONE,
        persist_state="session",
    )  # fmt: skip
    others = [name for name in columns if name != one]
    other = right.selectbox(
        "Across", others, format_func=columns.__getitem__, key=K.SLICES_PAIR_OTHER,
        persist_state="session",
    )  # fmt: skip
    grid = weak_spots.pair_grid(project, columns=(one, other))
    titles = (columns[one], columns[other])
    st.caption("Right of all in each cell, darker where it is wrong more often; … few frames.")
    event = st.plotly_chart(
        plots.pair_map(grid, titles), key=f"{K.SLICES_GRID}_{one}_{other}", on_select="rerun",
        selection_mode="points", config=plots.CONFIG,
    )  # fmt: skip
    chosen = picked.clicked(event)
    if chosen is None:
        st.caption("Click a cell for its frames.")
    else:
        name = f"{titles[0]} {chosen[0]} and {titles[1].lower()} {chosen[1]}"
        st.subheader(literal(name, most=160))
        where = ((one, (chosen[0],)), (other, (chosen[1],)))
        picked.actions(SliceRule(where=where), name=name)
        picked.frames(
            slices.frames_of(project, by=one, value=chosen[0], with_by=other, with_value=chosen[1]),
            key=f"{K.SLICES_FRAMES}_{name}",
        )
    widgets.fold(slices.METHOD)
