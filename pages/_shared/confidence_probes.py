"""The nonsense exam: sit it, read the grade, add a folder of one's own."""

import streamlit as st

from core.workflows import choices, probes
from core.workflows.projects import Project
from pages._shared import jobs, widgets
from pages._shared.keys import K
from pages._shared.words import literal


def section(project: Project) -> None:
    """The grade in words, every picture with its answer, and the folder."""
    project = project.whole
    name = (project, "probes")
    job = jobs.job_of(name)
    if not probes.is_sat(project) and (job is None or job.is_over):
        st.button(
            "Sit the exam", key=K.CONFIDENCE_PROBES_START, type="primary",
            help="Shows the model pictures of nothing; takes seconds.", on_click=jobs.begin,
            args=(name, lambda job: probes.run(project, job.begin_phase, job.report,
                                               job.stop.is_set)),
        )  # fmt: skip
        if job is not None and job.error:
            st.error(literal(job.error), icon=":material/error:")
    elif job is not None and not job.is_over:
        widgets.progress(job, key=K.CONFIDENCE_PROBES_STOP)
    statement, results = probes.probes(project)
    widgets.finding(statement, big=True)
    for left_out in (job.result or ()) if job is not None else ():
        st.warning(literal(f"Left out: {left_out}"))
    if results:
        widgets.pictures(
            [(probes.probe_jpeg(project, result), probes.result_sentence(result))
             for result in results[:24]]
        )  # fmt: skip
        with st.expander("All of it as a table", icon=":material/table:"):
            st.dataframe(probes.table(results), hide_index=True, key=K.CONFIDENCE_PROBES)
    _folder(project)
    widgets.fold(probes.METHOD)


def _folder(project: Project) -> None:
    chosen = choices.choices_of(project).probe_folder
    typed = st.text_input(
        "A folder of pictures it was never meant to see (optional)", str(chosen or ""),
        key=K.CONFIDENCE_PROBE_FOLDER, placeholder="for example photos of the floor, hands, dogs",
    )  # fmt: skip
    if typed.strip() != str(chosen or ""):
        probes.choose_folder(project, typed)
        st.rerun()
