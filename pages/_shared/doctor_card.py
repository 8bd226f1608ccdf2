"""The preprocessing doctor on the overview: is the model read as it was trained?"""

from __future__ import annotations

import streamlit as st

from core.records import State, Statement
from core.workflows import doctor
from core.workflows.projects import Project
from pages._shared import jobs, state, widgets
from pages._shared.components.gallery import gallery
from pages._shared.keys import K


def card(project: Project) -> None:
    """The kept report, or the button that makes it; its advice is one click, to and fro."""
    st.subheader("Is it set up right?")
    _adopted(project)
    lacking = doctor.offer(project)
    if lacking is not None:
        widgets.finding(lacking)
        return
    found, job = doctor.report(project), jobs.job_of(_name(project))
    if job is not None and not job.is_over:
        widgets.progress(job, key=K.DOCTOR_STOP)
    elif job is not None and found is None and (job.error or job.stop.is_set()):
        st.warning(job.error or "Stopped; what it was asked so far is kept.")
    if found is not None:
        _report(project, found)
    elif job is None or job.is_over:
        st.write(
            "A model that is fed pictures with the wrong colours, values or size answers worse "
            "and says nothing. This tries other settings on your labelled reference frames, and "
            "looks at what the crop cuts off."
        )
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(
                "Check the settings", key=K.DOCTOR_START, icon=":material/stethoscope:",
                on_click=jobs.begin, args=(_name(project), lambda job: _check(project, job)),
            )  # fmt: skip
            st.caption(widgets.expected(doctor.expected(project)))


def _name(project: Project) -> tuple[Project, str]:
    return (project, "doctor")


def _check(project: Project, job: jobs.Job) -> object:
    return doctor.check_settings(
        project,
        on_phase=job.begin_phase,
        on_progress=job.report,
        should_stop=job.stop.is_set,
    )


def _adopted(project: Project) -> None:
    said = doctor.adopted_sentence(project)
    if said is None:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.write(said)
        st.button(
            "Take it back", key=K.DOCTOR_TAKE_BACK, on_click=_take_back, args=(project,),
            help="The model is read again as its own description says.",
        )  # fmt: skip


def _take_back(project: Project) -> None:
    with widgets.plain_errors():
        doctor.take_back(project)
        jobs.start(project)


def _adopt(project: Project, found: doctor.Found) -> None:
    setting = doctor.advice(found)
    if setting is not None:
        with widgets.plain_errors():
            doctor.adopt(project, setting)
            jobs.start(project)


def _report(project: Project, found: doctor.Found) -> None:
    widgets.finding(doctor.headline(found))
    if found["advice"]:
        st.button(
            "Use this instead", key=K.DOCTOR_ADOPT, on_click=_adopt, args=(project, found),
            type="primary" if found["state"] == "confirmed" else "secondary",
            help="Every frame is answered anew. One click takes it back.",
        )  # fmt: skip
    sides = doctor.side_statements(found)
    loud = [side for side in sides if side[1].state is not State.NONE_FOUND]
    quiet = [side for side in sides if side[1].state is State.NONE_FOUND]
    _sides(project, found, loud)
    what = f"What was tried: {len(found['tried'])} settings, crop, size, colours, decoder"
    with st.expander(what, icon=":material/checklist:"):
        _sides(project, found, quiet)
        st.text("\n".join(doctor.tried_sentences(found)))
    widgets.fold(doctor.METHOD)


def _sides(project: Project, found: doctor.Found, sides: list[tuple[str, Statement]]) -> None:
    """Statements in two columns, and below that about the crop the frames it is about."""
    for column, (title, statement) in zip(st.columns(2, gap="large") * 2, sides, strict=False):
        with column:
            st.markdown(f"**{title}**")
            widgets.finding(statement)
    frames, captions = doctor.crop_frames(project, found)
    if len(frames) and "The crop" in dict(sides):
        st.caption("Frames in which what the crop cuts off decides. Click one to see it whole.")
        most = 12
        widgets.open_in_dial(
            gallery(
                frames.head(most), token=state.token(), captions=captions[:most], key=K.DOCTOR_CROP
            )
        )
