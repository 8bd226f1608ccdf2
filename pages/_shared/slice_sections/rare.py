"""Rare classes: are they failed more, and what would it cost to name them sooner?"""

from __future__ import annotations

import math

import streamlit as st

from core import plots
from core.workflows import rare_classes
from core.workflows.projects import Project
from pages._shared import widgets
from pages._shared.class_bars import class_bars
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
    rank = "" if math.isnan(report.rho) else f" Spearman's ρ {report.rho:.2f}, p {report.p:.2g}."
    widgets.fold(rare_classes.METHOD + rank)
    st.subheader("Name some classes sooner?")
    class_bars(project)
