"""Beside the queue: saved queues with their progress, and how queues are mixed."""

from __future__ import annotations

import streamlit as st

from core.errors import FieldcheckError
from core.workflows import queue, queue_shares, saved_queues
from core.workflows.projects import Project
from pages._shared import state
from pages._shared.keys import K

SHARES: dict[str, tuple[str, str]] = {
    "audit": (
        "Drawn by lot",
        "So many of 100 frames of a queue by suspicion are drawn by lot. Only they can tell how "
        "good the model is on all frames; which ones they are is not shown.",
    ),
    "blind": (
        "Answer hidden",
        "So many of 100 frames: you decide first and see the answer afterwards, so that it cannot "
        "lead you.",
    ),
    "second": (
        "Shown once more",
        "So many of 100 are frames settled a day or 100 decisions ago, without the earlier "
        "decision: they tell how well you agree with yourself.",
    ),
}


def orders(project: Project) -> dict[str, str]:
    """What the queue can show: the orders, then the saved queues with how far they are."""
    named = {key: title for key, (title, _) in queue.ORDERS.items()}
    for saved in saved_queues.saved_queues(project):
        found = saved_queues.progress_of(project, saved)
        named[f"saved:{saved.id}"] = f"{saved.name} ({found.done:,} of {found.total:,})"
    if state.value_of(K.QUEUE_ORDER) not in named:
        state.choose_order("suspicious")
    return named


def popover(project: Project, order: str) -> None:
    """The button that opens them."""
    box = st.popover("Queues", width="stretch", key=K.QUEUE_SAVED, on_change="rerun")
    if not box.open:
        return
    with box:
        kept = saved_queues.saved_queues(project)
        for saved in kept:
            _row(project, saved)
        if order in saved_queues.CAN_BE_SAVED:
            _form(project, order)
        elif not kept:
            st.caption("This order changes by itself; choose another one to save it.")
        _mix(project)


def _row(project: Project, saved: saved_queues.SavedQueue) -> None:
    name, go, drop = st.columns([6, 2, 1], vertical_alignment="center")
    name.markdown(
        f"**{_plain(saved.name)}**  \n{saved_queues.progress_of(project, saved).sentence}"
    )
    go.button(
        "Open", key=f"{K.QUEUE_SAVED_OPEN}_{saved.id}", width="stretch",
        on_click=state.choose_order, args=(f"saved:{saved.id}",),
    )  # fmt: skip
    drop.button(
        ":material/close:", key=f"{K.QUEUE_SAVED_DROP}_{saved.id}",
        on_click=saved_queues.drop_queue, args=(project.whole, saved.id),
        help="Let this queue go. Its frames and every decision stay.",
    )  # fmt: skip


def _plain(text: str) -> str:
    return "".join(f"\\{sign}" if sign in r"\`*_{}[]()#+-.!|~<>$:" else sign for sign in text)


def _form(project: Project, order: str) -> None:
    with st.form(K.QUEUE_SAVED_KEEP, border=False):
        name, first = st.columns([3, 2])
        called = name.text_input("Save this view as", key=K.QUEUE_SAVED_NAME, max_chars=60)
        most = first.number_input(
            "First", 1, value=None, placeholder="all", key=K.QUEUE_SAVED_FIRST,
            help="Only so many frames. They stay the same until all are decided.",
        )  # fmt: skip
        if st.form_submit_button("Save", icon=":material/bookmark_add:"):
            try:
                saved = saved_queues.save_queue(project, called, order=order, first=most)
            except FieldcheckError as error:
                st.error(str(error))
            else:
                state.session().queue_to_open = f"saved:{saved.id}"
                st.rerun()


def _mix(project: Project) -> None:
    with st.expander("How queues are mixed"):
        shares = queue_shares.shares_of(project)
        for name, (title, why) in SHARES.items():
            chosen = st.slider(
                title, 0, round(100 * queue_shares.MOST[name]), round(100 * getattr(shares, name)),
                format="%d of 100", key=f"{K.QUEUE_SHARE}_{name}", help=why,
            )  # fmt: skip
            if chosen != round(100 * getattr(shares, name)):
                queue_shares.set_shares(project, **{name: chosen / 100})
                st.rerun()
        st.markdown(queue.METHOD)


def line(project: Project, order: str) -> str:
    """What a saved queue holds and what is new; returns what changes when its frames do."""
    if not order.startswith("saved:"):
        return ""
    saved = saved_queues.saved_queue(project, order.removeprefix("saved:"))
    found = saved_queues.progress_of(project, saved)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(_plain(f"{found.sentence}. {saved_queues.queue_words(project, saved)}."))
        try:
            new = len(saved_queues.new_frames(project, saved))
        except FieldcheckError as error:
            st.caption(_plain(str(error)))
            new = 0
        if new:
            st.button(
                f"Bring in {new:,} new", key=K.QUEUE_SAVED_NEW, icon=":material/add:",
                on_click=saved_queues.bring_in, args=(project, saved),
                help=saved_queues.new_sentence(new),
            )  # fmt: skip
    return f"{found.total}"
