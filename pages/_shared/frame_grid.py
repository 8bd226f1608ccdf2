"""A selection of frames opened as a grid: sort, filter, choose many, tag, label, keep."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core.errors import FieldcheckError
from core.workflows import found_slices, grid, saved_slices
from core.workflows.similar import MOST_ASKED
from pages._shared import narrowing, state, widgets
from pages._shared.components.grid import grid as thumbnails
from pages._shared.keys import K
from pages._shared.state import GridState
from pages._shared.words import literal

AS_GIVEN = ""
WRONG_FIRST = "As found: wrong and surest first"
NEW_TAG = "Another tag …"


@st.fragment
def show(
    frames: pd.DataFrame,
    *,
    key: str,
    as_given: str = WRONG_FIRST,
    origin: str = "click",
    all_chosen: bool = False,
) -> None:
    """
    The frames as a grid; everything done in it redraws the grid alone, but for a label.

    Args:
        frames: rows of the frames table, in the order they are shown at first.
        key: one per selection; what is chosen is kept under it.
        as_given: what that order is called.
        origin: where a slice kept of it comes from.
        all_chosen: begin with all of them chosen.
    """
    if all_chosen and not state.has_grid(key):
        state.grid(key).chosen = set(frames["content_hash"])
    here = state.grid(key)
    with widgets.plain_errors():
        # In containers: what comes and goes above the grid would else cost it the focus.
        with st.container():
            rows = _arranged(frames, key, as_given)
        known = set(rows["content_hash"])
        here.chosen &= known  # a filter takes what it hides out of the choice
        _counts(rows, frames, here, key)
        if rows.empty:
            st.info("No frame lies within these numbers. Widen one.", icon=":material/filter_alt:")
            return
        with st.container():
            _tools(rows, here, key, origin)
            _label_tools(rows, here, key)
        here.page = min(here.page, grid.pages(rows))
        shown = grid.page_of(rows, here.page)
        here.on_page = list(shown["content_hash"])
        opened = thumbnails(
            grid.cards(state.project(), shown),
            chosen=[digest for digest in here.on_page if digest in here.chosen],
            view=f"{here.round}|{here.page}|{'|'.join(here.on_page)}", token=state.token(),
            key=f"{K.GRID}_{key}", on_chosen=lambda: _take(here, key),
        )  # fmt: skip
        _turn(rows, here, key)
    widgets.open_in_dial(opened)


def _arranged(frames: pd.DataFrame, key: str, as_given: str) -> pd.DataFrame:
    sort, way, by = st.columns([2, 1, 2], vertical_alignment="bottom")
    titles = {AS_GIVEN: as_given, **grid.sort_columns(frames)}
    column = sort.selectbox(
        "Sort by", list(titles), format_func=titles.__getitem__, key=f"{K.GRID_SORT}_{key}"
    )
    # Not a disabled one: its pale text is too faint to read.
    is_down = bool(column) and way.toggle("Other way round", key=f"{K.GRID_DOWN}_{key}")
    numbers = grid.numeric_columns(frames)
    wanted = by.multiselect(
        "Filter by numbers", list(numbers), format_func=numbers.__getitem__,
        key=f"{K.GRID_NUMBERS}_{key}", placeholder="any column of numbers",
    )  # fmt: skip
    ranges = [_range(frames, name, numbers[name], key) for name in wanted]
    return grid.arranged(frames, sort=column or "", descending=is_down, ranges=ranges)


def _range(frames: pd.DataFrame, column: str, title: str, key: str) -> grid.Range:
    low, high = grid.bounds(frames, column)
    first, last = st.columns(2)
    name = f"{K.GRID_RANGE}_{key}_{column}"
    return grid.Range(
        column,
        first.number_input(f"{title}: from", value=low, format="%.6g", key=f"{name}_from"),
        last.number_input(f"{title}: to", value=high, format="%.6g", key=f"{name}_to"),
    )


def _counts(rows: pd.DataFrame, frames: pd.DataFrame, here: GridState, key: str) -> None:
    of = frames["content_hash"].nunique()
    left = f"{len(rows):,} frames" if len(rows) == of else f"{len(rows):,} of {of:,} frames"
    said, page, every, none = st.columns([2, 1, 1, 1], vertical_alignment="center")
    said.markdown(f"**{left}, {len(here.chosen):,} chosen**")
    page.button("All on this page", key=f"{K.GRID_PAGE_ALL}_{key}", width="stretch",
                on_click=lambda: _choose(here, here.chosen | set(here.on_page)))  # fmt: skip
    every.button(
        f"All {len(rows):,}", key=f"{K.GRID_ALL}_{key}", width="stretch",
        on_click=lambda: _choose(here, set(rows["content_hash"])),
    )  # fmt: skip
    none.button("Clear", key=f"{K.GRID_NONE}_{key}", width="stretch", disabled=not here.chosen,
                on_click=lambda: _choose(here, set()))  # fmt: skip


def _choose(here: GridState, chosen: set[str]) -> None:
    here.chosen, here.round, here.said = chosen, here.round + 1, ""


def _take(here: GridState, key: str) -> None:
    """What was clicked in the browser, unless Python has chosen or turned the page since."""
    sent = (state.value_of(f"{K.GRID}_{key}") or {}).get("chosen")
    here.said = ""
    if sent and sent["view"] == f"{here.round}|{here.page}|{'|'.join(here.on_page)}":
        here.chosen = (here.chosen - set(here.on_page)) | (set(sent["hashes"]) & set(here.on_page))


def _tools(rows: pd.DataFrame, here: GridState, key: str, origin: str) -> None:
    """Tag what is chosen, take the last tagging back, keep the choice as a slice."""
    project = state.project()
    which, act, back, keep = st.columns([2, 1, 1, 1], vertical_alignment="bottom")
    tag = which.selectbox(
        "Tag", state.known_tags(), key=f"{K.GRID_TAG}_{key}", accept_new_options=True,
        placeholder="choose, or type a new one",
    )  # fmt: skip
    chosen = [digest for digest in rows["content_hash"] if digest in here.chosen]
    new = len(grid.untagged(project, chosen, tag or ""))
    act.button(f"Tag {new:,}", key=f"{K.GRID_TAG_DO}_{key}", width="stretch",
               type="primary" if new else "secondary",
               icon=":material/label:", disabled=not new or not tag, on_click=_tag,
               args=(here, chosen, tag), help="Puts the tag on the chosen frames.")  # fmt: skip
    last = grid.last_act(project)
    if last:
        undone = back.button(
            f"Undo {last.kind} {'off' if last.is_off else 'on'} {last.frames:,}",
            key=f"{K.GRID_UNDO}_{key}", width="stretch",
            icon=":material/undo:", on_click=_undo, args=(here, last),
            help=f"Puts “{last.value}” back on all {last.frames:,}." if last.is_off
            else f"Takes “{last.value}” back from all {last.frames:,}.",
        )  # fmt: skip
        if undone and last.kind == "label":
            st.rerun()  # the page's own words speak of labels
    with keep.popover("Keep as slice", width="stretch", disabled=not chosen):
        name = st.text_input("Name of the slice", key=f"{K.GRID_NAME}_{key}",
                             max_chars=saved_slices.LONGEST_NAME)  # fmt: skip
        if st.button(f"Keep {len(chosen):,} frames", key=f"{K.GRID_KEEP}_{key}", type="primary"):
            picked = rows[rows["content_hash"].isin(here.chosen)]
            if narrowing.keep(name, (found_slices.rule_of(picked),), origin=origin):
                st.rerun()
    if chosen and new < len(chosen):
        carrying = len(chosen) - new
        said, off = st.columns([3, 2], vertical_alignment="center")
        said.caption(f"{carrying:,} of the {len(chosen):,} chosen carry this tag already.")
        off.button(
            f"Take it off {carrying:,}", key=f"{K.GRID_UNTAG}_{key}", width="stretch",
            icon=":material/label_off:", on_click=_untag, args=(here, chosen, tag),
        )  # fmt: skip
    if here.said:
        st.success(literal(here.said), icon=":material/check:")


def _label_tools(rows: pd.DataFrame, here: GridState, key: str) -> None:
    """Label what is chosen, with what that changes said before; or ask for more like it."""
    project = state.project()
    which, act, more = st.columns([2, 1, 2], vertical_alignment="bottom")
    label = which.selectbox(
        "Label", grid.labels(project), index=None, key=f"{K.GRID_LABEL}_{key}",
        placeholder="choose a class",
    )  # fmt: skip
    chosen = [digest for digest in rows["content_hash"] if digest in here.chosen]
    plan = grid.label_plan(project, chosen, label) if label else None
    new = len(plan.changed) if plan else 0
    done = act.button(f"Label {new:,}", key=f"{K.GRID_LABEL_DO}_{key}", width="stretch",
                      type="primary" if new else "secondary", icon=":material/edit:",
                      disabled=not new, on_click=_label, args=(here, chosen, label),
                      help="Gives the chosen frames this label.")  # fmt: skip
    if done:
        st.rerun()  # the page's own words speak of labels
    words = "More like this one" if len(chosen) == 1 else f"More like these {len(chosen):,}"
    asks = more.button(
        words if chosen else "More like the chosen", key=f"{K.GRID_LIKE}_{key}", width="stretch",
        icon=":material/image_search:", disabled=not 0 < len(chosen) <= MOST_ASKED,
        help=f"Looks for frames like up to {MOST_ASKED} chosen ones.",
    )  # fmt: skip
    if plan and chosen:
        st.caption(plan.words)
    if asks:
        widgets.open_similar(chosen)


def _label(here: GridState, chosen: list[str], label: str) -> None:
    try:
        act = grid.label_frames(state.project(), chosen, label)
        here.said = f"Saved: {act.words}."
    except FieldcheckError as error:
        st.error(str(error), icon=":material/error:")


def _tag(here: GridState, chosen: list[str], tag: str) -> None:
    try:
        act = grid.tag_frames(state.project(), chosen, tag)
        here.said = f"Saved: {act.words}."
    except FieldcheckError as error:
        st.error(literal(str(error)), icon=":material/error:")


def _untag(here: GridState, chosen: list[str], tag: str) -> None:
    try:
        act = grid.untag_frames(state.project(), chosen, tag)
        here.said = f"Saved: {act.words}."
    except FieldcheckError as error:
        st.error(str(error), icon=":material/error:")


def _undo(here: GridState, act: grid.Act) -> None:
    try:
        grid.undo_act(state.project(), act)
        here.said = f"Taken back: {act.words}."
    except FieldcheckError as error:
        st.error(literal(str(error)), icon=":material/error:")


def _turn(rows: pd.DataFrame, here: GridState, key: str) -> None:
    last = grid.pages(rows)
    if last == 1:
        return
    back, said, on = st.columns([1, 2, 1], vertical_alignment="center")
    back.button("Previous page", key=f"{K.GRID_BACK}_{key}", width="stretch",
                disabled=here.page == 1, on_click=_go, args=(here, -1))  # fmt: skip
    first = (here.page - 1) * grid.PER_PAGE
    until = min(first + grid.PER_PAGE, len(rows))
    said.markdown(f"Frames {first + 1:,} to {until:,}, page {here.page:,} of {last:,}",
                  text_alignment="center")  # fmt: skip
    on.button("Next page", key=f"{K.GRID_NEXT}_{key}", width="stretch",
              disabled=here.page == last, on_click=_go, args=(here, 1))  # fmt: skip


def _go(here: GridState, step: int) -> None:
    here.page, here.round = here.page + step, here.round + 1
