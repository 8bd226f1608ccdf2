"""Slices: where does it fail?"""

import streamlit as st

from core import plots
from core.workflows import slices
from pages._shared import state, widgets
from pages._shared.keys import K

project = state.project()
st.title("Where does it fail?")

columns = slices.columns(project)
if not columns:
    st.info(
        "Nothing to compare yet: the frames need labels, and a camera, time or other column that "
        "differs between them.",
        icon=":material/hourglass_top:",
    )
    st.stop()

by = st.segmented_control(
    "Compare by", list(columns), format_func=columns.__getitem__, key=K.SLICES_BY,
    default=slices.first_column(project), required=True, persist_state="session",
)  # fmt: skip
report = slices.slices(project, by=by)
widgets.finding(report.headline, big=True)

event = st.plotly_chart(
    plots.slice_bars(report.table), key=f"{K.SLICES_CHART}_{by}",
    on_select="rerun", selection_mode="points", config=plots.CONFIG,
)  # fmt: skip
values = list(report.table["value"])
clicked = [point["customdata"] for point in event.selection.points if "customdata" in point]
clicked = [value[0] if isinstance(value, list) else value for value in clicked]
value = clicked[0] if clicked and clicked[0] in values else values[0]

st.subheader(f"{report.title}: {value}")
widgets.finding(report.statements[values.index(value)])
st.caption("Wrong ones first. Click a bar for its frames, a frame to try it on the Dial.")
picked = widgets.frame_strip(
    slices.frames_of(project, by=by, value=value), key=f"{K.SLICES_FRAMES}_{by}_{value}"
)
widgets.open_in_dial(picked)

widgets.fold(
    "Share right with Wilson's 95 % interval on the effective count (clips, not frames). A slice "
    "is compared with the **rest**; the drop has Newcombe's interval, and q is Benjamini-Hochberg "
    "over all slices of this column. Confirmed: at least 20 points behind, 30 effective frames, "
    "interval above 0, q ≤ 0.05."
)
with st.expander("The table", icon=":material/table:"):
    st.dataframe(slices.readable_table(report), hide_index=True)
