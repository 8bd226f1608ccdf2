"""Queue: what do I look at next, and why?"""

import streamlit as st

from core.workflows import around, choices
from core.workflows import queue as workflow
from pages._shared import state, widgets
from pages._shared.components.queue import queue
from pages._shared.keys import K

project = state.narrowed()

title, order_box, decided_box, reviewer_box = st.columns([3, 3, 2, 2], vertical_alignment="bottom")
title.title("What next?")
order = order_box.selectbox(
    "Order", list(workflow.ORDERS), format_func=lambda key: workflow.ORDERS[key][0],
    key=K.QUEUE_ORDER, persist_state="session",
)  # fmt: skip
with_decided = decided_box.toggle(
    "Decided too", key=K.QUEUE_AGAIN, persist_state="session",
    help="Shows frames again that were decided already.",
)  # fmt: skip
reviewer = reviewer_box.text_input(
    "Reviewer", choices.choices_of(project).reviewer, key=K.OVERVIEW_REVIEWER, max_chars=40
)
if reviewer != choices.choices_of(project).reviewer:
    choices.set_reviewer(project, reviewer)

queue(
    token=state.token(),
    project=str(project.folder),
    order=order,
    with_decided=with_decided,
    round_=state.session().queue_round,
    narrow=project.narrow,
)
widgets.fold(around.METHOD)
