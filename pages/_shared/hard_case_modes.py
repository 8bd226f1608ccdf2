"""Failure modes: how far each has come, what to collect next, its frames, and its editing."""

from __future__ import annotations

import html

import streamlit as st

from core.errors import FieldcheckError
from core.workflows import failure_modes, hard_cases
from core.workflows.projects import Project
from pages._shared import frame_grid, state, widgets
from pages._shared.keys import K

UNSAID = "unsaid"
COLUMNS = 2


def section(project: Project) -> None:
    """All modes; or, where the address says so, one of them or what has none."""
    mode = state.asked("mode")
    known = [failure_modes.folded(name) for name in hard_cases.mode_names(project)]
    if mode is not None and failure_modes.folded(mode) in known:
        _one(project, mode)
    elif state.asked("show") == UNSAID:
        _unsaid(project)
    else:
        state.say(mode=None, show=None)
        _every(project)
    widgets.fold(hard_cases.METHOD)


def _every(project: Project) -> None:
    found = hard_cases.hard_cases(project)
    said, say, add = st.columns([5, 2, 2], vertical_alignment="center")
    with said:
        st.html(
            f'<div class="fc-mode"><p>{html.escape(found.headline.headline)}</p>'
            f'<p class="fc-next">{html.escape(found.headline.next_step)}</p></div>'
        )
    if found.unsaid:
        say.button(
            f"Say why ({found.unsaid:,})", key=K.HARD_UNSAID, type="primary", width="stretch",
            icon=":material/label:", on_click=state.say, kwargs={"show": UNSAID},
        )  # fmt: skip
    with add.popover("Add a mode", icon=":material/add:", width="stretch"):
        _add()
    widgets.lines(list(found.notes))
    for start in range(0, len(found.modes), COLUMNS):
        boxes = st.columns(COLUMNS)
        for number, row in enumerate(found.modes[start : start + COLUMNS]):
            with boxes[number].container(border=True, height="stretch"):
                _card(row, number=start + number)


def _card(row: hard_cases.ModeRow, *, number: int) -> None:
    text, go = st.columns([4, 1], vertical_alignment="top")
    with text:
        _words(row)
    go.button(
        "Open", key=f"{K.HARD_OPEN}_{number}", width="stretch", on_click=state.say,
        kwargs={"mode": row.mode.name}, help="Its frames, its target and its name.",
    )  # fmt: skip


def _words(row: hard_cases.ModeRow) -> None:
    sign, word = hard_cases.PROGRESS_WORDS[row.found.progress]
    frames = 100 * min(1.0, row.found.frames / row.mode.target)
    st.html(
        f'<div class="fc-mode"><p><b>{html.escape(row.mode.name)}</b> '
        f'<span class="fc-mark">{sign} {word}</span></p>'
        f'<p class="fc-about">{html.escape(row.mode.about)}</p>'
        f'<div class="fc-track" role="img" aria-label="{html.escape(row.count)}">'
        f'<div class="fc-pale" style="width:{frames:.1f}%"></div>'
        f'<div class="fc-fill" style="width:{100 * row.found.share:.1f}%"></div></div>'
        f'<p>{html.escape(row.count)}</p><p class="fc-next">{html.escape(row.next_step)}</p></div>'
    )


def _back() -> None:
    st.button(
        "All failure modes", key=K.HARD_BACK, icon=":material/arrow_back:", on_click=state.say,
        kwargs={"mode": None, "show": None},
    )  # fmt: skip


def _one(project: Project, name: str) -> None:
    row, frames = hard_cases.mode_row(project, name)
    back, _, queue, edit = st.columns([2, 2, 2, 2], vertical_alignment="center")
    with back:
        _back()
    if queue.button("Look for more", key=K.HARD_QUEUE, icon=":material/fact_check:",
                    width="stretch", help="Opens the queue, where T tags a frame."):  # fmt: skip
        st.switch_page(state.page_path("queue"))
    with edit.popover("Change", icon=":material/edit:", width="stretch"):
        _change(row)
    _words(row)
    if len(frames):
        frame_grid.show(frames, key=f"{K.HARD_OPEN}_{name}")


def _unsaid(project: Project) -> None:
    frames = hard_cases.unsaid_frames(project)
    _back()
    if frames.empty:
        st.success("Every hard case says what makes it hard.", icon=":material/check:")
        return
    st.markdown("Choose frames that are hard for the same reason, then tag them with it.")
    frame_grid.show(frames, key=K.HARD_UNSAID)


def _add() -> None:
    st.text_input("Name, as it is tagged", key=K.HARD_NAME, max_chars=failure_modes.LONGEST_NAME)
    st.text_input("What it looks like", key=K.HARD_ABOUT, max_chars=failure_modes.LONGEST_ABOUT)
    _target_box(failure_modes.TARGET)
    st.button("Add", key=K.HARD_ADD, type="primary", on_click=_added)


def _added() -> None:
    try:
        failure_modes.add_mode(
            state.project(), state.value_of(K.HARD_NAME, ""),
            about=state.value_of(K.HARD_ABOUT, ""), target=state.value_of(K.HARD_TARGET),
        )  # fmt: skip
    except FieldcheckError as error:
        st.error(str(error), icon=":material/error:")


def _target_box(target: int) -> None:
    st.number_input(
        "Target, in frames", failure_modes.LEAST, failure_modes.MOST, target, step=50,
        key=K.HARD_TARGET, help="200 to 500 are usual; a tenth of it in clips is wanted besides.",
    )  # fmt: skip


def _change(row: hard_cases.ModeRow) -> None:
    mode = row.mode
    st.text_input("Name, as it is tagged", mode.name, key=K.HARD_NAME,
                  max_chars=failure_modes.LONGEST_NAME,
                  help="Frames tagged with an earlier name go on counting.")  # fmt: skip
    st.text_input("What it looks like", mode.about, key=K.HARD_ABOUT,
                  max_chars=failure_modes.LONGEST_ABOUT)  # fmt: skip
    _target_box(mode.target)
    if mode.also:
        st.text(f"Counts frames tagged so too: {', '.join(mode.also)}")
    keep, drop = st.columns(2)
    keep.button("Save", key=K.HARD_SAVE, type="primary", width="stretch", on_click=_changed,
                args=(mode.name,))  # fmt: skip
    drop.button("Drop it", key=K.HARD_DROP, width="stretch", on_click=_dropped,
                args=(mode.name,), help="The tags on its frames stay.")  # fmt: skip


def _changed(name: str) -> None:
    try:
        mode = failure_modes.change_mode(
            state.project(), name, new_name=state.value_of(K.HARD_NAME, ""),
            about=state.value_of(K.HARD_ABOUT, ""), target=state.value_of(K.HARD_TARGET),
        )  # fmt: skip
    except FieldcheckError as error:
        st.error(str(error), icon=":material/error:")
        return
    state.say(mode=mode.name)


def _dropped(name: str) -> None:
    failure_modes.drop_mode(state.project(), name)
    state.say(mode=None)
