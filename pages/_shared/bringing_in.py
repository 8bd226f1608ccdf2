"""Labels given elsewhere: what a file would change, the button, and the step back."""

from __future__ import annotations

import streamlit as st

from core.errors import FieldcheckError
from core.workflows import importing
from core.workflows.projects import Project
from pages._shared.keys import K


def section(project: Project) -> None:
    """Drop a file or name a folder; look; bring in; take back."""
    st.subheader("Bring labels in")
    st.write(
        "Labels others gave these pictures become decisions here, each with who gave it. Nothing "
        "is stored before you have seen what would change."
    )
    drop, name = st.columns(2, vertical_alignment="top")
    dropped = drop.file_uploader(
        "A file from another program", key=K.IMPORT_FILE,
        type=["csv", "tsv", "json", "jsonl", "parquet"],
        help="A table with a column of pictures and one of labels, or what COCO, Label Studio or "
        "FiftyOne export.",
    )  # fmt: skip
    place = name.text_input(
        "Or a folder on this computer", key=K.IMPORT_FOLDER,
        placeholder="such as /home/me/labelled",
        help="A folder with a folder per class, or one that FiftyOne or Fieldcheck wrote.",
    )  # fmt: skip
    try:
        if dropped is not None:
            _look(project, importing.preview_upload(project, dropped.name, dropped.getvalue()))
        elif place.strip():
            _look(project, importing.preview_place(project, place))
    except FieldcheckError as error:
        st.error(str(error), icon=":material/error:")
    if said := st.session_state.pop(f"{K.IMPORT_DO}_said", None):
        st.success(said, icon=":material/check:")
    if last := importing.last_import(project):
        st.button(
            importing.undo_words(*last), key=K.IMPORT_UNDO, icon=":material/undo:",
            on_click=_say, args=(importing.undo, project),
        )  # fmt: skip


def _look(project: Project, found: importing.Preview) -> None:
    st.markdown("**What would happen**")
    st.text(found.sentence)
    for warning in importing.warnings(found):
        st.warning(warning, icon=":material/swap_horiz:")
    st.dataframe(importing.preview_table(found).head(200), hide_index=True, height=240)
    if found.reviews:
        st.button(
            importing.bring_words(found), key=K.IMPORT_DO, type="primary",
            icon=":material/login:", on_click=_say, args=(importing.bring, project, found),
        )  # fmt: skip


def _say(verb, *arguments) -> None:
    try:
        st.session_state[f"{K.IMPORT_DO}_said"] = verb(*arguments)
    except FieldcheckError as error:
        st.error(str(error), icon=":material/error:")
