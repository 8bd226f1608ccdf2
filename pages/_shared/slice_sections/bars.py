"""One by one: how often it is right for each value of a column."""

from __future__ import annotations

import streamlit as st

from core import plots
from core.records import SliceRule
from core.workflows import slices
from core.workflows.projects import Project
from pages._shared import state, widgets
from pages._shared.keys import K
from pages._shared.slice_sections import picked
from pages._shared.words import literal


def show(project: Project) -> None:
    """Bars, worst first; a click shows the frames of one below."""
    columns = slices.columns(project)
    asked = state.asked("by")
    by = st.segmented_control(
        "Compare by", list(columns), key=K.SLICES_BY,
        format_func=lambda name: literal(columns[name], most=60),
        default=asked if asked in columns else slices.first_column(project), required=True,
        persist_state="session",
    )  # fmt: skip
    if by not in columns:  # narrowed meanwhile to where this column does not differ
        by = next(iter(columns))
    report = slices.slices(project, by=by)
    widgets.finding(report.headline, big=True)
    if not report.by_label:
        st.info(literal(slices.without_labels(report)), icon=":material/label_off:")
    draw = plots.slice_bars if report.by_label else plots.unsure_bars
    event = st.plotly_chart(
        draw(report.table), key=f"{K.SLICES_CHART}_{by}", on_select="rerun",
        selection_mode="points", config=plots.CONFIG,
    )  # fmt: skip
    values = list(report.table["value"])
    chosen = picked.clicked(event) or [state.asked("value") if asked == by else None]
    value = chosen[0] if chosen[0] in values else values[0]
    state.say(by=by, value=value)

    name = f"{report.title}: {value}"
    st.subheader(literal(name, most=160))
    widgets.finding(report.statements[values.index(value)])
    picked.actions(SliceRule(where=((by, (value,)),)), name=f"{report.title} {value}")
    first = "Wrong" if report.by_label else "Least sure"
    st.caption(
        f"{first} ones first. Click a bar for its frames; double-click a frame to try it on the "
        "Dial."
    )
    picked.frames(
        slices.frames_of(project, by=by, value=value), key=f"{K.SLICES_FRAMES}_{by}_{value}"
    )
    widgets.fold(slices.method(report))
    with st.expander("The table", icon=":material/table:"):
        st.dataframe(report.table.astype(object).fillna(""), hide_index=True)
