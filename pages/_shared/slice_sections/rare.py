"""Rare classes: are they failed more, and what would it cost to name them sooner?"""

from __future__ import annotations

import math

import streamlit as st

from core import plots
from core.errors import NothingYetError
from core.workflows import rare_classes
from core.workflows.projects import Project
from pages._shared import widgets
from pages._shared.keys import K
from pages._shared.slice_sections import picked


def show(project: Project) -> None:
    """Error by rarity, then bars per class with their price."""
    report = rare_classes.rare_classes(project)
    _, source = rare_classes.class_counts(project)
    widgets.finding(report.statement, big=True)
    st.caption(f"Rarest on top; in brackets the frames a class has in {source}.")
    st.plotly_chart(plots.rare_bars(report.table), key=K.SLICES_RARE, config=plots.CONFIG)
    picked.training(project)
    st.subheader("Name some classes sooner?")
    how = st.segmented_control(
        "How to set the bars", list(rare_classes.HOW), format_func=rare_classes.HOW.__getitem__,
        default="tuned", required=True, key=f"{K.SLICES_THRESHOLDS}_how",
    )  # fmt: skip
    try:
        found = rare_classes.thresholds(project, how=how)
    except NothingYetError as error:
        st.info(str(error), icon=":material/hourglass_top:")
    else:
        widgets.finding(found.headline)
        for statement in found.statements:
            widgets.fact(statement)
        if not found.statements:
            st.caption("No class gains by another bar: the usual answers are the best here.")
        st.download_button(
            "Download the bars", rare_classes.thresholds_json(found),
            file_name="fieldcheck-bars.json", key=K.SLICES_THRESHOLDS, on_click="ignore",
            icon=":material/download:",
        )  # fmt: skip
    rank = "" if math.isnan(report.rho) else f" Spearman's ρ {report.rho:.2f}, p {report.p:.2g}."
    widgets.fold(rare_classes.METHOD + rank)
