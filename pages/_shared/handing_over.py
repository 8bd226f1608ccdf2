"""What goes out, as a file at once or as a folder beside the pages, with progress and a stop."""

from __future__ import annotations

import streamlit as st

from core.workflows import export, export_folder, export_made, stress
from core.workflows.projects import Project
from pages._shared import jobs, widgets
from pages._shared.keys import K


def file(project: Project, found: export.Export, kind: str) -> None:
    """A table: downloaded, or saved into the project folder."""
    name, content = export.export_bytes(found, format_name=kind)
    download, write = st.columns(2)
    download.download_button(
        f"Download {name}", content, file_name=name, key=K.EXPORT_DOWNLOAD, type="primary",
        icon=":material/download:", width="stretch", on_click="ignore",
    )  # fmt: skip
    if write.button(
        "Save into the project folder", key=K.EXPORT_WRITE, width="stretch", icon=":material/save:"
    ):
        path = export.write_export(project, found, format_name=kind, out=None)
        st.success("Saved as", icon=":material/check:")
        st.code(str(path), language=None)


def folder(project: Project, found: export.Export, kind: str) -> None:
    """A folder of pictures: what would go, the button, how far it is and where it went."""
    wish = _choices(kind)
    if kind != export_made.TARGETED:
        handed = export_made.plan(project, found, kind, **wish)
        st.write(handed.sentence)
    name = (project, "export", kind, found.choice)
    running = _running(project)
    if running is not None:
        widgets.progress(running, key=K.EXPORT_STOP)
        return
    st.button(
        "Write the folder", key=K.EXPORT_FOLDER, type="primary", icon=":material/folder_zip:",
        on_click=jobs.begin, help="Into the project's folder; a name that is taken is left alone.",
        args=(name, lambda job: export_made.run(
            project, found, kind, wish, on_phase=job.begin_phase, on_progress=job.report,
            should_stop=job.stop.is_set,
        )),
    )  # fmt: skip
    _outcome(jobs.job_of(name))
    _unfinished(project)


def preview(found: export.Export) -> None:
    """The first rows of what goes out."""
    st.caption(
        "Your pictures are not touched and no review is changed by an export. "
        "A preview of what goes out:"
    )
    rows = found.table.drop(columns=["content_hash", "model_id"]).head(200).astype(object)
    st.dataframe(rows.where(rows.notna(), ""), hide_index=True, height=240)


def _choices(kind: str) -> dict:
    if kind == export_made.COPIES:
        left, right = st.columns([2, 3], vertical_alignment="bottom")
        titles = stress.titles()
        damage = left.selectbox(
            "Condition", list(titles), format_func=titles.get, key=K.EXPORT_CONDITION,
            index=list(titles).index("low_light"),
        )  # fmt: skip
        level = right.slider(
            "How strong (1 mild, 3 moderate, 5 severe)", 0.5, 5.0, 3.0, 0.5, key=K.EXPORT_SEVERITY
        )
        return {"condition": f"{damage}:{level:g}"}
    if kind == export_made.TARGETED:
        count = st.slider("Variants of each damage a frame shows", 1, 10, 3, key=K.EXPORT_VARIANTS)
        return {"variants": count}
    if kind == "training-list":
        return {}
    is_linked = st.toggle(
        "Link the pictures instead of copying them", key=K.EXPORT_LINK,
        help="Takes no room, but the folder is only good on this computer, while the pictures "
        "stay where they are.",
    )  # fmt: skip
    return {"is_linked": is_linked}


def _running(project: Project) -> jobs.Job | None:
    """The export of this project that is being written, whichever is looked at."""
    names = [(project, "export", kind, choice) for kind in export.FOLDER_TITLES
             for choice in export.CHOICES]  # fmt: skip
    return next((jobs.job_of(name) for name in names if jobs.is_running(name)), None)


def _outcome(job: jobs.Job | None) -> None:
    if job is None:
        return
    if job.error:
        st.error(job.error, icon=":material/error:")
    elif job.result and job.result.is_finished:
        st.success(export_folder.done_sentence(job.result), icon=":material/check:")
        st.code(str(job.result.path), language=None)
    elif job.result:
        st.info(export_folder.done_sentence(job.result), icon=":material/pause_circle:")


def _unfinished(project: Project) -> None:
    begun = export_folder.unfinished(project)
    if begun:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(f"Begun and not finished: {', '.join(path.name for path in begun)}")
            st.button(
                "Throw away what was begun", key=K.EXPORT_FORGET, icon=":material/delete:",
                on_click=export_folder.forget_unfinished, args=(project,),
            )  # fmt: skip
