"""Frames: all that the filter or saved slice on the left leaves, as one grid."""

from __future__ import annotations

import streamlit as st

from core.workflows import grid
from core.workflows.projects import Project
from pages._shared.keys import K
from pages._shared.slice_sections import picked


def show(project: Project) -> None:
    """Every frame of the present filter."""
    st.caption("All frames the choice on the left leaves. Narrow them there, or by numbers here.")
    picked.frames(grid.every(project), key=f"{K.SLICES_FRAMES}_every")
