"""Name some classes sooner: bars per class, what they find and what that costs."""

import streamlit as st

from core import plots
from core.errors import NothingYetError
from core.workflows import thresholds
from core.workflows.projects import Project
from pages._shared import widgets
from pages._shared.keys import K


def class_bars(project: Project) -> None:
    """What to aim for, the headline, every class with its price, and the bars as a file."""
    st.markdown(
        "The model names the class it finds most likely. A lower bar for a class it often misses "
        "finds more of its frames, and raises more false alarms. Here is what that would cost."
    )
    aim = st.segmented_control(
        "Aim", list(thresholds.AIMS), format_func=thresholds.AIMS.__getitem__, required=True,
        default="balanced", key=K.SLICES_BARS_AIM,
    )  # fmt: skip
    try:
        report = thresholds.thresholds(project, recall=thresholds.recall_of(aim))
    except NothingYetError as error:
        st.info(str(error), icon=":material/hourglass_top:")
        return
    widgets.finding(report.headline, big=True)
    st.plotly_chart(
        plots.found_before_after(report.prices), key=K.SLICES_BARS_CHART, config=plots.CONFIG
    )
    most = len(report.prices[report.prices["frames"] > 0]) - plots.MOST_CLASSES
    if most > 0:
        st.caption(f"Those that change most; the table has {most:,} more.")
    for statement in report.statements[: plots.MOST_CLASSES]:
        widgets.finding(statement)
    for note in report.notes:
        st.caption(note)
    _downloads(project, report)
    with st.expander("The table", icon=":material/table:"):
        st.dataframe(thresholds.readable_table(report), hide_index=True)
    widgets.fold(thresholds.METHOD)


def _downloads(project: Project, report: thresholds.ThresholdsReport) -> None:
    with st.container(horizontal=True):
        st.download_button(
            "Download the bars and their price",
            thresholds.file_bytes(thresholds.thresholds_json(report)), on_click="ignore",
            file_name="fieldcheck-bars.json", key=K.SLICES_BARS_FILE, icon=":material/download:",
        )  # fmt: skip
        st.download_button(
            "Download the model's description with the bars",
            thresholds.file_bytes(thresholds.sidecar_json(project, report)), on_click="ignore",
            file_name=thresholds.sidecar_name(project), key=K.SLICES_BARS_SIDECAR,
            icon=":material/download:", help="Put it beside the model file, in place of the old.",
        )  # fmt: skip
