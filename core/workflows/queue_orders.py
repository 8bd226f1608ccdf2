"""The orders a queue can have: which field frames, and which first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from core.errors import ReviewError
from core.findings.audit import audit_order
from core.findings.not_sure import NOT_SURE
from core.findings.suspicion import ranked_by_suspicion
from core.project import Project
from core.records import Folder
from core.store import reviews as review_store
from core.store.database import connect
from core.workflows import worst_light
from core.workflows.merging import conflicts
from core.workflows.scores import Scores, scores
from core.workflows.second_looks import changed, to_look_at_again
from core.workflows.standing import decisions_of, reviewed
from core.workflows.suspects import doubted_labels, unlike_frames
from core.workflows.unlabelled import stored_plan

FRAME_COLUMNS = (
    "content_hash", "path", "camera", "taken_at", "label", "answer", "confidence", "is_right",
    "shown", "is_unusual", "clip", "picture_hash",
)  # fmt: skip
STANDING = ("content_hash", "decision", "label_now", "hard_case", "tags", "note")
SAVED = "saved:"
"""Before the id of a saved queue, where an order is asked for."""


@dataclass(frozen=True, eq=False)
class Candidates:
    """Answered field frames, one row a picture, with what stands for each, and what orders need."""

    project: Project
    scores: Scores
    frames: pd.DataFrame  # FRAME_COLUMNS, STANDING, is_again (shown as a second look)
    decisions: pd.DataFrame  # standing ones of the whole project, oldest first
    coming: int  # field frames the model has not answered yet

    @property
    def decided(self) -> set[str]:
        """Content hashes that have a decision."""
        return set(self.decisions["content_hash"])


Sorter = Callable[[Candidates], pd.DataFrame]


def _suspicious(given: Candidates) -> pd.DataFrame:
    """By the strongest reason against a frame (core.findings.suspicion)."""
    frames = given.frames.assign(called=given.frames["label_now"].fillna(given.frames["label"]))
    return ranked_by_suspicion(
        frames,
        doubts=doubted_labels(given.project),
        unlike=unlike_frames(given.scores, frames),
    )


def _random(given: Candidates) -> pd.DataFrame:
    """Every frame in audit order, which does not depend on the model; the honest sample."""
    frames = given.frames.set_index("content_hash", drop=False)
    return frames.loc[audit_order(frames.index)]


def _not_sure(given: Candidates) -> pd.DataFrame:
    """What the chosen mark leaves to people, surest last; unusual pictures in front."""
    held_back = given.frames[given.frames["shown"] == NOT_SURE]
    return held_back.sort_values(["is_unusual", "confidence"], ascending=[False, True])


def _least_sure(given: Candidates) -> pd.DataFrame:
    return given.frames.sort_values("confidence")


def _planned(given: Candidates) -> pd.DataFrame:
    picks = (stored_plan(given.project) or {"picks": []})["picks"]
    place = {digest: at for at, (digest, _) in enumerate(picks)}
    frames = given.frames.assign(planned=given.frames["content_hash"].map(place))
    return frames[frames["planned"].notna()].sort_values("planned")


def _newest(given: Candidates) -> pd.DataFrame:
    return given.frames.sort_values(["taken_at", "path"], ascending=[False, True])


def _worst_light(given: Candidates) -> pd.DataFrame:
    """In audit order, so that what is decided of the set is a fair share of it at any time."""
    reasons = worst_light.reasons(given.project)
    frames = given.frames.assign(worst_light=given.frames["content_hash"].map(reasons))
    return frames[frames["worst_light"].notna()].sort_values("content_hash")


def _hard_cases(given: Candidates) -> pd.DataFrame:
    return given.frames[given.frames["hard_case"]]


def _conflicts(given: Candidates) -> pd.DataFrame:
    """Two sides of a merge, or two looks of which the second said something else."""
    told = {**changed(given.decisions), **conflicts(given.project)}
    frames = given.frames.assign(conflict=given.frames["content_hash"].map(told))
    return frames[frames["conflict"].notna()]


def _second_pass(given: Candidates) -> pd.DataFrame:
    frames = given.frames.set_index("content_hash", drop=False)
    again = to_look_at_again(given.decisions)
    return frames.loc[[digest for digest in again if digest in frames.index]]


ORDERS: dict[str, tuple[str, Sorter]] = {
    "suspicious": ("Most suspicious first", _suspicious),
    "least_sure": ("Least sure first", _least_sure),
    "not_sure": ("Not sure: yours to decide", _not_sure),
    "planned": ("Label these next", _planned),
    "newest": ("Newest first", _newest),
    "random": ("Random check", _random),
    "worst_light": ("Worst-light hundred", _worst_light),
    "hard_cases": ("Hard cases", _hard_cases),
    "second_pass": ("Second look", _second_pass),
    "conflicts": ("Two sides disagree", _conflicts),
}

OF_DECIDED = frozenset({"hard_cases", "conflicts", "second_pass"})
"""Orders that show frames although they were decided."""

MIXED = frozenset({"suspicious", "least_sure"})
"""Orders that the model's answers choose, so frames drawn by lot are mixed in."""


def candidates(project: Project) -> Candidates:
    """Field frames that can be decided, as they stand now."""
    found = scores(project)
    frames = found.of(Folder.FIELD)
    coming = frames.loc[frames["answer"].isna(), "content_hash"].nunique()
    # Only our own columns: metadata may have a note or tags of its own.
    frames = frames.loc[frames["answer"].notna(), list(FRAME_COLUMNS)]
    frames = frames.drop_duplicates("content_hash")
    frames = frames.merge(standing(project), on="content_hash", how="left")
    frames["hard_case"] = frames["hard_case"].map(lambda flag: flag == 1).astype(bool)
    return Candidates(project, found, frames, decisions_of(project), coming)


def standing(project: Project, *, content_hash: str | None = None) -> pd.DataFrame:
    """STANDING of every reviewed picture, or of one."""
    if content_hash is None:
        table = reviewed(project)
    else:
        with connect(project.database) as db:
            table = review_store.current_reviews(db, content_hash=content_hash)
    return table.rename(columns={"label": "label_now"})[list(STANDING)]


def ordered(given: Candidates, order: str) -> pd.DataFrame:
    """
    The frames of an order, decided ones among them.

    Raises:
        ReviewError: there is no such order.
    """
    if order not in ORDERS:
        raise ReviewError(f"There is no order '{order}'. There are: {', '.join(ORDERS)}.")
    return ORDERS[order][1](given)
