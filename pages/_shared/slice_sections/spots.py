"""Weak spots: the slices furthest behind, among every column and pair."""

from __future__ import annotations

import streamlit as st

from core.records import SliceRule
from core.workflows import slices, weak_spots
from core.workflows.projects import Project
from pages._shared import state, widgets
from pages._shared.keys import K
from pages._shared.slice_sections import picked
from pages._shared.words import literal


def show(project: Project) -> None:
    """The search in a sentence, then one spot at a time with its frames."""
    report = weak_spots.weak_spots(project)
    widgets.finding(report.headline, big=True)
    if report.table.empty:
        _watched(report)
        return
    is_told = report.table["told_by"].notna()
    order = sorted(range(len(report.names)), key=lambda place: bool(is_told[place]))
    place = st.selectbox(
        "Weak spot", order, key=K.SLICES_SPOT,
        format_func=lambda n: report.names[n] + (" (part of another)" if is_told[n] else ""),
    )  # fmt: skip
    row = slices.rows_json(report.table)[place or 0]
    st.subheader(literal(report.names[place or 0], most=160))
    widgets.finding(report.statements[place or 0])
    where = [(row["column"], (row["value"],))]
    if row["column_2"]:
        where.append((row["column_2"], (row["value_2"],)))
    picked.actions(SliceRule(where=tuple(where)), name=report.names[place or 0])
    state.say(by=row["column"], value=row["value"])
    picked.frames(
        slices.frames_of(
            project, by=row["column"], value=row["value"], with_by=row["column_2"],
            with_value=row["value_2"] or "",
        ),
        key=f"{K.SLICES_FRAMES}_{report.names[place or 0]}",
    )  # fmt: skip
    _watched(report)


def _watched(report: weak_spots.SpotsReport) -> None:
    if report.watch:
        st.markdown("**Behind the rest, but by less, or of too few frames to say**")
    for statement in report.watch:
        widgets.finding(statement)
    widgets.fold(slices.METHOD)
