"""Found by itself: groups of alike frames that fail, without any metadata."""

from __future__ import annotations

import streamlit as st

from core import plots
from core.workflows import found_slices
from core.workflows.projects import Project
from pages._shared import widgets
from pages._shared.keys import K
from pages._shared.slice_sections import picked


def show(project: Project) -> None:
    """The search in a sentence, a group with its frames to name, and a map to pick from."""
    with st.spinner("Looking for frames that look alike and fail …"):
        report = found_slices.found_slices(project)
    widgets.finding(report.headline, big=True)
    if report.names:
        place = st.selectbox(
            "Group", range(len(report.names)), format_func=report.names.__getitem__,
            key=K.SLICES_FOUND,
        )  # fmt: skip
        place = place or 0
        widgets.finding(report.statements[place])
        frames = found_slices.group_frames(report, place)
        picked.actions(
            found_slices.rule_of(frames), name=report.names[place].split(",")[0], origin="found"
        )
        st.caption("What do these share? Wrong ones first; double-click one to try it on the Dial.")
        picked.frames(frames, key=f"{K.SLICES_FRAMES}_group_{place}")
    _map(report)
    widgets.fold(found_slices.METHOD)


def _map(report: found_slices.FoundReport) -> None:
    st.markdown("**Frames that look alike lie close together.** Draw round some to see them.")
    where = found_slices.frame_map(report)
    event = st.plotly_chart(
        plots.frame_map(where), key=K.SLICES_MAP, on_select="rerun",
        selection_mode=("lasso", "box"), config={**plots.CONFIG, "displayModeBar": True},
    )  # fmt: skip
    hashes = [str(point["customdata"][0]) for point in event.selection.points]
    if hashes:
        inside = report.frames[report.frames["content_hash"].isin(hashes)]
        st.caption(f"{len(inside):,} of {len(report.frames):,} frames drawn round.")
        picked.actions(found_slices.rule_of(inside), name="Drawn round", origin="lasso")
        picked.frames(
            inside.sort_values(["is_right", "confidence"], ascending=[True, False]),
            key=f"{K.SLICES_FRAMES}_lasso",
        )
