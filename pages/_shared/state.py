"""The only module that touches st.session_state for app data."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import streamlit as st

from core import workflows
from core.errors import FieldcheckError
from core.records import Chain, SliceRule
from core.workflows import doors, filters, narrow, projects
from core.workflows.projects import Project
from pages._shared import jobs, server
from pages._shared.keys import K

ROOT = Path(__file__).resolve().parents[2]
MOST_GRIDS = 4

PAGES: list[tuple[str, str, list[tuple[str, str, str, str]]]] = [
    (
        "Check",
        "check",
        [
            ("overview", "Overview", ":material/home:", "How good is it here, what to do now?"),
            ("dial", "Dial", ":material/tune:", "What would dusk, rain or blur do to a frame?"),
            ("stress", "Stress", ":material/thunderstorm:", "Which conditions break it?"),
            ("slices", "Slices", ":material/stacked_bar_chart:", "Where does it fail?"),
            ("confidence", "Confidence", ":material/verified:", "Can I trust “99 %”?"),
        ],
    ),
    (
        "Review",
        "review",
        [
            ("queue", "Queue", ":material/fact_check:", "What do I look at next, and why?"),
            ("label_doubts", "Label doubts", ":material/label_off:", "Which labels look wrong?"),
            ("similar", "Similar", ":material/image_search:", "What else looks like this?"),
            (
                "hard_cases",
                "Hard cases",
                ":material/flag:",
                "Which hard cases do we need?",
            ),
            ("history", "History", ":material/history:", "What was decided, how do I go back?"),
            (
                "export",
                "Export",
                ":material/ios_share:",
                "How do I hand this over, and bring labels in?",
            ),
        ],
    ),
]
"""Sections with their folder and pages: stem, title, icon, question."""


@dataclass
class GridState:
    """What a person has done in one grid of frames."""

    chosen: set[str] = field(default_factory=set)  # content hashes, on all its pages
    page: int = 1
    on_page: list[str] = field(default_factory=list)  # as drawn last
    round: int = 0  # counts what Python chose, so that clicks made before it are told apart
    said: str = ""


@dataclass
class Session:
    """What one browser tab has open."""

    project: Project | None = None
    token: str = ""
    is_opening: bool = False  # the form "Open your own" is up
    queue_round: str = field(default_factory=lambda: secrets.token_urlsafe(6))
    queue_to_open: str = ""  # a saved queue made just now
    dial_levels: list[float] = field(default_factory=list)  # where a preset puts the sliders
    dial_round: int = 0  # presets chosen so far
    dial_shown: Chain = ()  # as the sliders stand
    dial_covered: Any = None  # frame, chain and size whose covering was asked for
    dial_problem: str = ""
    grids: dict[str, GridState] = field(default_factory=dict)  # the last few selections
    similar_round: int = 0  # times the pictures dropped in on the Similar page were put away
    rule: SliceRule = field(default_factory=SliceRule)  # what every page is narrowed to


def session() -> Session:
    """This tab's session."""
    if K.SESSION not in st.session_state:
        st.session_state[K.SESSION] = Session()
    found: Session = st.session_state[K.SESSION]
    return found


def project() -> Project:
    """The project this tab works on: the last one opened, else the sample."""
    here = session()
    if here.project is None:
        switch_to(_first_project())
    assert here.project is not None
    return here.project


def _first_project() -> Project:
    known = projects.recent_projects()
    if known:
        return known[0][0]
    return projects.open_sample()


def narrowed() -> Project:
    """The project with only the frames this tab is narrowed to."""
    return narrow.narrowed(project(), session().rule)


def grid(key: str) -> GridState:
    """What was done in the grid of a selection; those of long ago are forgotten."""
    grids = session().grids
    found = grids.pop(key, None) or GridState()
    grids[key] = found  # the newest is last
    while len(grids) > MOST_GRIDS:
        del grids[next(iter(grids))]
    return found


def has_grid(key: str) -> bool:
    """Whether anything was shown in the grid of a selection before."""
    return key in session().grids


