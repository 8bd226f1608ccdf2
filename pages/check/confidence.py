"""Confidence: does "99 % sure" mean right 99 times in 100?"""

import streamlit as st

from core import plots
from core.workflows import confidence
from pages._shared import state, widgets
from pages._shared.keys import K

project = state.narrowed()
st.title("Can I trust how sure it is?")

mark = st.select_slider(
    "Trust it from this mark on", confidence.MARKS, value=0.99, key=K.CONFIDENCE_THRESHOLD,
    format_func=lambda mark: f"{mark * 100:g} % sure", persist_state="session",
)  # fmt: skip
report = confidence.confidence(project, threshold=mark)
widgets.finding(report.headline, big=True)

left, right = st.columns(2, gap="large")
with left:
    st.markdown("**When it says so, how often is it right?**")
    st.plotly_chart(
        plots.reliability_diagram(report.reliability),
        key=K.CONFIDENCE_RELIABILITY, config=plots.CONFIG,
    )  # fmt: skip
with right:
    st.markdown("**How sure it was, right and wrong**")
    st.plotly_chart(
        plots.confidence_histogram(
            report.frames["confidence"].to_numpy(), report.frames["is_right"].to_numpy()
        ),
        key=K.CONFIDENCE_HISTOGRAM, config=plots.CONFIG,
    )  # fmt: skip

st.subheader("Very sure and wrong")
widgets.finding(report.silent)
picked = widgets.frame_strip(report.silent_failures, key=K.CONFIDENCE_SILENT)
widgets.open_in_dial(picked)

with st.expander("What each mark costs", icon=":material/payments:"):
    for sentence in confidence.budget_sentences(report):
        st.write(sentence)
widgets.fold(confidence.technical(report))
