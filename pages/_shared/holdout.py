"""The locked test set on the Stress page: write one, see what it locks, unlock it on purpose."""

import streamlit as st

from core.errors import NothingYetError
from core.workflows import holdout, stress
from core.workflows.projects import Project
from pages._shared import jobs, widgets
from pages._shared.keys import K


def locked_test_set(project: Project, plan: stress.Plan) -> None:
    """Under the conditions of the plan, on its folder: a share, a button, and what is locked."""
    job = jobs.job_of((project, "holdout"))
    with st.expander("Write a locked test set", icon=":material/lock:"):
        st.markdown(
            "Damaged copies of some labelled frames under the conditions chosen above, with their "
            "labels and a recipe that makes the same files again. From then on nothing learns "
            "from those frames, their clips or near-copies, so a test on them stays honest."
        )
        if job is None or job.is_over:
            _form(project, plan)
            _outcome(job)
        else:
            widgets.progress(job, key=K.STRESS_HOLDOUT_STOP)
        for number, row in enumerate(holdout.holdouts(project)):
            _one(project, row, number)


def _form(project: Project, plan: stress.Plan) -> None:
    try:
        asked = holdout.ask(
            project, corruptions=plan.corruptions, severities=plan.severities, folder=plan.folder,
            seed=plan.seed,
        )  # fmt: skip
    except NothingYetError as error:
        st.caption(str(error))
        return
    pick, go = st.columns([4, 1], vertical_alignment="bottom")
    # Streamlit calls format_func outside the page too, where no error is told in plain words.
    titles = {share: holdout.share_title(project, plan.folder, share) for share in holdout.SHARES}
    share = pick.segmented_control(
        "About how many of the labelled frames", holdout.SHARES, default=0.1, required=True,
        format_func=titles.__getitem__, key=K.STRESS_HOLDOUT_SHARE,
    )  # fmt: skip
    wish = holdout.with_share(asked, share)
    go.button(
        "Write", key=K.STRESS_HOLDOUT_START, width="stretch", on_click=jobs.begin,
        disabled=jobs.is_running((project, "stress")),  # begin() would end the sweep
        args=((project, "holdout"), lambda job: holdout.run(project, wish, job.begin_phase,
                                                            job.report, job.stop.is_set)),
    )  # fmt: skip


def _outcome(job: jobs.Job | None) -> None:
    if job is None:
        return
    if job.error:
        st.error(job.error, icon=":material/error:")
    elif job.result:
        st.text(job.result.sentence)  # as text: a path is no markdown
        for problem in job.result.made.problems:
            st.warning(f"Left out: {problem.reason}")


def _one(project: Project, row: dict, number: int) -> None:
    text, button = st.columns([4, 1], vertical_alignment="center")
    text.text(holdout.holdout_line(row))
    if not row["unlocked_at"]:
        with button.popover("Unlock", icon=":material/lock_open:"):
            st.write(holdout.UNLOCK_WARNING)
            if st.button("Unlock for good", key=f"{K.STRESS_HOLDOUT_UNLOCK}_{number}"):
                holdout.unlock(project, row["name"])
                st.rerun()
