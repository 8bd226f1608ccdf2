"""Classes: which are missed, which are named too often, what is taken for what."""

from __future__ import annotations

import streamlit as st

from core import plots
from core.records import SliceRule
from core.workflows import classes, slices
from core.workflows.projects import Project
from pages._shared import widgets
from pages._shared.keys import K
from pages._shared.slice_sections import picked
from pages._shared.words import literal

WHOLE = "all"


def show(project: Project) -> None:
    """The commonest mix-up, the matrix, and a sentence a class."""
    columns = slices.columns(project)
    by = st.selectbox(
        "Within", [WHOLE, *(name for name in columns if name != "label")],
        format_func=lambda name: "All frames" if name == WHOLE else f"One {columns[name].lower()}",
        key=K.SLICES_CLASSES_WITHIN, persist_state="session",
    )  # fmt: skip
    value = ""
    if by != WHOLE:
        values = [str(value) for value in slices.slices(project, by=by).table["value"]]
        value = st.segmented_control(
            literal(columns[by]),
            values,
            default=values[0],
            required=True,
            key=f"{K.SLICES_VALUE}_{by}",
            format_func=lambda text: literal(text, most=60),
        )
    column = None if by == WHOLE else by
    report = classes.classes(project, by=column, value=value)
    widgets.finding(report.headline, big=True)
    event = st.plotly_chart(
        plots.confusion_map(report.cells, list(report.table["class"])),
        key=f"{K.SLICES_CONFUSION}_{by}_{value}", on_select="rerun", selection_mode="points",
        config=plots.CONFIG,
    )  # fmt: skip
    chosen = picked.clicked(event)
    if chosen:
        _cell(project, chosen[0], chosen[1], column, value)
    else:
        st.caption("Labels down, answers across. Click a number for its frames.")
    st.markdown(literal(classes.averages_sentence(report)))
    for statement in report.statements[:5]:
        widgets.fact(statement)
    with st.expander("The table", icon=":material/table:"):
        shown = report.table.astype(object).where(report.table.notna(), "")
        st.dataframe(shown, hide_index=True)
    widgets.fold(classes.METHOD)


def _cell(project: Project, label: str, answer: str, by: str | None, value: str) -> None:
    name = f"{label} answered {answer}"
    st.subheader(literal(name, most=160))
    where = [("label", (label,)), ("answer", (answer,))]
    if by is not None:
        where.append((by, (value,)))
    picked.actions(SliceRule(where=tuple(where)), name=name)
    frames = classes.cell_frames(project, label=label, answer=answer, by=by, value=value)
    picked.frames(frames, key=f"{K.SLICES_FRAMES}_{name}")
