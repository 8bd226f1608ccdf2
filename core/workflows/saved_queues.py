"""Queues a person named: their frames are fixed, so that "132 of 400" means something."""

from __future__ import annotations

import uuid
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any

import pandas as pd

from core.errors import FieldcheckError, ReviewError
from core.findings.audit import audit_next
from core.findings.decision_pace import seconds_a_decision
from core.findings.mixing import AUDIT, RANKED, mixed
from core.findings.queue_words import progress_sentence
from core.findings.statements import count_of
from core.project import Project
from core.records import Folder
from core.store import saved_queues as store
from core.store.database import connect
from core.workflows.choices import choices_of
from core.workflows.narrow import narrowed_by_text, rule_of, rule_words
from core.workflows.queue_mix import SEED, Listed
from core.workflows.queue_mix import listed as listed_order
from core.workflows.queue_orders import MIXED, OF_DECIDED, ORDERS, Candidates, candidates, ordered
from core.workflows.queue_shares import checked, shares_of
from core.workflows.scores import scores
from core.workflows.standing import decisions_of

LONGEST_NAME = 60
CAN_BE_SAVED = tuple(key for key in ORDERS if key not in OF_DECIDED)
"""Orders that hold still: the others change with every decision."""


@dataclass(frozen=True, slots=True)
class SavedQueue:
    """A queue a person named."""

    id: str  # UUID
    name: str
    order: str  # a key of ORDERS
    narrow: str  # the slice rule it was made under, as JSON
    audit_share: float  # 0..1
    blind_share: float  # of all its frames
    made_by: str
    made_at: str  # UTC, ISO


@dataclass(frozen=True, slots=True)
class QueueProgress:
    """How far a saved queue is."""

    queue: SavedQueue
    done: int
    total: int  # frames it holds whose pictures are in the project
    gone: int  # frames it holds whose pictures are not
    seconds: float | None  # a decision of this reviewer

    @property
    def sentence(self) -> str:
        """ "132 of 400, about 22 minutes left"."""
        told = progress_sentence(self.done, self.total, self.seconds)
        if not self.gone:
            return told
        verb = "is" if self.gone == 1 else "are"
        return (
            f"{told}; {count_of(self.gone, 'picture')} of it {verb} not in this project's folders"
        )


def save_queue(
    project: Project,
    name: str,
    *,
    order: str,
    first: int | None = None,
    audit: float | None = None,
    blind: float | None = None,
) -> SavedQueue:
    """
    Keep the undecided frames of an order, as narrowed now, under a name; new ones do not slip in.

    Args:
        first: only so many of them.
        audit: share of frames drawn by lot among them; None takes the project's, where the order
            hangs on the model's answers.
        blind: share of all its frames that is asked blind; None takes the project's.

    Raises:
        FieldcheckError: the name is empty, too long or taken, the order cannot be kept, a share is
            out of range, or there is nothing to keep.
    """
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME:
        raise FieldcheckError(f"Give the queue a name of 1 to {LONGEST_NAME} letters.")
    if order not in CAN_BE_SAVED:
        raise FieldcheckError(
            f"The order '{order}' cannot be saved. These can: {', '.join(CAN_BE_SAVED)}."
        )
    if any(saved.name == name for saved in saved_queues(project)):
        raise FieldcheckError(f"There is a queue called “{name}” already. Choose another name.")
    usual = shares_of(project)
    if audit is None:
        audit = usual.audit if order in MIXED else 0.0
    shares = replace(
        usual,
        audit=checked("audit", audit),
        blind=checked("blind", usual.blind if blind is None else blind),
        second=0.0,
    )
    found = listed_order(
        candidates(project), order, with_decided=False, shares=shares, is_mixed=audit > 0
    )
    if not found.shown:
        raise FieldcheckError("There is nothing undecided in this view to save.")
    most = len(found.shown) if first is None else first
    saved = SavedQueue(
        str(uuid.uuid4()), name, order, project.narrow, shares.audit, shares.blind,
        choices_of(project).reviewer, datetime.now(UTC).isoformat(timespec="seconds"),
    )  # fmt: skip
    row = asdict(saved)
    row["queue_order"] = row.pop("order")
    with connect(project.database) as db:
        store.save_queue(
            db,
            row,
            [
                (digest, place if place < most else None, kind == AUDIT)
                for place, (digest, kind) in enumerate(found.shown)
                if place < most or kind != AUDIT
            ],
        )
    return saved


def saved_queues(project: Project) -> list[SavedQueue]:
    """Every queue that is kept, oldest first."""
    with connect(project.database) as db:
        rows = store.load_queues(db)
    return [
        SavedQueue(
            row["id"], row["name"], row["queue_order"], row["narrow"], row["audit_share"],
            row["blind_share"], row["made_by"], row["made_at"],
        )
        for row in rows
    ]  # fmt: skip


def saved_queue(project: Project, name: str) -> SavedQueue:
    """
    One queue, by its id or its name.

    Raises:
        ReviewError: there is none, or the name stands for several.
    """
    every = saved_queues(project)
    found = [one for one in every if name in (one.id, one.name)]
    if len(found) > 1:
        ids = ", ".join(one.id for one in found)
        raise ReviewError(f"Two laptops named a queue “{name}”. Say which by its id: {ids}.")
    if not found:
        known = ", ".join(one.name for one in every)
        raise ReviewError(
            f"There is no saved queue “{name}”. "
            + (f"There are: {known}." if known else "None is saved yet.")
        )
    return found[0]


