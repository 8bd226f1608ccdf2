"""Label doubts: which labels look wrong, and how many are wrong in all?"""

import streamlit as st

from core.records import Folder
from core.workflows import label_doubts as workflow
from pages._shared import jobs, state, widgets
from pages._shared.components.doubts import doubts
from pages._shared.keys import K

project = state.narrowed()

title, folder_box, source_box = st.columns([3, 2, 3], vertical_alignment="bottom")
title.title("Is the label wrong?")
folder = Folder(
    folder_box.segmented_control(
        "Labels of", [one.value for one in workflow.FOLDERS], default=Folder.FIELD.value,
        format_func=lambda one: workflow.FOLDERS[Folder(one)], required=True,
        key=K.LABEL_DOUBTS_FOLDER,
    )
)  # fmt: skip
source = source_box.segmented_control(
    "Held against", list(workflow.SOURCES), default="crossed",
    format_func=workflow.SOURCES.__getitem__, required=True, key=K.LABEL_DOUBTS_SOURCE,
    help="A label that was trained on vouches for itself: then only what is learnt anew is fair.",
)  # fmt: skip

name = (project.whole, "label_doubts", folder)


def look() -> None:
    """Learn beside the page; what is done is kept."""
    jobs.begin(name, lambda job: workflow.prepare(
        project, folder=folder, on_progress=job.report, should_stop=job.stop.is_set))  # fmt: skip


job = jobs.job_of(name)
if job is not None and job.is_over and job.is_parked and not jobs.is_running(project.whole):
    look()  # it had made way for the folders to be read
    job = jobs.job_of(name)
if job is not None and not job.is_over:
    widgets.progress(job, key=K.LABEL_DOUBTS_STOP)
elif not workflow.is_ready(project, folder=folder, source=source):
    widgets.outcome(job)
    st.write("A simple learner is taught by the labels, each time without the frames it judges.")
    st.button(
        "Look for doubts", key=K.LABEL_DOUBTS_START, type="primary", on_click=look,
        help="Takes seconds for a thousand frames; the result is kept.",
    )  # fmt: skip
else:
    found = workflow.doubts(project, folder=folder, source=source)
    widgets.finding(workflow.headline(found))
    mode = st.segmented_control(
        "Show", list(workflow.MODES), default="doubts", format_func=workflow.MODES.__getitem__,
        required=True, key=K.LABEL_DOUBTS_MODE, label_visibility="collapsed",
    )  # fmt: skip
    doubts(
        token=state.token(), project=str(project.folder), folder=folder.value, source=source,
        mode=mode, narrow=project.narrow,
    )  # fmt: skip
    st.caption(workflow.where_from(found))
    widgets.fold(workflow.METHOD)
