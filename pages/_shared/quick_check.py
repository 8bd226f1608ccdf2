"""The quick check on the overview: drop pictures, get a verdict."""

from __future__ import annotations

import streamlit as st

from core.errors import FieldcheckError
from core.workflows import quick_check
from core.workflows.projects import Project
from pages._shared import widgets
from pages._shared.keys import K
from pages._shared.words import literal


def panel(project: Project) -> None:
    """Drop one picture, or some fifty labelled ones; nothing of them is stored."""
    st.subheader("Quick check")
    st.write(
        "Drop one picture for the model's answer and what would tip it, or some fifty labelled "
        "ones (in a folder per class, named after their class, or with a CSV) for a verdict."
    )
    dropped = st.file_uploader(
        "Pictures", accept_multiple_files=True, key=K.OVERVIEW_QUICK, label_visibility="collapsed",
        type=["jpg", "jpeg", "png", "webp", "tif", "tiff", "bmp", "csv"],
    )  # fmt: skip
    whole = st.toggle("Drop a whole folder instead", key=K.OVERVIEW_QUICK_FOLDER)
    if whole:
        dropped = st.file_uploader(
            "Folder", accept_multiple_files="directory", key=f"{K.OVERVIEW_QUICK}_folder",
            type=["jpg", "jpeg", "png", "webp", "tif", "tiff", "bmp", "csv"],
        )  # fmt: skip
    if not dropped:
        return
    bar = st.progress(0.0, "Bringing the model in …")
    try:
        found = quick_check.quick_check(
            project,
            [(file.name, file.getvalue()) for file in dropped],
            on_progress=lambda done, total: bar.progress(done / total, f"{done} of {total} read"),
        )
    except FieldcheckError as error:
        bar.empty()
        st.error(literal(str(error)))
        return
    bar.empty()
    _show(found)


def _show(found: quick_check.QuickCheck) -> None:
    with st.container(key=K.OVERVIEW_VERDICT, border=True):
        widgets.finding(found.headline, big=True)
        for detail in found.details:
            st.text(detail)
        for reason in found.broken:
            st.caption(literal(f"Left out: {reason}"))
    wrong_first = found.frames.sort_values("is_right")
    columns = st.columns(6)
    for column, row in zip(columns * 2, wrong_first.to_dict("records"), strict=False):
        column.image(row["thumbnail"], caption=row["sentence"], alt=row["name"])
