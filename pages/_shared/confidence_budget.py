"""How much could it decide alone: the mark, what it costs, and choosing it."""

import streamlit as st

from core.workflows import budget, choices
from core.workflows.projects import Project
from pages._shared import state, widgets
from pages._shared.keys import K


def section(project: Project) -> None:
    """The slider answers at once; only this part runs again."""
    report = budget.budget(project)
    marks = sorted({*budget.MARKS, *([report.chosen] if report.chosen is not None else [])})

    @st.fragment
    def answer() -> None:
        mark = st.select_slider(
            "Let it decide alone from this mark on", marks,
            value=budget.USUAL_MARK if report.chosen is None else report.chosen,
            key=K.CONFIDENCE_THRESHOLD, format_func=budget.mark_title, persist_state="session",
        )  # fmt: skip
        widgets.finding(budget.statement(report, mark), big=True)
        for note in budget.notes(report):
            st.caption(note)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(
                f"Go by {budget.mark_title(mark)}", key=K.CONFIDENCE_CHOOSE, type="primary",
                disabled=mark == report.chosen, on_click=choices.set_sure_threshold,
                args=(project, mark),
            )  # fmt: skip
            st.button(
                "Show every answer", key=K.CONFIDENCE_FORGET, disabled=report.chosen is None,
                on_click=choices.set_sure_threshold, args=(project, None),
            )  # fmt: skip
            is_open = report.chosen is not None
            if st.button("Look at what is left", key=K.CONFIDENCE_LEFT, disabled=not is_open):
                state.choose_order("not_sure")
                st.switch_page(state.page_path("queue"))
        splits = budget.splits(report)
        by = st.segmented_control(
            "The same", list(splits), format_func=splits.__getitem__, default=next(iter(splits)),
            required=True, key=K.CONFIDENCE_SPLIT, persist_state="session",
        )  # fmt: skip
        widgets.lines(budget.split(report, mark, by=by))

    st.markdown(budget.chosen_words(report.chosen))
    answer()
    widgets.fold(budget.METHOD)
