"""What several pages show alike: findings, progress, frame strips, folds, plain errors."""

from __future__ import annotations

import html
import logging
from collections.abc import Iterator
from contextlib import contextmanager

import pandas as pd
import streamlit as st

from core.errors import FieldcheckError, NothingYetError
from core.records import Accuracy, State, Statement
from core.workflows import choices, overview, scores
from pages._shared import jobs, state
from pages._shared.components.gallery import gallery
from pages._shared.keys import K
from pages._shared.words import literal

MARKS = {
    State.CONFIRMED: ("●", "confirmed"),
    State.SUSPECTED: ("◐", "suspected"),
    State.NOT_ENOUGH: ("○", "not enough frames"),
    State.NONE_FOUND: ("✓", "nothing found"),
}


@contextmanager
def plain_errors() -> Iterator[None]:
    """Errors raised on purpose are shown as they are; any other as one plain sentence."""
    try:
        yield
    except NothingYetError as error:
        st.info(literal(str(error)), icon=":material/hourglass_top:")
    except FieldcheckError as error:
        st.error(literal(str(error)), icon=":material/error:")
    except Exception as error:
        # Streamlit steers its own reruns and stops by exceptions that must pass.
        if type(error).__module__.startswith("streamlit.runtime"):
            raise
        logging.getLogger("fieldcheck").exception("a page failed")
        st.error(
            "Something went wrong inside Fieldcheck. Your decisions are safe on disk. Reload the "
            "page; if it happens again, send the log to whoever looks after Fieldcheck.",
            icon=":material/error:",
        )


def project_line() -> None:
    """The project's name in the sidebar, and its running job on every page."""
    project = state.project()
    with st.sidebar:
        st.caption(f"Project: {literal(choices.choices_of(project).title)}")
    with st.container():  # so that nothing on the page moves, or loses the focus, when it ends
        job_progress()


def job_progress() -> None:
    """The project's job while it runs, and what became of it if it did not finish."""
    job = jobs.job_of(state.project())
    if job is None:
        return
    if job.error:
        st.error(literal(job.error), icon=":material/error:")
    elif job.is_over and job.stop.is_set():
        st.info(f"Stopped at {job.done:,} of {job.total:,} frames; they are kept.")
    if job.error or (job.is_over and job.stop.is_set()):
        st.button("Go on", key=K.JOB_START, on_click=jobs.start, args=(state.project(),))
    progress(job, key=K.JOB_STOP)


def outcome(job: jobs.Job | None) -> None:
    """What became of a sweep that is over and did not simply finish."""
    if job is None:
        return
    if job.error:
        st.error(literal(job.error), icon=":material/error:")
    elif job.stop.is_set():
        st.info(f"Stopped at {job.done:,} of {job.total:,}; they are kept. Start goes on there.")
    for item in job.result or ():
        st.warning(literal(f"Left out: {item.folder.value}/{item.path}: {item.reason}"))


def progress(job: jobs.Job, *, key: str) -> None:
    """How far a running job is, with the time left and a Stop button; nothing when it is over."""

    @st.fragment(run_every=0.7)
    def line() -> None:
        if job.is_over:
            st.rerun()
        left = job.seconds_left
        words = f"{job.phase}: {job.done:,} of {job.total:,}" if job.total else job.phase
        words += f", {_duration(left)} left" if left is not None else " …"
        with st.container(horizontal=True, vertical_alignment="center"):
            st.progress(min(1.0, job.done / job.total) if job.total else 0.0, text=words)
            st.button("Stop", key=key, on_click=job.stop.set, help="What is done is kept.")

    if not job.is_over:
        line()


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"about {max(1, round(seconds))} s"
    return f"about {round(seconds / 60)} min"


def expected(seconds: float | None) -> str:
    """How long work will take, before it starts."""
    return f"takes {_duration(seconds)}" if seconds else "the time shows after the first frames"


BEHIND = ("▽", "behind, no weak spot", "behind")


def finding(statement: Statement, *, big: bool = False) -> None:
    """One statement: mark and word for its state, the sentence, the next step."""
    sign, word, name = (
        BEHIND if statement.is_behind else (*MARKS[statement.state], statement.state.value)
    )
    st.html(
        f'<div class="fc-finding fc-{name} {"fc-big" if big else ""}">'
        f'<span class="fc-mark" title="{word}">{sign} {word}</span>'
        f"<p>{html.escape(statement.headline)}</p>"
        f'<p class="fc-next">{html.escape(statement.next_step)}</p></div>'
    )


def finding_grid(statements: tuple[Statement, ...], *, columns: int = 2) -> None:
    """Statements side by side: what needs a look as cards, the rest in one line each."""
    loud = [s for s in statements if s.state in (State.CONFIRMED, State.SUSPECTED)]
    for start in range(0, len(loud), columns):
        for box, statement in zip(st.columns(columns), loud[start : start + columns], strict=False):
            with box:
                finding(statement)
    lines([statement.headline for statement in statements if statement not in loud])


