"""What is asked about: frames named in the address, and pictures dropped in."""

from __future__ import annotations

from functools import lru_cache

import streamlit as st

from core.errors import FieldcheckError
from core.workflows import grid, similar
from core.workflows.projects import Project
from pages._shared import state, widgets
from pages._shared.components.gallery import gallery
from pages._shared.keys import K

FEW = 12


def like() -> list[str]:
    """Content hashes of the frames asked about, from the address."""
    return [digest for digest in (state.asked("like") or "").split(",") if digest]


def dropped() -> list[similar.Outside]:
    """Pictures a person has dropped in; what cannot be read is said, and costs itself only."""
    found = []
    for file in state.value_of(f"{K.SIMILAR_UPLOAD}_{state.session().similar_round}") or []:
        try:
            found.append(_seen(state.project(), file.name, file.getvalue()))
        except FieldcheckError as error:
            st.error(str(error), icon=":material/broken_image:")
    return found


@lru_cache(maxsize=16)  # a page is drawn many times over
def _seen(project: Project, name: str, content: bytes) -> similar.Outside:
    return similar.outside_picture(project, name, content)


def start(project: Project) -> None:
    """Choose a picture to begin with: a frame by name, one shown, or a file."""
    st.markdown("**Start with a picture.** Click one, find one by its name, or drop in your own.")
    by_name, by_file = st.columns(2)
    text = by_name.text_input(
        "Find a frame by its name", key=K.SIMILAR_NAME, placeholder="part of the file's name"
    )
    with by_file:
        uploader()
    frames = similar.found_by_name(project, text) if text.strip() else grid.every(project)
    if frames.empty:
        st.info(f"No frame has “{text.strip()}” in its name. Try a shorter part of it.")
        return
    if not text.strip():
        st.caption("Frames it got wrong and was surest of:")
    clicked = widgets.frame_strip(frames.head(FEW), key=f"{K.SIMILAR_START}_{text.strip()}")
    if clicked:
        ask([clicked])


def uploader() -> None:
    """Where pictures from outside are dropped."""
    st.file_uploader(
        "A picture of your own", key=f"{K.SIMILAR_UPLOAD}_{state.session().similar_round}",
        accept_multiple_files=True,
        help="The project's model looks at it; nothing of it is stored.",
    )  # fmt: skip


def ask(digests: list[str]) -> None:
    """Ask about these frames from now on."""
    state.say(like=",".join(digests))
    st.rerun()


def shown(project: Project, digests: list[str], pictures: list[similar.Outside]) -> None:
    """The pictures asked about; of several, one clicked is asked about alone."""
    is_many = len(digests) + len(pictures) > 1
    if digests:
        frames = similar.asked_frames(project, digests)
        captions = [
            f"{f'Picture {number}. ' if is_many else ''}{sentence[0].upper()}{sentence[1:]}"
            for number, sentence in enumerate(grid.sentences_of(frames), 1)
        ]
        clicked = gallery(frames, token=state.token(), captions=captions,
                          key=f"{K.SIMILAR_ASKED}_{','.join(digests)}")  # fmt: skip
        if clicked and is_many:
            ask([clicked])
    numbered = [
        (one.thumbnail, f"{f'Picture {n}. ' if is_many else ''}{one.name}: {one.words}")
        for n, one in enumerate(pictures, len(digests) + 1)
    ]
    widgets.pictures(numbered, columns=1)
    if pictures:
        uploader()


def another() -> None:
    """The way to begin again with another picture."""
    st.button("Another picture", key=K.SIMILAR_OTHER, icon=":material/restart_alt:",
              on_click=_forget)  # fmt: skip


def _forget() -> None:
    state.say(like=None)
    state.session().similar_round += 1  # an uploader with another key is empty
