"""Is it as good as its word, and where it was very sure and wrong."""

import streamlit as st

from core import plots
from core.workflows import confidence
from core.workflows.projects import Project
from pages._shared import frame_grid, widgets
from pages._shared.keys import K


def word(project: Project) -> None:
    """The curve, the correction and the histograms."""
    report = confidence.confidence(project)
    widgets.finding(report.word, big=True)
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown("**When it says so, how often is it right?**")
        with_correction = report.reliability_after is not None and st.toggle(
            "With the correction", key=K.CONFIDENCE_CORRECTED, persist_state="session",
            help="Learnt on the reference, tried on the field.",
        )  # fmt: skip
        after = report.reliability_after if with_correction else None
        st.plotly_chart(
            plots.reliability_diagram(report.reliability, after),
            key=K.CONFIDENCE_RELIABILITY, config=plots.CONFIG,
        )  # fmt: skip
    with right:
        st.markdown("**How sure it was, right and wrong**")
        measure_box, answer_box = st.columns(2)
        measure = measure_box.selectbox(
            "What", list(confidence.MEASURES), format_func=confidence.measure_title,
            key=K.CONFIDENCE_MEASURE, persist_state="session",
        )  # fmt: skip
        answer = answer_box.selectbox(
            "Where it answers", [None, *confidence.answers(project)],
            format_func=lambda name: name or "anything", key=K.CONFIDENCE_CLASS,
            persist_state="session",
        )  # fmt: skip
        values, is_right = confidence.histogram_values(project, measure=measure, answer=answer)
        st.plotly_chart(
            plots.confidence_histogram(
                values, is_right, title=confidence.MEASURES[measure][1],
                mark=report.chosen if measure == "sure" else None,
            ),
            key=K.CONFIDENCE_HISTOGRAM, config=plots.CONFIG,
        )  # fmt: skip
    widgets.finding(confidence.correction_statement(report))
    widgets.finding(report.headline)
    widgets.fold(confidence.technical(report))


def silent(project: Project) -> None:
    """Very sure and wrong, as stated and with the correction, with the pictures."""
    report = confidence.confidence(project)
    corrected = report.silent_corrected
    kinds = ["as stated", "with the correction"] if corrected else ["as stated"]
    kind = st.segmented_control(
        "How sure it is", kinds, default=kinds[0], required=True, key=K.CONFIDENCE_SILENT_KIND,
        persist_state="session",
    )  # fmt: skip
    shown = corrected if corrected and kind == kinds[-1] else report.silent_as_stated
    widgets.finding(shown.statement, big=True)
    if corrected:
        st.caption(confidence.silent_change(report))
    st.caption("A wrong label looks the same. Double-click a frame to turn the dial on it.")
    if len(shown.frames):
        frame_grid.show(shown.frames, key=K.CONFIDENCE_SILENT)
    widgets.fold(confidence.technical(report))
