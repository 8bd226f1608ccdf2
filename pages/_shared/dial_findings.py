"""What the dial found about this frame: breaking point, washed out, where covering flips it."""

from __future__ import annotations

import streamlit as st

from core.records import Chain
from core.workflows import dial, occlusion_probe
from core.workflows.projects import Project
from pages._shared import state, widgets
from pages._shared.keys import K


def findings(project: Project, digest: str, *, chain: Chain, place: int, short_side: int) -> None:
    """Sentences below the dial, about the chain as it stands and the damage turned last."""
    state.session().dial_shown = chain
    washed = dial.washed_out_words(project, digest, chain=chain, short_side=short_side)
    if washed:
        st.warning(washed, icon=":material/visibility_off:")
    with st.spinner("Looking for the breaking point …"):
        said = dial.breaking_words(project, digest, chain=chain, place=place, short_side=short_side)
    widgets.finding(said)
    _covering(project, digest, chain=chain, short_side=short_side)
    widgets.fold(dial.technical(chain, short_side=short_side))


def _covering(project: Project, digest: str, *, chain: Chain, short_side: int) -> None:
    shown = (digest, chain, short_side)
    ask, _ = st.columns([1, 2])
    if ask.button(
        "Where does covering flip it?", key=K.DIAL_COVER, icon=":material/back_hand:",
        help="Slides a grey patch over the frame as it is shown and asks at every place. "
        "A few seconds.",
    ):  # fmt: skip
        state.session().dial_covered = shown
    if state.session().dial_covered != shown:
        return
    with st.spinner("Covering one place after the other …"):
        picture, said = occlusion_probe.occlusion_picture(
            project, digest, chain=chain, short_side=short_side
        )
    image, words = st.columns([1, 1], vertical_alignment="center")
    image.image(picture, alt="The frame: bright where covering costs the answer", width=460)
    with words:
        widgets.finding(said)
        st.caption(
            "Bright: covering here makes it less sure of its answer. Orange line: covering here "
            "flips the answer."
        )
