"""Export: how do I hand this over?"""

import streamlit as st

from core.workflows import export
from pages._shared import backups, state
from pages._shared.keys import K

project = state.narrowed()
st.title("Hand your reviews over")

choice = st.segmented_control(
    "What goes out", list(export.CHOICES), format_func=export.CHOICES.__getitem__,
    default="reviewed", required=True, key=K.EXPORT_CHOICE, persist_state="session",
)  # fmt: skip
found = export.export(project, choice=choice)
st.markdown(f"#### {found.sentence}")

if found.table.empty:
    if st.button("Go to the queue", icon=":material/arrow_forward:", key=K.EXPORT_WRITE):
        st.switch_page(state.page_path("queue"))
    backups.fold(project)
    st.stop()

kind = st.radio(
    "As a file for", list(export.FORMAT_TITLES), format_func=export.FORMAT_TITLES.__getitem__,
    horizontal=True, key=K.EXPORT_FORMAT, persist_state="session",
)  # fmt: skip
name, content = export.export_bytes(found, format_name=kind)
download, write = st.columns(2)
download.download_button(
    f"Download {name}", content, file_name=name, key=K.EXPORT_DOWNLOAD, type="primary",
    icon=":material/download:", width="stretch", on_click="ignore",
)  # fmt: skip
if write.button("Save into the project folder", key=K.EXPORT_WRITE, width="stretch",
                icon=":material/save:"):  # fmt: skip
    path = export.write_export(project, found, format_name=kind, out=None)
    st.success(f"Saved as {path}")

st.caption(
    "Your pictures are not touched and no review is changed by an export. "
    "A preview of what goes out:"
)
preview = found.table.drop(columns=["content_hash", "model_id"]).head(200).astype(object)
st.dataframe(preview.where(preview.notna(), ""), hide_index=True)
backups.fold(project)
