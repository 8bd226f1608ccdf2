"""The overview's last lines: what the reviews came to, and the worst-light hundred."""

import streamlit as st

from core.workflows.overview import OverviewReport
from pages._shared import state, widgets
from pages._shared.keys import K


def panel(report: OverviewReport) -> None:
    """The honest figures beside the worst light, each with the queue that makes it sharper."""
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown("**After your reviews**")
        widgets.told(report.honest)
        _open("Open the random check", "random", K.OVERVIEW_RANDOM)
    with right:
        st.markdown("**In the worst light**")
        widgets.finding(report.light)
        _open("Open the worst-light hundred", "worst_light", K.OVERVIEW_LIGHT)
    st.markdown(f"**Your reviews.** {report.reviews}")


def _open(words: str, order: str, key: K) -> None:
    if st.button(words, icon=":material/arrow_forward:", key=key):
        state.choose_order(order)
        st.switch_page(state.page_path("queue"))
