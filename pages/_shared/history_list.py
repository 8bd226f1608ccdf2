"""The list of reviews: filters, rows with pictures, and the way back to any of them."""

from __future__ import annotations

import html

import streamlit as st

from core.workflows import history
from core.workflows.history import Entry, History, Preview
from core.workflows.projects import Project
from pages._shared import state, widgets
from pages._shared.keys import K


def show(project: Project) -> None:
    """The whole section."""
    if said := state.value_of(K.HISTORY_SAID):
        st.success(said, icon=":material/undo:")
        state.put(K.HISTORY_SAID, None)
    _last_undo(project)
    if chosen := state.value_of(K.HISTORY_CHOSEN):
        _preview(project, *chosen)
    found = _filtered(project)
    if found.one_frame:
        _life(project, found.one_frame)
    if not found.entries:
        st.write("No decision fits. Decide frames in the queue, or loosen what is shown.")
        return
    for entry in found.entries:
        _row(entry)
    _pager(found)


def _filtered(project: Project) -> History:
    everything = history.history(project)
    who, day, what, frame = st.columns(4)
    return history.history(
        project,
        reviewer=who.selectbox(
            "By", everything.reviewers, index=None, placeholder="Everybody", key=K.HISTORY_REVIEWER
        ),
        day=day.selectbox(
            "On", everything.days, index=None, placeholder="Any day", key=K.HISTORY_DAY,
            format_func=lambda one: f"{one:%a} {one.day} {one:%b %Y}",
        ),
        label=what.selectbox(
            "Class", everything.classes, index=None, placeholder="Any class", key=K.HISTORY_CLASS
        ),
        frame=frame.text_input("Frame", placeholder="Part of its name", key=K.HISTORY_FRAME),
        page=state.value_of(K.HISTORY_PAGE, 1),
    )  # fmt: skip


def _row(entry: Entry) -> None:
    words, acts = st.columns([5, 3], vertical_alignment="center")
    words.html(_words(entry))
    is_many = entry.together > 1
    with acts.container(horizontal=True, horizontal_alignment="right", gap="small"):
        st.button(
            "Life", key=f"{K.HISTORY_LIFE}_{entry.id}", icon=":material/timeline:",
            help="All that happened to this frame", disabled=not entry.path, type="tertiary",
            on_click=_show_life, args=(entry.path,),
        )  # fmt: skip
        st.button(
            f"Undo all {entry.together:,}" if is_many else "Undo", type="tertiary",
            key=f"{K.HISTORY_ONE}_{entry.id}", icon=":material/undo:",
            disabled=not entry.counts, help="This step alone; you see what would change first",
            on_click=state.put, args=(K.HISTORY_CHOSEN, ("these", entry.id, is_many)),
        )  # fmt: skip
        st.button(
            "Back to here", key=f"{K.HISTORY_TO}_{entry.id}", icon=":material/history:",
            help="Take back what came after it; you see what would change first", type="tertiary",
            on_click=state.put, args=(K.HISTORY_CHOSEN, ("to", entry.id, False)),
        )  # fmt: skip


def _show_life(path: str) -> None:
    for key in (K.HISTORY_REVIEWER, K.HISTORY_DAY, K.HISTORY_CLASS):
        state.put(key, None)
    state.put(K.HISTORY_FRAME, path)


def _words(entry: Entry) -> str:
    picture = f"/api/pictures/{state.token()}/{entry.content_hash}?size=thumb"
    image = (
        f'<img src="{picture}" alt="" loading="lazy">'
        if entry.path
        else '<span class="fc-gone">picture gone</span>'
    )
    became = entry.life_after
    if entry.life_before != entry.life_after:
        became = f"{entry.life_before} → {entry.life_after}"
    name = entry.path.rpartition("/")[2]
    facts = [f"{entry.at.day} {entry.at:%b %Y, %H:%M}", became, name]
    if entry.together > 1:
        facts = [facts[0], f"such as {name}"]
    if not entry.counts:
        facts.insert(1, "taken back since")
    return (
        f'<div class="fc-review">{image}<div><p><b>{html.escape(entry.reviewer)}</b> '
        f"{html.escape(entry.sentence)}</p>"
        f'<p class="fc-next">{html.escape(" · ".join(facts))}</p></div></div>'
    )


def _pager(found: History) -> None:
    if found.pages == 1:
        return
    state.put(K.HISTORY_PAGE, found.page)  # a narrower list may have fewer pages
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.number_input(
            f"Page of {found.pages:,}", 1, found.pages, key=K.HISTORY_PAGE, width=160,
        )  # fmt: skip
        st.caption(f"{found.total:,} reviews, newest first.")


def _life(project: Project, digest: str) -> None:
    told = history.life(project, digest)
    st.markdown(f"**This frame is {told.life.value}.**")
    widgets.lines(told.sentences)


def _last_undo(project: Project) -> None:
    found = history.last_undo(project)
    if found is None or state.value_of(K.HISTORY_CHOSEN):
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.write(f"Your last act was an undo. To undo it {found.sentence[0].lower()}"
                 f"{found.sentence[1:]}")  # fmt: skip
        if st.button("Undo the undo", key=K.HISTORY_BACK, icon=":material/redo:"):
            _do(project, found)


def _forget() -> None:
    state.put(K.HISTORY_CHOSEN, None)
    state.put(K.HISTORY_PREVIEW, None)


@st.dialog("What would change", on_dismiss=_forget, width="medium")
def _preview(project: Project, kind: str, review_id: str, is_many: bool) -> None:
    everyone = kind == "to" and st.toggle(
        "Everybody's, not only mine", key=K.HISTORY_EVERYONE,
        help="Without it only your own later decisions go; those of others stay.",
    )  # fmt: skip
    found = (
        history.preview_to(project, review_id, everyone=everyone)
        if kind == "to"
        else history.preview_these(project, review_id, together=is_many)
    )
    shown: Preview = state.value_of(K.HISTORY_PREVIEW) or found
    state.put(K.HISTORY_PREVIEW, found)
    st.write(found.sentence)
    st.write(found.staying)
    with st.container(horizontal=True):
        if st.button(
            "Do it", type="primary", key=K.HISTORY_DO, disabled=not found.names,
            icon=":material/undo:", help="Can be undone in one step; nothing is deleted",
        ):  # fmt: skip
            with widgets.plain_errors():  # what was shown is done, or nothing
                _do(project, shown)
        if st.button("Leave it", key=K.HISTORY_CANCEL):
            _forget()
            st.rerun()


def _do(project: Project, found: Preview) -> None:
    _forget()
    history.take_back(project, found)
    state.put(K.HISTORY_SAID, f"Done. {found.sentence}")
    st.rerun()
