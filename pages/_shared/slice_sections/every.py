"""Frames: all that the filter or saved slice on the left leaves, as one grid."""

from __future__ import annotations

import streamlit as st

from core.workflows import scores
from core.workflows.projects import Project
from pages._shared.keys import K
from pages._shared.slice_sections import picked


def show(project: Project) -> None:
    """Every frame of the present filter."""
    st.caption("All frames the choice on the left leaves. Narrow them there, or by numbers here.")
    picked.frames(
        scores.dial_frames(project).sort_values(
            ["is_right", "confidence"], ascending=[True, False], key=_wrong_first
        ),
        key=f"{K.SLICES_FRAMES}_every",
    )


def _wrong_first(column):  # type: ignore[no-untyped-def]
    return column.map({False: 0, True: 2}).fillna(1) if column.name == "is_right" else column
