"""Hard cases: which failures do we gather, what is missing, and what was frozen to compare?"""

import streamlit as st

from pages._shared import hard_case_modes, hard_case_sets, state
from pages._shared.keys import K

SECTIONS = {
    "collect": ("To collect", hard_case_modes.section),
    "frozen": ("Frozen to compare", hard_case_sets.section),
}

project = state.narrowed()

title, section_box = st.columns([3, 2], vertical_alignment="bottom")
title.title("Which hard cases do we need?")
asked = state.asked("section")
section = section_box.segmented_control(
    "Show", list(SECTIONS), format_func=lambda name: SECTIONS[name][0], key=K.HARD_SECTION,
    default=asked if asked in SECTIONS else "collect", required=True,
    label_visibility="collapsed", persist_state="session",
)  # fmt: skip
state.say(section=section)
SECTIONS[section][1](project)