def known_tags() -> list[str]:
    """The tags a person can choose from: "hard case", the failure modes, then those in use."""
    modes = workflows.hard_cases.mode_names(project())
    return list(dict.fromkeys([narrow.HARD_CASE, *modes, *filters.tags(project())]))


def set_rule(rule: SliceRule) -> None:
    """Narrow every page to a rule, in the address too; the empty rule shows all again."""
    session().rule = rule
    for name in list(st.query_params):
        if narrow.is_rule_parameter(name):
            del st.query_params[name]
    for name, values in narrow.rule_query(rule).items():
        st.query_params[name] = values


def take_rule() -> None:
    """The rule of the address, so that a bookmark opens the same view; else this tab's own."""
    asked = {
        name: st.query_params.get_all(name)
        for name in st.query_params
        if narrow.is_rule_parameter(name)
    }
    if asked:
        session().rule = narrow.rule_of_query(asked)
    elif session().rule != SliceRule():
        set_rule(session().rule)  # another page's address begins empty


def asked(name: str) -> str | None:
    """What the address says, so that a view survives a reload and can be bookmarked."""
    return st.query_params.get(name)


def say(**names: str | None) -> None:
    """Write the view into the address; None takes a name out of it."""
    for name, value in names.items():
        if value is None:
            st.query_params.pop(name, None)
        elif st.query_params.get(name) != value:
            st.query_params[name] = value


def value_of(key: str, otherwise: Any = None) -> Any:
    """What a widget holds."""
    return st.session_state.get(key, otherwise)


def put(key: str, value: Any) -> None:
    """Make a widget show a value; before it is drawn."""
    st.session_state[key] = value


def switch_to(chosen: Project) -> None:
    """Work on another project from now on, and open it first next time."""
    projects.open_project(chosen.folder)
    here = session()
    if here.project not in (None, chosen):
        set_rule(SliceRule())  # it spoke of the other project's frames
    if here.project != chosen:
        here.grids = {}
    here.project, here.token = chosen, doors.open_door(chosen)
    here.queue_round = secrets.token_urlsafe(6)


def set_opening(is_opening: bool) -> None:
    """Show or leave the form "Open your own"."""
    session().is_opening = is_opening


def token() -> str:
    """The name under which this tab's components reach the project."""
    project()
    return session().token


def page_path(stem: str) -> Path:
    """The file of a page, for st.switch_page."""
    for _, folder, pages in PAGES:
        if stem in [page[0] for page in pages]:
            return ROOT / "pages" / folder / f"{stem}.py"
    raise KeyError(stem)


def begin() -> None:
    """Score what is new in a project just opened, as soon as the first page is out."""
    job = jobs.job_of(project())
    # Not while the form is up: what it tries out has parked this job.
    if job is None or (job.is_parked and not session().is_opening):
        jobs.start(project())


def page_is_out() -> None:
    """Bring the model in beside the first page, and let waiting jobs go."""
    try:
        current = project()
    except FieldcheckError:
        return
    server.warm_up(lambda: workflows.dial.warm_up(current))
    jobs.first_page.set()


def choose_order(order: str) -> None:
    """The order the queue opens in."""
    st.session_state[K.QUEUE_ORDER] = order


def open_saved_queue() -> None:
    """Show the saved queue made just now; before the order is drawn."""
    here = session()
    if here.queue_to_open:
        choose_order(here.queue_to_open)
        here.queue_to_open = ""


def take_asked_frame(digests: list[str]) -> None:
    """Show the frame named in the address, once: after that the person chooses."""
    asked = st.query_params.pop("frame", None)
    if asked in digests:
        st.session_state[K.DIAL_FRAME] = asked


def step_frame(digests: list[str], step: int) -> None:
    """Go to the next or the previous frame on the Dial."""
    here = st.session_state.get(K.DIAL_FRAME)
    place = digests.index(here) if here in digests else 0
    st.session_state[K.DIAL_FRAME] = digests[(place + step) % len(digests)]
