"""The chooser in the sidebar that narrows every page to a saved slice or a filter."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import streamlit as st

from core.errors import FieldcheckError
from core.records import SliceRule
from core.workflows import filters, hard_cases, narrow, saved_slices
from core.workflows.filters import Filters
from pages._shared import state
from pages._shared.keys import K
from pages._shared.words import literal

ALL = "All frames"
OUTCOMES = {"": "Right and wrong", "right": "Only right", "wrong": "Only wrong"}


def chooser() -> None:
    """Draw the chooser; nothing while the project has no frames."""
    state.take_rule()
    project = state.project()
    offered = filters.filters_of(project)
    if not offered.frames:
        return
    with st.sidebar:
        _forget_lost(offered)
        if offered.slices:
            _slice_box(offered)
        open_filter = st.popover(
            "Filter", icon=":material/filter_alt:", width="stretch", key=K.NARROW_FILTER,
            on_change="rerun",
        )  # fmt: skip
        if open_filter.open:
            with open_filter:
                _conditions(offered)
        if state.session().rule != SliceRule():
            _what_is_shown()


def _forget_lost(offered: Filters) -> None:
    rule = state.session().rule
    lost = [name for name in rule.slices if name not in offered.slices]
    if lost:
        state.set_rule(
            replace(rule, slices=tuple(name for name in rule.slices if name not in lost))
        )
        st.warning(literal(f"There is no saved slice “{lost[0]}” any more."))


def _slice_box(offered: Filters) -> None:
    chosen = state.session().rule.slices
    state.put(K.NARROW_SLICE, chosen[0] if chosen else ALL)
    st.selectbox(
        "Look at", [ALL, *offered.slices], key=K.NARROW_SLICE, on_change=_slice_chosen,
        help="Every page then shows only these frames.",
    )  # fmt: skip


def _slice_chosen() -> None:
    name = state.value_of(K.NARROW_SLICE)
    state.set_rule(replace(state.session().rule, slices=() if name == ALL else (name,)))


def _conditions(offered: Filters) -> None:
    rule = state.session().rule
    chosen = dict(rule.where)
    for column, values in offered.values.items():
        key = f"{K.NARROW_COLUMN}_{column}"
        state.put(key, [value for value in chosen.get(column, ()) if value in values])
        st.multiselect(
            filters.answer_title(column), values, key=key, placeholder="any",
            on_change=_column_chosen, args=(column, key),
        )  # fmt: skip
    tags = filters.tags(state.project())
    if tags:
        state.put(K.NARROW_TAGS, [tag for tag in rule.tags if tag in tags])
        st.multiselect("Tag", tags, key=K.NARROW_TAGS, placeholder="any", on_change=_tags_chosen)
    state.put(K.NARROW_SURE, (round(rule.sure_from * 100), round(rule.sure_to * 100)))
    st.slider("How sure it is, out of 100", 0, 100, key=K.NARROW_SURE, on_change=_sure_chosen)
    state.put(K.NARROW_OUTCOME, rule.outcome)
    st.segmented_control(
        "Answered", list(OUTCOMES), format_func=OUTCOMES.__getitem__, key=K.NARROW_OUTCOME,
        on_change=_outcome_chosen,
    )  # fmt: skip
    if offered.days:
        first, last = (date.fromisoformat(day) for day in offered.days)
        begin = date.fromisoformat(rule.day_from) if rule.day_from else first
        end = date.fromisoformat(rule.day_to) if rule.day_to else last
        low, high = min(first, begin), max(last, end)
        state.put(K.NARROW_DAYS, (begin, end))
        st.date_input(
            "Days", min_value=low, max_value=high, key=K.NARROW_DAYS, on_change=_days_chosen,
            args=offered.days,
        )  # fmt: skip


def _column_chosen(column: str, key: str) -> None:
    rule = state.session().rule
    state.set_rule(narrow.with_values(rule, column, state.value_of(key, ())))


def _tags_chosen() -> None:
    state.set_rule(replace(state.session().rule, tags=tuple(state.value_of(K.NARROW_TAGS, ()))))


def _sure_chosen() -> None:
    low, high = state.value_of(K.NARROW_SURE)
    state.set_rule(replace(state.session().rule, sure_from=low / 100, sure_to=high / 100))


def _outcome_chosen() -> None:
    state.set_rule(replace(state.session().rule, outcome=state.value_of(K.NARROW_OUTCOME) or ""))


def _days_chosen(first: str, last: str) -> None:
    days = state.value_of(K.NARROW_DAYS)
    if len(days) < 2:
        return  # half a range: the second day is still being chosen
    begin, end = (day.isoformat() for day in days)
    state.set_rule(
        replace(
            state.session().rule,
            day_from="" if begin <= first else begin,
            day_to="" if end >= last else end,
        )
    )


def _what_is_shown() -> None:
    rule = state.session().rule
    st.markdown(f"**Only** {literal(filters.describe(state.project(), rule))}")
    st.button("Show all", key=K.NARROW_ALL, width="stretch", on_click=state.set_rule,
              args=(SliceRule(),))  # fmt: skip
    if frozen := hard_cases.sidebar_words(state.narrowed()):
        st.caption(frozen)
    is_saved = rule == SliceRule(slices=rule.slices) and len(rule.slices) == 1
    if is_saved and frozen:
        return  # it cannot be dropped, and has a name already
    if is_saved:
        st.button("Drop this slice", key=K.NARROW_DROP, width="stretch", on_click=_drop,
                  args=(rule.slices[0],), help="Its frames and reviews stay.")  # fmt: skip
        return
    with st.popover("Save as a slice", width="stretch", key=K.NARROW_SAVE):
        st.text_input("Name", key=K.NARROW_NAME, max_chars=saved_slices.LONGEST_NAME)
        st.button("Save", key=K.NARROW_KEEP, type="primary", on_click=_keep)


def _keep() -> None:
    keep(state.value_of(K.NARROW_NAME, ""), (state.session().rule,), origin="filter")


def keep(name: str, rules: tuple[SliceRule, ...], *, origin: str) -> bool:
    """Save a slice and narrow every page to it; says what is wrong with the name. True if kept."""
    try:
        saved = saved_slices.save_slice(state.project(), name, rules, origin=origin)
    except FieldcheckError as error:
        st.error(literal(str(error)), icon=":material/error:")
        return False
    state.set_rule(SliceRule(slices=(saved.name,)))
    st.toast(f"Saved: {literal(saved.name)}", icon=":material/check:")
    return True


def _drop(name: str) -> None:
    saved_slices.drop_slice(state.project(), name)
    state.set_rule(SliceRule())
