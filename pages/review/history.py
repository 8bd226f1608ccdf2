"""History: what was decided, and how do I go back?"""

import streamlit as st

from core.workflows import history
from pages._shared import history_list, history_sessions, state, widgets
from pages._shared.keys import K

SECTIONS = {"decisions": "Decisions", "sessions": "Sessions"}

project = state.narrowed()
st.title("What was decided?")
st.write(history.lives_sentence(project))
history_sessions.line(project)
section = st.segmented_control(
    "Show", list(SECTIONS), default="decisions", format_func=SECTIONS.__getitem__, required=True,
    key=K.HISTORY_SECTION, label_visibility="collapsed",
)  # fmt: skip
if section == "sessions":
    history_sessions.show(project)
else:
    history_list.show(project)
widgets.fold(history.METHOD)
