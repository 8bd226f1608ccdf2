"""Overview: how good is it here, and what should I do now?"""

import streamlit as st

from core.workflows import honest_accuracy, overview, worst_light
from pages._shared import after_review, doctor_card, jobs, quick_check, state, widgets
from pages._shared.keys import K
from pages._shared.open_project import open_own, switch_project

project = state.narrowed()

if state.session().is_opening:
    open_own()
    st.stop()

title, opener, switcher = st.columns([4, 3, 3], vertical_alignment="bottom")
title.title("How good is it here?")
opener.button(
    "Open your own", key=K.OVERVIEW_OPEN_OWN, icon=":material/folder_open:", width="stretch",
    on_click=state.set_opening, args=(True,),
)  # fmt: skip
with switcher:
    switch_project()


# While frames come in, everything here follows them by itself.
@st.fragment(run_every=4 if jobs.is_running(state.project()) else None)
def answers() -> None:
    report = overview.overview(project)
    if not report.scored:
        st.info(
            "The model has not answered any frame yet. This begins by itself and shows its "
            "progress above; the answers fill in here as it goes.",
            icon=":material/hourglass_top:",
        )
        return
    if report.scored < report.total:
        st.caption(f"{report.scored:,} of {report.total:,} frames so far.")
    widgets.finding(report.headline, big=True)
    left, right = st.columns(2, gap="large")
    with left:
        widgets.accuracy_bar("Field: where it is used", report.field, report.field_statement)
        widgets.accuracy_bar(
            "Reference: what it is known to do", report.reference, report.reference_statement
        )
    with right:
        widgets.todos(report.todos)
    for column, heading, statement in zip(
        st.columns(2, gap="large"),
        ("Worst place", "Very sure and wrong"),
        (report.worst, report.silent),
        strict=True,
    ):
        with column:
            st.markdown(f"**{heading}**")
            widgets.finding(statement)
    after_review.panel(report)


answers()
doctor_card.card(project)
quick_check.panel(project)
widgets.left_out(overview.notes(project), overview.left_out(project))
widgets.fold(
    "Accuracy = correct / labelled frames. The interval is Wilson's 95 % on the **effective** "
    "number of frames: frames of one clip (one camera, gaps under 30 s) repeat each other, so "
    "the count is divided by the design effect between clips (Kish 1965). Labels are taken as "
    "they came: frames you relabelled were picked because they looked wrong, so counting them "
    "would flatter the model. The gap is Newcombe's interval on effective counts.\n\n"
    f"{honest_accuracy.METHOD}\n\n{worst_light.METHOD}"
)
