"""What few people change about a sweep, folded away: share, size, damages trained with."""

from __future__ import annotations

import streamlit as st

from core.workflows import dial, stress, trained_with
from core.workflows.projects import Project
from pages._shared.keys import K


def more(project: Project) -> tuple[float, int]:
    """The share of frames that is damaged, and the short side they are damaged at."""
    with st.expander("More choices", icon=":material/tune:"):
        left, right = st.columns(2, vertical_alignment="bottom")
        share = left.segmented_control(
            "How many frames are damaged", stress.SHARES, default=stress.SHARES[0], required=True,
            format_func=stress.share_title, key=K.STRESS_SHARE, persist_state="session",
            help="Bad weather rarely hits every frame. Those hit are drawn by chance.",
        )  # fmt: skip
        is_small = right.toggle(
            "ImageNet-C mode", key=K.STRESS_SIZE, persist_state="session",
            help=f"Damages frames at {dial.SIZES[1]} pixels, the size the published figures were "
            f"made at, instead of {dial.SIZES[0]}.",
        )  # fmt: skip
        st.multiselect(
            "The model was trained with", list(stress.titles()),
            default=list(trained_with.trained_with(project)), format_func=stress.titles().get,
            key=K.STRESS_TRAINED, on_change=_mark, args=(project,),
            placeholder="Damages its training already showed it, if you know",
            help="They are counted apart: doing well on what it was shown proves little.",
        )  # fmt: skip
    return share, dial.SIZES[1 if is_small else 0]


def _mark(project: Project) -> None:
    trained_with.mark_trained_with(project, st.session_state[K.STRESS_TRAINED])
