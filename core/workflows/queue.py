"""What to look at next and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from core.findings.queue_words import METHOD
from core.project import Project
from core.records import Folder, Review
from core.store import reviews as review_store
from core.store.database import connect
from core.workflows import saved_queues, tickets
from core.workflows.deciding import history, record, record_all, undo_last
from core.workflows.kept import kept_beside
from core.workflows.queue_items import QueueItem, item
from core.workflows.queue_mix import Listed, asked_as, listed
from core.workflows.queue_orders import (
    FRAME_COLUMNS,
    ORDERS,
    SAVED,
    Candidates,
    candidates,
    standing,
)
from core.workflows.queue_shares import Shares, shares_of
from core.workflows.review_list import progress, review_lines, reviews_list
from core.workflows.scores import Scores, scores

__all__ = [
    "METHOD", "ORDERS", "Queue", "QueueItem", "history", "item_after", "item_json", "items_json",
    "progress", "queue", "record", "record_all", "review_lines", "reviews_list", "undo_last",
    "undoable_json",
]  # fmt: skip


NOTHING_YET: dict[str, Any] = {
    "decision": None, "label_now": None, "hard_case": False, "tags": [], "note": None,
}  # fmt: skip
ONLY_FOR_SORTING = ("clip", "picture_hash", "is_right", "called", "planned")


@dataclass(frozen=True)
class Queue:
    """Frames in the order they should be looked at."""

    order: str
    items: list[QueueItem]
    classes: tuple[str, ...]
    reviewer: str
    decided: int  # of this order's frames, in the whole project
    total: int
    coming: int  # field frames the model has not answered yet; any order may get them
    pace: float | None  # seconds one decision takes this reviewer; None while not known


def queue(project: Project, *, order: str = "suspicious", with_decided: bool = False) -> Queue:
    """
    Field frames of one order, one per picture content.

    Args:
        order: a key of ORDERS, or "saved:" and the id of a saved queue, which keeps its own frames
            whatever the project is narrowed to.
        with_decided: also those that were decided already.

    Raises:
        ReviewError: there is no such order or saved queue.
    """
    if order.startswith(SAVED):
        saved = saved_queues.saved_queue(project.whole, order.removeprefix(SAVED))
        given = candidates(project.whole)
        shares = Shares(blind=saved.blind_share)
        shown = saved_queues.listed(given, saved, with_decided=with_decided)
        return _queue(given, shown, order, shares, why=saved.order)
    given, shares = candidates(project), shares_of(project)
    shown = listed(given, order, with_decided=with_decided, shares=shares)
    return _queue(given, shown, order, shares, why=order)


def _queue(given: Candidates, found: Listed, order: str, shares: Shares, *, why: str) -> Queue:
    wanted = found.frames[found.frames["content_hash"].isin([digest for digest, _ in found.shown])]
    wanted = wanted.drop(columns=list(ONLY_FOR_SORTING), errors="ignore")
    rows = {row["content_hash"]: row for row in wanted.to_dict("records")}
    chosen = given.scores.choices
    items = [
        item(rows[digest], order=why, asked=_asked(rows[digest], digest, kind, shares))
        for digest, kind in found.shown
    ]
    return Queue(
        order,
        items,
        chosen.spec.classes if chosen.spec else (),
        chosen.reviewer,
        found.decided,
        found.total,
        given.coming if not order.startswith(SAVED) else 0,
        saved_queues.pace_of(given.decisions, chosen.reviewer),
    )


def _asked(row: dict[Any, Any], digest: str, kind: str, shares: Shares) -> str | None:
    """A frame shown with its decision is not asked for any more, except at a second look."""
    is_shown = row["decision"] is not None and not pd.isna(row["decision"])
    return None if is_shown and kind != "second" else asked_as(digest, kind, shares)


def items_json(found: Queue) -> list[dict[str, Any]]:
    """The queue's items as data for the review component."""
    return [
        {**vars(one), "asked": tickets.ticket(one.content_hash, one.asked)} for one in found.items
    ]


def undoable_json(project: Project) -> list[dict[str, Any]]:
    """What this reviewer can undo; not what it said, which a second look must not show."""
    return [{name: row[name] for name in ("id", "content_hash")} for row in history(project)]


def item_json(
    project: Project, content_hash: str, *, asked: str | None = None
) -> dict[str, Any] | None:
    """
    One frame as data, with what stands for it now; None if it is not in the field, or unanswered.

    Args:
        asked: how it is asked for; None openly.
    """
    found = scores(project.whole)
    place = _places(found).get(content_hash)
    if place is None:
        return None
    row = dict(zip(FRAME_COLUMNS, _known(found).iloc[place], strict=True))
    now = standing(project, content_hash=content_hash).to_dict("records")
    row |= {str(k): v for k, v in now[0].items()} if now else NOTHING_YET
    shown = vars(item(row, order="newest", asked=asked))
    return {**shown, "asked": asked and tickets.ticket(content_hash, asked)}


@kept_beside(most=4)  # asked on the way of a decision, which must not wait for 10,000 frames
def _known(found: Scores) -> pd.DataFrame:
    frames = found.of(Folder.FIELD)
    frames = frames.loc[frames["answer"].notna(), list(FRAME_COLUMNS)]
    return frames.drop_duplicates("content_hash").reset_index(drop=True)


@kept_beside(most=4)
def _places(found: Scores) -> dict[str, int]:
    return {digest: place for place, digest in enumerate(_known(found)["content_hash"])}


def item_after(
    project: Project, review: Review, *, asked: str | None = None
) -> dict[str, Any] | None:
    """
    The frame as it is after a review, where a window has to show it anew; None if it need not.

    After an undo it comes back as it was asked for; after a blind or second decision it is open.

    Args:
        asked: the ticket by which the window still asks for the frame, for the undo of a tag, note
            or hard case: these decide nothing, so a blind frame stays blind.
    """
    if review.undoes:
        with connect(project.database) as db:
            was_asked = review_store.asked_of(db, review.undoes)
        asked = was_asked or tickets.asked_by(review.content_hash, asked)
        return item_json(project, review.content_hash, asked=asked)
    return item_json(project, review.content_hash) if review.asked else None
