"""Slices: where does it fail?"""

import streamlit as st

from core.workflows import slices
from pages._shared import state
from pages._shared.keys import K
from pages._shared.slice_sections import (
    bars,
    compared,
    every,
    gaps,
    groups,
    pairs,
    per_class,
    rare,
    spots,
)

QUESTIONS = {
    "bars": ("One by one", bars.show),
    "spots": ("Weak spots", spots.show),
    "pairs": ("Pairs", pairs.show),
    "classes": ("Classes", per_class.show),
    "groups": ("Groups", groups.show),
    "gaps": ("Gaps", gaps.show),
    "rare": ("Rare", rare.show),
    "every": ("Frames", every.show),
    "compare": ("Compare", compared.show),
}

project = state.narrowed()
st.title("Where does it fail?")

if not slices.columns(project):
    st.info(slices.NOTHING_TO_COMPARE, icon=":material/hourglass_top:")
    st.stop()

asked = state.asked("question")
question = st.segmented_control(
    "Question", list(QUESTIONS), format_func=lambda name: QUESTIONS[name][0],
    key=K.SLICES_QUESTION, default=asked if asked in QUESTIONS else "bars", required=True,
    label_visibility="collapsed", persist_state="session",
)  # fmt: skip
state.say(question=question)
QUESTIONS[question][1](project)
