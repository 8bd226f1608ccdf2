"""Export: how do I hand this over, and how do I bring in what others labelled?"""

import streamlit as st

from core.workflows import export
from pages._shared import backups, bringing_in, handing_over, state
from pages._shared.keys import K

project = state.narrowed()
st.title("Hand over and bring in")

choice = st.segmented_control(
    "What goes out", list(export.CHOICES), format_func=export.CHOICES.__getitem__,
    default="reviewed", required=True, key=K.EXPORT_CHOICE, persist_state="session",
)  # fmt: skip
found = export.export(project, choice=choice)
st.markdown(f"#### {found.sentence}")

if found.table.empty:
    if st.button("Go to the queue", icon=":material/arrow_forward:", key=K.EXPORT_WRITE):
        st.switch_page(state.page_path("queue"))
else:
    kind = st.selectbox(
        "As what", [*export.FORMAT_TITLES, *export.FOLDER_TITLES], key=K.EXPORT_FORMAT,
        format_func=(export.FORMAT_TITLES | export.FOLDER_TITLES).__getitem__,
        persist_state="session",
    )  # fmt: skip
    st.caption(export.ABOUT[kind])
    if kind in export.FORMAT_TITLES:
        handing_over.file(project, found, kind)
    else:
        handing_over.folder(project, found, kind)
    handing_over.preview(found)

bringing_in.section(project)
backups.fold(project)
