"""Compare: two slices side by side."""

from __future__ import annotations

import streamlit as st

from core.records import SliceRule
from core.workflows import compare, filters
from core.workflows.projects import Project
from pages._shared import widgets
from pages._shared.keys import K

REST = "the rest"


def show(project: Project) -> None:
    """Two choosers and what the frames say of the two."""
    offered = filters.filters_of(project)
    if not offered.slices:
        st.info(
            "Save a slice first: click a bar, or filter on the left, then “Save as a slice”.",
            icon=":material/bookmark_add:",
        )
        return
    names = [*offered.slices, REST]
    left, right = st.columns(2)
    one = left.selectbox("This", offered.slices, key=K.SLICES_COMPARE_ONE)
    other = right.selectbox("against", names, index=min(1, len(names) - 1),
                            key=K.SLICES_COMPARE_OTHER)  # fmt: skip
    if one == other:
        st.caption("Choose two different ones.")
        return
    against = None if other == REST else SliceRule(slices=(other,))
    found = compare.compare(project.whole, SliceRule(slices=(one,)), against, names=(one, other))
    widgets.finding(found.statement, big=True)
    widgets.fold(
        "The difference of the two shares right with Newcombe's interval on effective counts. "
        "Frames in both slices make the interval too wide, never too narrow."
    )
