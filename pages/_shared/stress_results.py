"""What a stress sweep found so far, following it while it runs."""

import streamlit as st

from core import plots
from core.workflows import stress
from core.workflows.projects import Project
from pages._shared import jobs, state, widgets
from pages._shared.keys import K


def results(project: Project, asked: stress.Plan) -> None:
    """The headline, the curves, the map, single frames, and a sentence a condition."""

    @st.fragment(run_every=4 if jobs.is_running((project, "stress")) else None)
    def found() -> None:
        sets = stress.hard_sets(project)
        if state.value_of(K.STRESS_HARD_SET) not in sets:  # another project's
            state.put(K.STRESS_HARD_SET, None)
        report = stress.stress(project, asked, hard_set=state.value_of(K.STRESS_HARD_SET))
        if report.table.empty:
            st.caption("Nothing tried yet: choose how long it may take, and start.")
            return
        widgets.finding(report.headline, big=True)
        titles = stress.plan_titles(asked)
        curves, grid, single = st.tabs(["Curves", "All at a glance", "Single frames"])
        with curves:
            figure = plots.stress_curves(report.table, titles)
            st.plotly_chart(figure, key=K.STRESS_CURVES, config=plots.CONFIG)
        with grid:
            figure = plots.stress_map(report.table, titles)
            st.plotly_chart(figure, key=K.STRESS_MAP, config=plots.CONFIG)
        with single:
            st.plotly_chart(
                plots.breaking_histogram(report.points, list(report.plan.severities)),
                key=K.STRESS_POINTS, config=plots.CONFIG,
            )  # fmt: skip
            st.caption("Weakest frames first. Click one to turn the dial on it.")
            widgets.open_in_dial(widgets.frame_strip(report.weakest, key=K.STRESS_WEAKEST))
        if len(sets) > 1:
            st.selectbox(
                "Hard cases to set beside", list(sets), format_func=sets.get,
                key=K.STRESS_HARD_SET, persist_state="session",
            )  # fmt: skip
        for column, (title, accuracy, statement) in zip(
            st.columns(3), stress.side_by_side(report), strict=True
        ):
            with column:
                widgets.accuracy_bar(title, accuracy, statement)
        for note in stress.notes(report):
            st.caption(note)
        for statement in report.statements:
            widgets.finding(statement)

    found()
