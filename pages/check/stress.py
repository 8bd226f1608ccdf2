"""Stress: which conditions break it?"""

import streamlit as st

from core.errors import NothingYetError
from core.workflows import stress
from pages._shared import jobs, shortcut_exam, state, stress_choices, widgets
from pages._shared.holdout import locked_test_set
from pages._shared.keys import K
from pages._shared.stress_results import results

project = state.narrowed()
st.title("Which conditions break it?")

there = stress.folders(project)
if not there:
    raise NothingYetError("No frames have an answer yet. They come in on the Overview page.")
titles = stress.choices(project)
names = st.multiselect(
    "Conditions to try", list(titles), default=list(stress.USUAL), format_func=titles.get,
    key=K.STRESS_CORRUPTIONS, persist_state="session",
    help="Those with a colon are the Dial's presets of more than one damage, yours among them.",
)  # fmt: skip
left, right = st.columns([3, 2])
levels = left.segmented_control(
    "How severe (of 5)", [1.0, 2.0, 3.0, 4.0, 5.0], selection_mode="multi",
    default=sorted(stress.SEVERITIES), format_func=stress.severity_title,
    key=K.STRESS_SEVERITIES, persist_state="session",
)  # fmt: skip
folder = right.segmented_control(
    "On which frames", there, default=there[0], format_func=stress.FOLDER_TITLES.get,
    required=True, key=K.STRESS_FOLDER, persist_state="session",
)  # fmt: skip
share, size = stress_choices.more(project)
if not names or not levels:
    st.caption("Choose at least one condition and how severe it may get.")
    st.stop()
wanted = {
    "corruptions": names, "severities": stress.moderate_first(levels), "folder": folder,
    "share": share, "short_side": size,
}  # fmt: skip
whole = stress.plan(project, **wanted)
job = jobs.job_of((project, "stress"))
if job is None or job.is_over:
    with st.spinner("Measuring how long it takes here …"):
        offers = {offer.frames: offer for offer in stress.offers(project, whole)}
    pick, go = st.columns([4, 1], vertical_alignment="bottom")
    frames = pick.segmented_control(
        "How long may it take?", list(offers), default=next(iter(offers)), required=True,
        format_func=lambda count: stress.offer_title(offers[count], of=whole.frames),
        key=K.STRESS_FRAMES, wrap=True,
    )  # fmt: skip
    asked = stress.plan(project, **wanted, frames=frames)
    go.button(
        "Start", key=K.STRESS_START, type="primary", width="stretch", on_click=jobs.begin,
        args=((project, "stress"), lambda job: stress.run(project, asked, job.begin_phase,
                                                          job.report, job.stop.is_set)),
    )  # fmt: skip
    widgets.outcome(job)
else:
    widgets.progress(job, key=K.STRESS_STOP)

results(project, whole)
widgets.fold(stress.METHOD)
locked_test_set(project, whole)
shortcut_exam.section(project, folder)
