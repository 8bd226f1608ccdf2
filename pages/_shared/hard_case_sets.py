"""Frozen sets of hard cases: freeze one, read the versions, see what sets two apart."""

from __future__ import annotations

import html

import streamlit as st

from core.errors import FieldcheckError
from core.records import SliceRule
from core.workflows import failure_modes, hard_cases
from core.workflows.projects import Project
from pages._shared import frame_grid, state, widgets
from pages._shared.keys import K

AT_ONCE = 6
PARTS = {"added": "Added", "removed": "Removed", "relabelled": "Other label", "same": "In both"}


def section(project: Project) -> None:
    """Freeze; the versions, newest first; two of them compared."""
    _freeze(project)
    titles = hard_cases.titles(project)
    if not titles:
        st.markdown(
            "Nothing is frozen yet. A frozen set keeps its frames and their labels for good, so "
            "that the model of today and the next one are tried on exactly the same."
        )
    else:
        st.html(f'<p class="fc-fact">{html.escape(hard_cases.NOT_THE_FIELD)}</p>')
    for number, title in enumerate(titles[:AT_ONCE]):
        _version(project, title, number=number)
    if len(titles) > AT_ONCE:
        with st.expander(f"{len(titles) - AT_ONCE:,} earlier ones"):
            for number, title in enumerate(titles[AT_ONCE:], AT_ONCE):
                _version(project, title, number=number)
    if len(titles) > 1:
        _compare(project, titles)
    widgets.fold(hard_cases.METHOD)


def _freeze(project: Project) -> None:
    known = hard_cases.sources(project)
    what, name, act = st.columns([3, 3, 2], vertical_alignment="bottom")
    source = what.selectbox(
        "Freeze", list(known), format_func=known.__getitem__, key=K.HARD_SOURCE,
        help="Taken from all frames, whatever else is chosen on the left.",
    )  # fmt: skip
    count = hard_cases.source_count(project, source)
    name.text_input(
        "Under the name", hard_cases.usual_name(project, source), key=f"{K.HARD_SET}_{source}",
        max_chars=failure_modes.LONGEST_NAME, help="The version is counted for you.",
    )  # fmt: skip
    act.button(
        f"Freeze {count:,} frame{'' if count == 1 else 's'}", key=K.HARD_FREEZE, type="primary",
        width="stretch", icon=":material/ac_unit:", disabled=not count, on_click=_frozen,
        args=(source,), help="Frames and labels as they stand now. It cannot be changed later.",
    )  # fmt: skip


def _frozen(source: str) -> None:
    try:
        title = hard_cases.freeze(
            state.project(), state.value_of(f"{K.HARD_SET}_{source}", ""), source=source
        )
    except FieldcheckError as error:
        st.error(str(error), icon=":material/error:")
        return
    st.toast(f"Frozen: {title}", icon=":material/ac_unit:")


def _version(project: Project, title: str, *, number: int) -> None:
    found = hard_cases.report(project, title)
    with st.container(border=True):
        text, go = st.columns([4, 1], vertical_alignment="top")
        with text:
            widgets.accuracy_bar(title, found.now, found.statements[0])
            for statement in found.statements[1:]:
                widgets.finding(statement)
            about = [hard_cases.made_words(found) + ".", *found.notes]
            about += hard_cases.since_words(project, title)
            lines = "".join(f'<p class="fc-about">{html.escape(line)}</p>' for line in about)
            st.html(f'<div class="fc-mode">{lines}</div>')
        go.button(
            "Only these", key=f"{K.HARD_ONLY}_{number}", width="stretch",
            icon=":material/filter_alt:", on_click=state.set_rule,
            args=(SliceRule(slices=(title,)),), help="Narrows every page to this set.",
        )  # fmt: skip


def _compare(project: Project, titles: list[str]) -> None:
    left, right = st.columns(2)
    other = right.selectbox("To", titles, key=K.HARD_TO)
    one = left.selectbox(
        "What changed from", titles, key=K.HARD_FROM,
        index=titles.index(hard_cases.before(project, other) or titles[1]),
    )  # fmt: skip
    if one == other:
        st.caption("Choose two different ones.")
        return
    told = hard_cases.difference(project, one, other)
    st.html(f'<p class="fc-fact">{html.escape(told.sentence)}</p>')
    parts = {name: hashes for name, hashes in told.parts.items() if hashes}
    part = st.segmented_control(
        "Frames", list(parts), format_func=lambda name: f"{PARTS[name]} ({len(parts[name]):,})",
        default=next(iter(parts)), required=True, key=f"{K.HARD_PART}_{one}_{other}",
        label_visibility="collapsed",
    )  # fmt: skip
    if part == "relabelled":
        widgets.lines(hard_cases.relabelled_lines(project, told))
    rows = hard_cases.field_rows(project, parts[part])
    if len(rows):
        frame_grid.show(rows, key=f"{K.HARD_PART}_{part}_{one}_{other}")
