"""Without labels: the guess, its check, and which frames to label next."""

import streamlit as st

from core.workflows import unlabelled
from core.workflows.projects import Project
from pages._shared import state, widgets
from pages._shared.keys import K


def section(project: Project) -> None:
    """The guess first, then the way to a figure that needs no assumption."""
    with st.spinner("Guessing …"):
        report = unlabelled.unlabelled(project)
    widgets.finding(report.headline, big=True)
    if report.check:
        widgets.finding(report.check)
    if report.unlabelled:
        st.subheader("Label these next")
        _plan(project, report.unlabelled)
    widgets.fold(unlabelled.technical(report))


def _plan(project: Project, waiting: int) -> None:
    plan = unlabelled.plan(project)
    if plan is None:
        sizes = [size for size in unlabelled.PLAN_SIZES if size < waiting] or [waiting]
        pick, go = st.columns([4, 1], vertical_alignment="bottom")
        count = pick.segmented_control(
            "How many will you label?", sizes, default=sizes[min(1, len(sizes) - 1)],
            required=True, key=K.CONFIDENCE_PLAN_COUNT,
        )  # fmt: skip
        go.button(
            "Draw them", key=K.CONFIDENCE_PLAN, type="primary", width="stretch",
            on_click=unlabelled.make_plan, args=(project,), kwargs={"count": count},
        )  # fmt: skip
        st.caption(
            "Drawn by lot within groups of frames it is about equally sure of, most where a label "
            "tells most. From these the share right follows without any assumption."
        )
        return
    widgets.finding(plan.statement)
    with st.container(horizontal=True):
        if st.button("Label them in the queue", key=K.CONFIDENCE_PLAN_OPEN, type="primary",
                     disabled=plan.frames.empty, icon=":material/arrow_forward:"):  # fmt: skip
            state.choose_order("planned")
            st.switch_page(state.page_path("queue"))
        st.button(
            "Draw others", key=K.CONFIDENCE_PLAN_NEW, on_click=unlabelled.forget_plan,
            args=(project,), help="Labels already made stay.",
        )  # fmt: skip
