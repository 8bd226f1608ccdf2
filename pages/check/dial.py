"""Dial: what would dusk, rain or blur do to this frame?"""

import streamlit as st

from core.workflows import dial as workflow
from core.workflows import scores
from pages._shared import dial_choices, dial_findings, state
from pages._shared.components.dial import dial
from pages._shared.keys import K

project = state.narrowed()
st.title("What would dusk, rain or blur do?")

frames = scores.dial_frames(project)
if frames.empty:
    st.info("No frames yet. They come in on the Overview page.", icon=":material/hourglass_top:")
    st.stop()
digests = list(frames["content_hash"])
state.take_asked_frame(digests)

back, pick, forward, choose = st.columns([2, 8, 2, 11], vertical_alignment="bottom")
for column, sign, key, step in (
    (back, "‹", K.DIAL_PREVIOUS, -1), (forward, "›", K.DIAL_NEXT, 1),
):  # fmt: skip
    column.button(
        sign, key=key, help="Another frame: the arrow keys do the same", width="stretch",
        on_click=state.step_frame, args=(digests, step),
    )  # fmt: skip
names = dict(zip(digests, frames["path"], strict=True))
digest = pick.selectbox(
    "Frame", digests, format_func=names.__getitem__, key=K.DIAL_FRAME, persist_state="session"
)
with choose:
    damages = dial_choices.damages()
options = dial_choices.options(damages)
size = dial_choices.presets_and_size(project)
if not damages:
    st.caption("Choose at least one damage.")
    st.stop()

label = frames.set_index("content_hash").loc[digest, "label"]
levels, active = dial(
    src=f"/api/dial/{state.token()}/{digest}?size={size}&mark={workflow.mark(project)}",
    damages=workflow.named(damages, options),
    levels=state.session().dial_levels,
    label=label if isinstance(label, str) else None,
    round_=state.session().dial_round,
)
chain = workflow.chain_of(damages, levels, options)
dial_findings.findings(project, digest, chain=chain, place=active, short_side=size)
