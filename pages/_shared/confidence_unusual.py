"""Which pictures look unusual, where they come from, and whether it gets less sure on them."""

import streamlit as st

from core import plots
from core.workflows import unusual
from core.workflows.projects import Project
from pages._shared import frame_grid, widgets
from pages._shared.keys import K


def section(project: Project) -> None:
    """The count, the chart, the cameras, the pictures."""
    with st.spinner("Comparing with the reference …"):
        report = unusual.unusual(project)
    widgets.finding(report.headline, big=True)
    if report.sinking is None:
        return
    left, right = st.columns([3, 2], gap="large")
    with left:
        st.markdown("**Does it get less sure as pictures get stranger?**")
        st.plotly_chart(
            plots.sureness_curve(report.field_curve, report.reference_curve),
            key=K.CONFIDENCE_CURVE, config=plots.CONFIG,
        )  # fmt: skip
    with right:
        widgets.finding(report.sinking)
    widgets.finding_grid(report.by_camera)
    st.markdown("**The strangest first**")
    for note in unusual.pixel_notes(project, report):
        st.caption(note)
    if len(report.frames):
        inner = ["score", "distance"]  # how it was found; the grid offers every other column
        frame_grid.show(
            report.frames.drop(columns=inner, errors="ignore"), key=K.CONFIDENCE_UNUSUAL
        )
    widgets.fold(unusual.technical(report))
