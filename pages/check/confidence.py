"""Confidence: does "99 % sure" mean right 99 times in 100?"""

import streamlit as st

from core.workflows import confidence
from pages._shared import (
    confidence_budget,
    confidence_probes,
    confidence_unlabelled,
    confidence_unusual,
    confidence_word,
    state,
)
from pages._shared.keys import K

project = state.narrowed()
st.title("Can I trust how sure it is?")

question = st.segmented_control(
    "Question", list(confidence.SECTIONS), format_func=confidence.SECTIONS.__getitem__,
    default="budget", required=True, key=K.CONFIDENCE_SECTION, label_visibility="collapsed",
    persist_state="session",
)  # fmt: skip
{
    "budget": confidence_budget.section,
    "word": confidence_word.word,
    "silent": confidence_word.silent,
    "unusual": confidence_unusual.section,
    "probes": confidence_probes.section,
    "unlabelled": confidence_unlabelled.section,
}[question](project)