def fact(statement: Statement) -> None:
    """A statement that is no finding: the sentence alone, marked only where frames are few."""
    if statement.state is State.NOT_ENOUGH:
        finding(statement)
        return
    st.html(f'<p class="fc-fact">{html.escape(statement.headline)}</p>')


def told(statement: Statement) -> None:
    """A figure that is neither good nor bad news: sentence and next step, marked only if thin."""
    if statement.state is State.NOT_ENOUGH:
        finding(statement)
        return
    st.html(
        f'<p class="fc-fact">{html.escape(statement.headline)}</p>'
        f'<p class="fc-fact fc-next">{html.escape(statement.next_step)}</p>'
    )


def accuracy_bar(title: str, accuracy: Accuracy, statement: Statement) -> None:
    """A share as a bar with its interval drawn on it, and the sentence below."""
    if not accuracy.of:
        st.html(
            f'<div class="fc-share"><b>{html.escape(title)}</b>'
            f"<p>{html.escape(statement.headline)}</p>"
            f'<p class="fc-next">{html.escape(statement.next_step)}</p></div>'
        )
        return
    low, high, rate = (round(100 * x, 1) for x in (accuracy.low, accuracy.high, accuracy.rate))
    st.html(
        f'<div class="fc-share"><b>{html.escape(title)}</b>'
        f'<div class="fc-track"><div class="fc-fill" style="width:{rate}%"></div>'
        f'<div class="fc-interval" style="left:{low}%;width:{max(high - low, 0.6)}%"></div></div>'
        f"<p>{html.escape(statement.headline)}</p>"
        f'<p class="fc-next">{html.escape(statement.next_step)}</p></div>'
    )


def frame_strip(frames: pd.DataFrame, *, key: str, most: int = 24) -> str | None:
    """Thumbnails with a sentence each; returns the content hash of the one clicked."""
    frames = frames.drop_duplicates("content_hash")
    if frames.empty:
        return None
    if len(frames) > most:
        st.caption(f"The first {most} of {len(frames):,} frames.")
    shown = frames.head(most)
    captions = [_capitalised(sentence) for sentence in scores.sentences(shown)]
    return gallery(shown, token=state.token(), captions=captions, key=key)


def todos(found: tuple[overview.Todo, ...]) -> None:
    """The next things to do, each a button to its page."""
    st.markdown("**Next**")
    for number, todo in enumerate(found):
        key = f"{K.OVERVIEW_TODO}_{number}"
        if st.button(todo.text, key=key, width="stretch", icon=":material/arrow_forward:"):
            st.switch_page(state.page_path(todo.page))


def left_out(notes: tuple[str, ...], table: pd.DataFrame) -> None:
    """What did not make it into the figures, and a way to look again."""
    with st.expander(f"What was left out ({len(notes)})", icon=":material/rule:"):
        for note in notes or ("Nothing: every picture was read and joined.",):
            st.text(note)
        if len(table):
            st.dataframe(table, hide_index=True)
        st.button(
            "Look at the folders again", key=K.OVERVIEW_REFRESH, on_click=jobs.start,
            args=(state.project(),), help="Reads new and changed pictures; the rest is kept.",
        )  # fmt: skip


def open_in_dial(digest: str | None) -> None:
    """Go to the Dial with a frame that was clicked."""
    if digest:
        st.switch_page(state.page_path("dial"), query_params={"frame": digest})


def open_similar(digests: list[str]) -> None:
    """Go to the Similar page with frames that were chosen."""
    st.switch_page(state.page_path("similar"), query_params={"like": ",".join(digests)})


def lines(sentences: list[str], *, most: int = 12) -> None:
    """Sentences one below the other; beyond the first few folded away."""
    if sentences:
        _bullets(sentences[:most])
    if len(sentences) > most:
        with st.expander(f"{len(sentences) - most:,} more"):
            _bullets(sentences[most:])


def _bullets(sentences: list[str]) -> None:
    # As HTML, because class and camera names may hold signs that Markdown would act on.
    items = "".join(f"<li>{html.escape(sentence)}</li>" for sentence in sentences)
    st.html(f'<ul class="fc-lines">{items}</ul>')


def pictures(shown: list[tuple[bytes, str]], *, columns: int = 5) -> None:
    """Pictures that are no frames of the project (JPEG), each with its sentence below."""
    for start in range(0, len(shown), columns):
        for box, (content, sentence) in zip(
            st.columns(columns), shown[start : start + columns], strict=False
        ):
            with box:
                st.image(content, width="stretch")
                st.html(f'<p class="fc-under">{html.escape(sentence)}</p>')


def fold(text: str) -> None:
    """How it is computed, in technical terms, folded away."""
    with st.expander("How this is computed", icon=":material/function:"):
        st.markdown(text)


def _capitalised(sentence: str) -> str:
    return sentence[0].upper() + sentence[1:]
