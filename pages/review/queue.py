"""Queue: what do I look at next, and why?"""

import streamlit as st

from core.workflows import around, choices, hard_cases, queue_shares
from pages._shared import agreement_fold, saved_queues, state, widgets
from pages._shared.components.queue import queue
from pages._shared.keys import K

project = state.narrowed()

title, order_box, saved_box, decided_box, reviewer_box = st.columns(
    [2.7, 3.5, 2.2, 2.6, 2], vertical_alignment="bottom"
)
title.title("What next?")
state.open_saved_queue()
orders = saved_queues.orders(project)
order = order_box.selectbox(
    "Order", list(orders), format_func=lambda key: orders.get(key, key),
    key=K.QUEUE_ORDER, persist_state="session",
)  # fmt: skip
with saved_box:
    saved_queues.popover(project, order)
with_decided = decided_box.toggle("Decided too", key=K.QUEUE_AGAIN, persist_state="session")
reviewer = reviewer_box.text_input(
    "Reviewer", choices.choices_of(project).reviewer, key=K.OVERVIEW_REVIEWER, max_chars=40
)
if reviewer != choices.choices_of(project).reviewer:
    choices.set_reviewer(project, reviewer)

frames = saved_queues.line(project, order)
shares = queue_shares.shares_of(project)
queue(
    token=state.token(),
    project=str(project.folder),
    order=order,
    with_decided=with_decided,
    round_=f"{state.session().queue_round}|{shares}|{frames}",
    narrow=project.narrow,
    tags=hard_cases.mode_names(project),
)
agreement_fold.fold(project)
widgets.fold(around.METHOD)
