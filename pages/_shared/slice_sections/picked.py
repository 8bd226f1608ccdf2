"""The frames of a slice that was clicked, and what can be done with it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from core.errors import FieldcheckError
from core.records import SliceRule
from core.workflows import narrow, saved_slices, training_list
from core.workflows.projects import Project
from pages._shared import frame_grid, narrowing, state
from pages._shared.keys import K
from pages._shared.words import literal


def clicked(event: Any) -> list[str] | None:
    """What the first clicked mark of a chart carries, as texts; None if nothing is clicked."""
    for point in event.selection.points:
        if point.get("customdata") is not None:
            data = point["customdata"]
            return [str(part) for part in (data if isinstance(data, list) else [data])]
    return None


def actions(rule: SliceRule, *, name: str, origin: str = "click") -> None:
    """Narrow every page to a slice, or keep it under a name."""
    whole = _joined(state.session().rule, rule)
    save, only = st.columns([1, 1])
    if not rule.hashes:
        only.button(
            "Only these, on every page", key=f"{K.SLICES_ONLY}_{name}", width="stretch",
            icon=":material/filter_alt:", on_click=state.set_rule, args=(whole,),
        )  # fmt: skip
    with save.popover(
        "Save as a slice", icon=":material/bookmark_add:", width="stretch",
        key=f"{K.SLICES_SAVE}_{name}",
    ):  # fmt: skip
        key = f"{K.SLICES_NAME}_{name}"
        st.text_input("Name", name[: saved_slices.LONGEST_NAME], key=key,
                      max_chars=saved_slices.LONGEST_NAME)  # fmt: skip
        st.button(
            "Save", key=f"{K.SLICES_KEEP}_{name}", type="primary", on_click=_keep,
            args=(key, name, (state.session().rule, rule), origin),
        )  # fmt: skip


def _keep(key: str, name: str, rules: tuple[SliceRule, ...], origin: str) -> None:
    narrowing.keep(state.value_of(key, name), rules, origin=origin)


def _joined(first: SliceRule, second: SliceRule) -> SliceRule:
    """The first rule with the second's values of columns put in their place."""
    for column, values in second.where:
        first = narrow.with_values(first, column, values)
    return first


def frames(table: pd.DataFrame, *, key: str) -> None:
    """The frames as a grid; Enter or a double-click opens one on the Dial."""
    if len(table):
        frame_grid.show(table, key=key)


def training(project: Project) -> None:
    """Where the training list lies, to count what the model was trained on."""
    with st.expander("Training list (optional)", icon=":material/list:"):
        st.text_input(
            "A table of pictures with labels, or a folder of class folders",
            str(training_list.training_path(project) or ""), key=K.SLICES_TRAINING,
            on_change=_training_chosen,
        )  # fmt: skip


def _training_chosen() -> None:
    text = str(state.value_of(K.SLICES_TRAINING, "")).strip()
    try:
        training_list.set_training_list(state.project(), Path(text) if text else None)
    except FieldcheckError as error:
        st.error(literal(str(error)), icon=":material/error:")
