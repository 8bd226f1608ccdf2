"""Similar: what else looks like this?"""

import streamlit as st

from core.workflows import similar
from pages._shared import state
from pages._shared.keys import K
from pages._shared.similar_parts import listed, map

VIEWS = {
    "like": ("Like a picture", listed.show),
    "map": ("Map of all", map.show),
}

project = state.narrowed()
st.title("What else looks like this?")

if not similar.is_ready(project):
    with st.spinner("Making the frames comparable; once, and again when frames come …"):
        similar.prepare(project)

asked = state.asked("view")
view = st.segmented_control(
    "View", list(VIEWS), format_func=lambda name: VIEWS[name][0], key=K.SIMILAR_VIEW,
    default=asked if asked in VIEWS else "like", required=True, label_visibility="collapsed",
)  # fmt: skip
state.say(view=view if view != "like" else None)
VIEWS[view][1](project)
