"""Review sessions: the one that goes on, and the closing summary of each."""

from __future__ import annotations

import streamlit as st

from core.workflows import sessions
from core.workflows.projects import Project
from pages._shared import state, widgets
from pages._shared.keys import K


def line(project: Project) -> None:
    """The session that goes on, and a way to end it; nothing while there is none."""
    going = sessions.current(project)
    if going is None:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.write(f"Your session since {going.start:%H:%M}: {going.line}.")
        if st.button("End the session", key=K.HISTORY_END, icon=":material/flag:"):
            ended = sessions.end_session(project)
            state.put(K.HISTORY_SECTION, "sessions")
            state.put(K.HISTORY_SESSION, ended.id)
            st.rerun()


def show(project: Project) -> None:
    """One session with its summary, the newest first."""
    known = {one.id: one for one in sessions.session_list(project)}
    if not known:
        st.write("No session yet. One begins by itself with the first decision in the queue.")
        return
    chosen = st.selectbox(
        "Session", list(known), key=K.HISTORY_SESSION, format_func=lambda one: known[one].title
    )
    found = known[chosen]
    st.markdown(f"#### {found.title}")
    widgets.lines(sessions.closing_with_accuracy(project, found))
    name, content = sessions.session_bytes(project, found)
    st.download_button(
        f"Download {name}", content, file_name=name, key=K.HISTORY_DOWNLOAD,
        icon=":material/download:", on_click="ignore",
    )  # fmt: skip
