"""The frames most like a picture: filters beside it, copies first, then look-alikes."""

from __future__ import annotations

import hashlib

import streamlit as st

from core.records import State
from core.workflows import grid, similar
from core.workflows.projects import Project
from pages._shared import frame_grid, state, widgets
from pages._shared.keys import K
from pages._shared.similar_parts import asking

ANY, LABELLED = "", "*"
AS_GIVEN = "Copies first, then most alike"


def show(project: Project) -> None:
    """What is asked about, the choices beside it, and below what looks like it."""
    digests, pictures = asking.like(), asking.dropped()
    if not digests and not pictures:
        asking.start(project)
        return
    many = min(len(digests) + len(pictures), 3)
    left, right = st.columns([many, 4], gap="medium")
    with left, widgets.plain_errors():
        asking.shown(project, digests, pictures)
    with right:
        said = st.container()
        clips, folder, label = _filters(project)
        asking.another()
    with widgets.plain_errors():
        key = _key(digests, [one.content_hash for one in pictures], clips, folder, label)
        found = similar.similar(
            project, digests, pictures=pictures, clips=clips, folder=folder,
            is_labelled=label == LABELLED, label="" if label == LABELLED else label,
            is_exact=state.value_of(f"{K.SIMILAR_EXACT}_{key}", False),
        )  # fmt: skip
        with said:
            _said(found, key)
        if len(found.frames):
            frame_grid.show(found.frames, key=f"{K.SIMILAR_LISTED}_{key}", as_given=AS_GIVEN)
    widgets.fold(similar.METHOD)


def _filters(project: Project) -> tuple[str, str, str]:
    labels = {ANY: "Any label or none", LABELLED: "Has a label"}
    labels |= {name: name for name in grid.labels(project)}
    one, other, third = st.columns(3)
    with one:
        clips = _choice("Clips", similar.CLIPS, K.SIMILAR_CLIPS, "clips")
    with other:
        folder = _choice("Folder", similar.FOLDERS, K.SIMILAR_FOLDER, "on")
    with third:
        label = _choice("Label", labels, K.SIMILAR_LABEL, "label")
    return clips, folder, label


def _choice(title: str, options: dict[str, str], key: K, name: str) -> str:
    """A choice that the address keeps; the first option is the usual one."""
    values = list(options)
    asked = state.asked(name)
    chosen = st.selectbox(
        title, values, index=values.index(asked) if asked in values else 0,
        format_func=options.__getitem__, key=key,
    )  # fmt: skip
    state.say(**{name: chosen if chosen != values[0] else None})
    return str(chosen)


def _key(*parts: object) -> str:
    """One name a question, so that what is chosen in one list is not chosen in another."""
    return hashlib.blake2b(repr(parts).encode(), digest_size=8).hexdigest()


def _said(found: similar.Similar, key: str) -> None:
    if found.headline.state is State.NOT_ENOUGH:
        st.info(f"{found.headline.headline} {found.headline.next_step}", icon=":material/info:")
    else:
        widgets.fact(found.headline)
    for note in found.notes:
        st.info(note, icon=":material/info:")
    if not found.is_proven or state.value_of(f"{K.SIMILAR_EXACT}_{key}", False):
        st.toggle("Measure all", key=f"{K.SIMILAR_EXACT}_{key}", help=similar.NOT_PROVEN)