def drop_queue(project: Project, name: str) -> None:
    """
    Let a queue go, by id or name; its frames and every decision stay.

    Raises:
        ReviewError: there is none, or the name stands for several.
    """
    saved = saved_queue(project, name)
    with connect(project.database) as db:
        store.drop_queue(db, saved.id, dropped_at=datetime.now(UTC).isoformat(timespec="seconds"))


def listed(given: Candidates, saved: SavedQueue, *, with_decided: bool) -> Listed:
    """The frames of a saved queue in its order, each with the reason its order gives it."""
    is_done = dict(zip(given.frames["content_hash"], given.frames["decision"].notna(), strict=True))
    kind_of = AUDIT if saved.order == "random" else RANKED
    held = [
        (digest, AUDIT if is_audit else kind_of)
        for digest, place, is_audit in _held(given.project, saved)
        if place is not None and digest in is_done
    ]
    shown = [one for one in held if with_decided or not is_done[one[0]]]
    table = ordered(given, saved.order)
    others = given.frames[~given.frames["content_hash"].isin(table["content_hash"])]
    done = sum(bool(is_done[digest]) for digest, _ in held)
    return Listed(pd.concat([table, others]), shown, done, len(held))


def _held(project: Project, saved: SavedQueue) -> list[store.Place]:
    with connect(project.database) as db:
        return store.load_places(db, saved.id)


def progress_of(project: Project, saved: SavedQueue) -> QueueProgress:
    """How far one queue is, whoever decided."""
    frames = scores(project.whole).of(Folder.FIELD)
    here = set(frames.loc[frames["answer"].notna(), "content_hash"])
    decisions = decisions_of(project)
    held = [digest for digest, place, _ in _held(project, saved) if place is not None]
    known = [digest for digest in held if digest in here]
    return QueueProgress(
        saved,
        len(set(known) & set(decisions["content_hash"])),
        len(known),
        len(held) - len(known),
        pace_of(decisions, choices_of(project).reviewer),
    )


def pace_of(decisions: pd.DataFrame, reviewer: str) -> float | None:
    """Seconds one decision takes a reviewer, from their own; None while not known."""
    times = decisions.loc[decisions["reviewer"] == reviewer, "at"]
    return seconds_a_decision(times.astype("datetime64[us]").astype("int64") / 1e6)


def new_frames(project: Project, saved: SavedQueue) -> list[str]:
    """
    Undecided frames that match a queue now and did not when it was saved, in its order.

    Raises:
        FieldcheckError: a saved slice it was made under is not kept any more.
    """
    given = candidates(narrowed_by_text(project.whole, saved.narrow))
    table = ordered(given, saved.order)
    known = {digest for digest, _, _ in _held(project, saved)}
    is_new = table["decision"].isna() & ~table["content_hash"].isin(known)
    return list(table.loc[is_new, "content_hash"])


def bring_in(project: Project, saved: SavedQueue) -> int:
    """
    Put the new frames behind those a queue holds, with others drawn by lot in its share.

    Returns:
        How many matched newly.

    Raises:
        FieldcheckError: a saved slice it was made under is not kept any more.
    """
    new = new_frames(project, saved)
    given = candidates(narrowed_by_text(project.whole, saved.narrow))
    held = {digest: place for digest, place, _ in _held(project, saved)}
    end = 1 + max((place for place in held.values() if place is not None), default=-1)
    taken = given.decided | {digest for digest, place in held.items() if place is not None}
    shown = mixed(
        new, audit_next(given.frames["content_hash"], taken), [],
        audit_share=saved.audit_share, second_share=0.0, start=end, seed=SEED,
    )  # fmt: skip
    with connect(project.database) as db:
        store.add_frames(
            db,
            saved.id,
            [(digest, end + at, kind == AUDIT) for at, (digest, kind) in enumerate(shown)],
        )
    return len(new)


def queue_words(project: Project, saved: SavedQueue) -> str:
    """What a queue holds: its order, what it was narrowed to, who made it and when."""
    rule = rule_of(narrowed_by_text(project.whole, saved.narrow))
    where = f", {rule_words(rule, str)}" if saved.narrow else ""
    return (
        f"{ORDERS[saved.order][0] if saved.order in ORDERS else saved.order}{where}; saved by "
        f"{saved.made_by} on {saved.made_at[:10]}"
    )


def queue_json(project: Project, saved: SavedQueue, *, with_frames: bool = False) -> dict[str, Any]:
    """What `fieldcheck queues --json` prints of one queue."""
    found = progress_of(project, saved)
    row: dict[str, Any] = {
        **asdict(saved), "done": found.done, "total": found.total, "gone": found.gone,
        "seconds_a_decision": found.seconds, "sentence": found.sentence,
    }  # fmt: skip
    if with_frames:
        done = set(decisions_of(project)["content_hash"])
        row["new"] = len(new_frames(project, saved))
        row["frames"] = [
            {"content_hash": digest, "is_decided": digest in done}
            for digest, place, _ in _held(project, saved)
            if place is not None
        ]
    return row


def queue_lines(project: Project, rows: list[dict[str, Any]]) -> list[str]:
    """Saved queues in words."""
    lines = []
    for row in rows:
        saved = saved_queue(project, row["id"])
        lines.append(f"{row['name']}: {row['sentence']}. {queue_words(project, saved)}.")
        if row.get("new"):
            lines.append(f"  {new_sentence(row['new'])}")
    return lines or ["No queue is saved yet. Save one from what the Queue page shows."]


def new_sentence(count: int) -> str:
    """How many frames match a queue that did not when it was saved."""
    match, are = ("matches", "is") if count == 1 else ("match", "are")
    return f"{count_of(count, 'new frame')} {match} this queue and {are} not in it."
