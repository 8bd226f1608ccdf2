"""The Streamlit script: the pages in their groups. Executed on every rerun; never imported."""

import streamlit as st

from pages._shared import narrowing, state, widgets

ROOT = state.ROOT
st.set_page_config(
    page_title="Fieldcheck",
    # A local file: a :material: icon here would fetch the favicon from the network.
    page_icon=str(ROOT / "assets" / "favicon.png"),
    layout="wide",
)
st.logo(str(ROOT / "assets" / "logo.svg"), size="large")
st.html(ROOT / "assets" / "styles.css")

page = st.navigation(
    {
        section: [
            st.Page(
                ROOT / "pages" / folder / f"{stem}.py",
                title=title,
                icon=icon,
                url_path=stem,
                default=stem == "overview",
                help=question,
            )
            for stem, title, icon, question in pages
        ]
        for section, folder, pages in state.PAGES
    },
    expanded=True,
)
with widgets.plain_errors():
    state.begin()
    widgets.project_line()
    narrowing.chooser()
    page.run()
state.page_is_out()
