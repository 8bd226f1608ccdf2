"""Dial: what would dusk, rain or blur do to this frame?"""

import streamlit as st

from core.workflows import dial as workflow
from core.workflows import scores
from pages._shared import state, widgets
from pages._shared.components.dial import dial
from pages._shared.keys import K

project = state.narrowed()
st.title("What would dusk, rain or blur do?")

frames = scores.dial_frames(project)
if frames.empty:
    st.info("No frames yet. They come in on the Overview page.", icon=":material/hourglass_top:")
    st.stop()

corruptions = workflow.corruptions()
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
name = choose.selectbox(
    "Damage", list(corruptions), key=K.DIAL_CORRUPTION, persist_state="session",
    format_func=lambda key: f"{corruptions[key].title}: {corruptions[key].looks_like}",
)  # fmt: skip
spec = corruptions[name]
label = frames.set_index("content_hash").loc[digest, "label"]

dial(
    src=f"/api/dial/{state.token()}/{digest}?corruption={name}",
    title=spec.title,
    label=label if isinstance(label, str) else None,
)

with st.spinner("Looking for the breaking point …"):
    point = workflow.frame_breaking_point(project, digest, name=name)
answer = frames.set_index("content_hash").loc[digest, "answer"]
widgets.finding(workflow.breaking_statement(spec.title, point, str(answer)))
widgets.fold(
    f"`{spec.name}`, fidelity **{spec.fidelity.value}**, {spec.source} Parameter: {spec.unit}. "
    "The picture is damaged at the working size (short side at most 448 pixels; pixel-sized "
    "parameters scale with short side / 224), and the answer is to exactly the array shown. The "
    "breaking point is the first severity on the 0.5 grid at which the answer flips, bisected."
)
