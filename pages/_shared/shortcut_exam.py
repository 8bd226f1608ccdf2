"""The shortcut exam on the Stress page: a button, one sentence, and a row a change."""

import base64
import html
from collections.abc import Iterable

import streamlit as st

from core.records import Folder, Statement
from core.workflows import shortcuts, stress
from core.workflows.projects import Project
from pages._shared import jobs, widgets
from pages._shared.keys import K


def section(project: Project, folder: Folder) -> None:
    """What the answer rests on: start the exam on a folder's frames, and read what it found."""
    st.subheader("Is it the object it looks at?")
    st.caption(
        "A model can be right for the wrong reason. The shortcut exam takes colour, shape, "
        "surface, object and background away in turn, and says which of them carries the answer."
    )
    name = (project, "shortcuts")
    job = jobs.job_of(name)
    if job is None or job.is_over:
        _start(project, folder)
        widgets.outcome(job)
    else:
        widgets.progress(job, key=K.SHORTCUTS_STOP)

    @st.fragment(run_every=4 if jobs.is_running(name) else None)
    def found() -> None:
        _found(project, shortcuts.exam(project, folder=folder))

    found()
    widgets.fold(shortcuts.METHOD)


def _start(project: Project, folder: Folder) -> None:
    whole = shortcuts.exam(project, folder=folder)
    with st.spinner("Measuring how long it takes here …"):
        offers = {offer.frames: offer for offer in shortcuts.offers(project, whole)}
    pick, go = st.columns([4, 1], vertical_alignment="bottom")
    frames = pick.segmented_control(
        "How long may the exam take?", list(offers), default=_usual(offers.values()), required=True,
        format_func=lambda count: stress.offer_title(offers[count], of=whole.frames),
        key=K.SHORTCUTS_FRAMES,
    )  # fmt: skip
    asked = shortcuts.exam(project, folder=folder, frames=frames)
    go.button(
        "Start the exam", key=K.SHORTCUTS_START, width="stretch", on_click=jobs.begin,
        args=((project, "shortcuts"), lambda job: shortcuts.run(
            project, asked, job.begin_phase, job.report, job.stop.is_set)),
    )  # fmt: skip


def _usual(offers: Iterable[stress.Offer]) -> int:
    """The most frames that two minutes allow: six changes of a few frames would settle nothing."""
    first, *more = offers
    return max([first, *(o for o in more if o.seconds <= 120)], key=lambda o: o.frames).frames


def _found(project: Project, asked: shortcuts.Exam) -> None:
    report = shortcuts.shortcuts(project, asked)
    if report.table.empty:
        return
    widgets.finding(report.headline, big=True)
    pairs = shortcuts.examples(project, asked)
    rows = zip(report.table["change"], report.statements, strict=True)
    st.html("".join(_row(pairs.get(name), statement) for name, statement in rows))
    if report.left_out_sentence:
        st.caption(report.left_out_sentence)


def _row(pair: tuple[bytes, bytes] | None, statement: Statement) -> str:
    pictures = "".join(
        f'<img alt="{when}" src="data:image/jpeg;base64,{base64.b64encode(jpeg).decode()}">'
        for when, jpeg in zip(("untouched", "changed"), pair or (), strict=bool(pair))
    )
    return (
        f'<div class="fc-pair fc-finding fc-none"><div class="fc-pictures">{pictures}</div><div>'
        f"<p>{html.escape(statement.headline)}</p>"
        f'<p class="fc-next">{html.escape(statement.next_step)}</p></div></div>'
    )
