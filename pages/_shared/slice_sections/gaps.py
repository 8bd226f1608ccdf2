"""Gaps: what the field shows and the reference lacks."""

from __future__ import annotations

import streamlit as st

from core import plots
from core.records import SliceRule
from core.workflows import coverage, slices
from core.workflows.projects import Project
from pages._shared import widgets
from pages._shared.keys import K
from pages._shared.slice_sections import picked
from pages._shared.words import literal


def show(project: Project) -> None:
    """What to collect in a sentence, then every cell; a click shows the field's frames."""
    conditions = coverage.conditions(project)
    if not conditions:
        st.info(
            "Nothing to compare: the frames need a camera, time or other column that differs.",
            icon=":material/info:",
        )
        return
    by = st.segmented_control(
        "Condition", list(conditions), format_func=lambda name: literal(conditions[name], most=60),
        key=K.SLICES_COVERAGE_BY, default=next(iter(conditions)), required=True,
    )  # fmt: skip
    report = coverage.coverage(project, by=by)
    widgets.finding(report.headline, big=True)
    st.caption("Field / reference frames in each cell; ⚑ the reference has none.")
    event = st.plotly_chart(
        plots.coverage_map(report.table, report.title), key=f"{K.SLICES_COVERAGE}_{by}",
        on_select="rerun", selection_mode="points", config=plots.CONFIG,
    )  # fmt: skip
    chosen = picked.clicked(event)
    if chosen:
        name = f"{chosen[0]} with {report.title.lower()} {chosen[1]}"
        st.subheader(literal(name, most=160))
        where = (("label", (chosen[0],)), (by, (chosen[1],)))
        picked.actions(SliceRule(where=where), name=name)
        frames = slices.frames_of(
            project, by="label", value=chosen[0], with_by=by, with_value=chosen[1]
        )
        picked.frames(frames, key=f"{K.SLICES_FRAMES}_{name}")
    with st.expander("The table", icon=":material/table:"):
        shown = report.table.astype(object)
        st.dataframe(shown.where(shown.notna(), ""), hide_index=True)
    picked.training(project)
    widgets.fold(
        "Labelled frames per class and value. A cell is flagged where the field has frames and "
        "neither the reference nor the training list has any; 30 frames from 10 clips can be "
        "judged."
    )
