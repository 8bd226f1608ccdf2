"""What to look at next and why; every decision kept, none lost, each one undoable."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pandas as pd

from core.errors import ReviewError
from core.findings.not_sure import NOT_SURE
from core.findings.statements import answer_sentence
from core.project import Project
from core.records import DECISIONS, Action, Folder, Review
from core.settings import SETTINGS
from core.store import reviews as review_store
from core.store.database import connect
from core.workflows.backups import keep_soon
from core.workflows.choices import Choices, choices_of
from core.workflows.merging import conflicts
from core.workflows.scores import reviewed, scores
from core.workflows.unlabelled import stored_plan

LONGEST_NOTE = 10_000
MOST_DECISIONS = 2**53  # of one window; browsers count exactly up to here

FRAME_COLUMNS = (
    "content_hash", "path", "camera", "taken_at", "label", "answer", "confidence", "is_right",
    "shown", "is_unusual",
)  # fmt: skip


@dataclass(frozen=True)
class QueueItem:
    """One frame to look at."""

    content_hash: str
    path: str
    camera: str | None
    taken_at: str | None
    label: str | None  # as the data came
    answer: str  # as shown: the class, or "not sure"
    leaning: str  # the class in any case; what "agree" agrees with
    confidence: float
    reason: str  # in words
    decision: str | None  # what stands for it now
    label_now: str | None
    hard_case: bool
    tags: list[str]
    note: str | None


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


NO_PLAN: dict[str, Any] = {"picks": []}

Sorter = Callable[[pd.DataFrame], pd.DataFrame]


def _suspicious(frames: pd.DataFrame) -> pd.DataFrame:
    """Wrong against the label, surest first; then unlabelled ones, least sure first."""
    wrong = frames[frames["is_right"] == False]  # noqa: E712 - is_right is None when unlabelled
    wrong = wrong.sort_values("confidence", ascending=False)
    unlabelled = frames[frames["label"].isna()].sort_values("confidence")
    return pd.concat([wrong, unlabelled])


def _random(frames: pd.DataFrame) -> pd.DataFrame:
    """Every frame, in one order that does not depend on the model; the honest sample."""
    # The hash is as good as random and the same on every laptop.
    return frames.sort_values("content_hash")


def _not_sure(frames: pd.DataFrame) -> pd.DataFrame:
    """What the chosen mark leaves to people, surest last; unusual pictures in front."""
    held_back = frames[frames["shown"] == NOT_SURE]
    return held_back.sort_values(["is_unusual", "confidence"], ascending=[False, True])


ORDERS: dict[str, tuple[str, Sorter]] = {
    "suspicious": ("Most suspicious first", _suspicious),
    "least_sure": ("Least sure first", lambda frames: frames.sort_values("confidence")),
    "not_sure": ("Not sure: yours to decide", _not_sure),
    "planned": (
        "Label these next",
        lambda frames: frames[frames["planned"].notna()].sort_values("planned"),
    ),
    "newest": (
        "Newest first",
        lambda frames: frames.sort_values(["taken_at", "path"], ascending=[False, True]),
    ),
    "random": ("Random check", _random),
    "hard_cases": ("Hard cases", lambda frames: frames[frames["hard_case"]]),
    "conflicts": ("Two sides disagree", lambda frames: frames[frames["conflict"].notna()]),
}

OF_DECIDED = frozenset({"hard_cases", "conflicts"})
"""Orders that show frames although they were decided."""


def queue(project: Project, *, order: str = "suspicious", with_decided: bool = False) -> Queue:
    """
    Field frames of one order, one per picture content.

    Args:
        order: a key of ORDERS.
        with_decided: also those that were decided already.

    Raises:
        ReviewError: there is no such order.
    """
    if order not in ORDERS:
        raise ReviewError(f"There is no order '{order}'. There are: {', '.join(ORDERS)}.")
    found = scores(project)
    frames = found.of(Folder.FIELD)
    coming = frames.loc[frames["answer"].isna(), "content_hash"].nunique()
    # Only our own columns: metadata may have a note or tags of its own.
    frames = frames.loc[frames["answer"].notna(), list(FRAME_COLUMNS)]
    frames = frames.drop_duplicates("content_hash").merge(
        _standing(project), on="content_hash", how="left"
    )
    place = {
        digest: at for at, (digest, _) in enumerate((stored_plan(project) or NO_PLAN)["picks"])
    }
    frames["planned"] = frames["content_hash"].map(place)
    frames["hard_case"] = frames["hard_case"].map(lambda flag: flag == 1).astype(bool)
    frames["conflict"] = frames["content_hash"].map(conflicts(project))
    ordered = ORDERS[order][1](frames)
    is_decided = ordered["decision"].notna()
    shown = ordered if with_decided or order in OF_DECIDED else ordered[~is_decided]
    return Queue(
        order,
        [_item(row, order) for row in shown.to_dict("records")],
        found.choices.spec.classes if found.choices.spec else (),
        found.choices.reviewer,
        int(is_decided.sum()),
        len(ordered),
        coming,
    )


def _standing(project: Project) -> pd.DataFrame:
    standing = reviewed(project)[["content_hash", "decision", "label", "hard_case", "tags", "note"]]
    return standing.rename(columns={"label": "label_now"})


def _item(row: dict[Any, Any], order: str) -> QueueItem:
    label = _text(row["label"])
    taken_at = row["taken_at"]
    return QueueItem(
        content_hash=row["content_hash"],
        path=row["path"],
        camera=_text(row["camera"]),
        taken_at=None if pd.isna(taken_at) else taken_at.strftime("%Y-%m-%d %H:%M"),
        label=label,
        answer=row["shown"],
        leaning=row["answer"],
        confidence=float(row["confidence"]),
        reason=_reason(row, label, order),
        decision=_text(row["decision"]),
        label_now=_text(row["label_now"]),
        hard_case=bool(row["hard_case"]),
        tags=row["tags"] if isinstance(row["tags"], list) else [],
        note=_text(row["note"]),
    )


def _reason(row: dict[Any, Any], label: str | None, order: str) -> str:
    answer, confidence = row["answer"], float(row["confidence"])
    sentence = answer_sentence(
        answer, confidence, label, shown=row["shown"], is_unusual=row["is_unusual"]
    )
    sentence = sentence[0].upper() + sentence[1:] + "."
    if order == "conflicts":
        return f"{row['conflict']} {sentence}"
    if order == "random":
        return f"Random check. {sentence}"
    is_silent = label not in (None, answer) and confidence >= SETTINGS.silent_confidence
    return f"Very sure, yet it disagrees with the label. {sentence}" if is_silent else sentence


def _text(value: Any) -> str | None:
    return None if value is None or (not isinstance(value, str) and pd.isna(value)) else str(value)


def items_json(found: Queue) -> list[dict[str, Any]]:
    """The queue's items as data for the review component."""
    return [asdict(item) for item in found.items]


def item_json(project: Project, content_hash: str) -> dict[str, Any] | None:
    """One frame of the queue as data, with what stands for it now; None if it is not in it."""
    found = queue(project, order="newest", with_decided=True)
    item = next((item for item in found.items if item.content_hash == content_hash), None)
    return asdict(item) if item else None


def record(project: Project, event: dict[str, Any]) -> Review:
    """
    Check one decision and commit it to disk; a repeated one changes nothing.

    Args:
        event: id, client, sequence, content_hash, action, value, undoes, as sent by a tab.

    Raises:
        ReviewError: a field is missing, or names an unknown frame, class or action.
        DiskError: nothing was stored; trying again is safe.
    """
    review = _checked(project, event)
    with connect(project.database) as db:
        known = next(
            db.query("SELECT 1 FROM frames WHERE content_hash = ? LIMIT 1", [review.content_hash]),
            None,
        )
        if known is None:
            raise ReviewError("That picture is not in this project any more.")
        review_store.record_review(db, review)
    keep_soon(project)
    return review


def record_all(project: Project, events: Sequence[dict[str, Any]]) -> list[Review]:
    """
    Check many decisions and commit them together: all are stored, or none.

    Raises:
        ReviewError: one of them is wrong (see `record`); nothing was stored.
        DiskError: nothing was stored; trying again is safe.
    """
    chosen = choices_of(project)
    reviews = [_checked_by(chosen, event) for event in events]
    with connect(project.database) as db:
        known = {row["content_hash"] for row in db.query("SELECT content_hash FROM frames")}
        lost = [review for review in reviews if review.content_hash not in known]
        if lost:
            raise ReviewError(
                f"{len(lost)} of these pictures are not in this project any more. Nothing was "
                "stored; look at the folders again on the Overview."
            )
        review_store.record_reviews(db, reviews)
    return reviews


def _checked(project: Project, event: dict[str, Any]) -> Review:
    return _checked_by(choices_of(project), event)


def _checked_by(chosen: Choices, event: dict[str, Any]) -> Review:
    try:
        action = Action(event["action"])
        identity = str(uuid.UUID(str(event["id"])))
        client, sequence = str(event["client"]), int(event["sequence"])
        digest = str(event["content_hash"])
        for text in (client, digest, event.get("value"), event.get("undoes")):
            str(text).encode()  # half a letter (a lone surrogate) fits no database
    except (KeyError, ValueError, TypeError, OverflowError) as error:
        raise ReviewError(f"This decision cannot be read ({error}). Nothing was stored.") from error
    value = event.get("value")
    value = None if value is None else str(value)
    _check_value(action, value, chosen.spec.classes if chosen.spec else ())
    if not client or len(client) > 64 or not 1 <= sequence <= MOST_DECISIONS:
        raise ReviewError("This decision does not say which window it came from.")
    undoes = str(event["undoes"]) if action is Action.UNDO and event.get("undoes") else None
    if action is Action.UNDO and undoes is None:
        raise ReviewError("This undo does not say what it takes back.")
    return Review(
        id=identity,
        client=client,
        sequence=sequence,
        content_hash=digest,
        action=action,
        value=value,
        reviewer=chosen.reviewer,
        at=datetime.now(UTC),
        undoes=undoes,
    )


def _check_value(action: Action, value: str | None, classes: tuple[str, ...]) -> None:
    if action in (Action.LABEL, Action.AGREE) and value not in classes:
        raise ReviewError(f"'{value}' is not one of the classes: {', '.join(classes)}.")
    if action is Action.HARD_CASE and value not in ("on", "off"):
        raise ReviewError("A hard case is switched 'on' or 'off'.")
    if action in (Action.TAG, Action.UNTAG) and not (value or "").strip():
        raise ReviewError("A tag needs a word.")
    if value and len(value) > LONGEST_NOTE:
        raise ReviewError(f"Keep it under {LONGEST_NOTE:,} letters; this has {len(value):,}.")


def history(project: Project, *, limit: int = 50) -> list[dict[str, Any]]:
    """Reviews by this project's reviewer that still stand, newest first, for undo."""
    reviewer = choices_of(project).reviewer
    with connect(project.database) as db:
        rows = review_store.last_standing(db, reviewer=reviewer, limit=limit)
    return [{k: row[k] for k in ("id", "content_hash", "action", "value", "at")} for row in rows]


def undo_last(project: Project, *, client: str = "command-line") -> Review:
    """
    Take back the newest standing review.

    Raises:
        ReviewError: there is nothing to undo.
    """
    last = history(project, limit=1)
    if not last:
        raise ReviewError("There is no decision to undo.")
    identity = str(uuid.uuid4())
    event = {
        "id": identity,
        "client": f"{client}-{identity}",  # each command is a window of its own
        "sequence": 1,
        "content_hash": last[0]["content_hash"],
        "action": Action.UNDO,
        "undoes": last[0]["id"],
    }
    return record(project, event)


def reviews_list(project: Project) -> list[dict[str, Any]]:
    """What `fieldcheck reviews list --json` prints: every review, oldest first, undone marked."""
    with connect(project.database) as db:
        table = review_store.load_reviews(db)
    table["at"] = table["at"].dt.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    paths = dict(
        scores(project).frames.groupby("content_hash")[["folder", "path"]].first().iterrows()
    )
    rows: list[dict[str, Any]] = []
    for row in table.to_dict("records"):
        place = paths.get(row["content_hash"])
        rows.append(
            {
                **{str(k): _plain(v) for k, v in row.items()},
                "folder": None if place is None else place["folder"],
                "path": None if place is None else place["path"],
            }
        )
    return rows


def review_lines(rows: list[dict[str, Any]]) -> list[str]:
    """The reviews in words."""
    return [
        f"{row['at'][:16]}  {row['reviewer']}  {row['action']}"
        f"{' ' + row['value'] if row['value'] else ''}  {row['path'] or row['content_hash']}"
        f"{'  (taken back)' if row['is_undone'] else ''}"
        for row in rows
    ] or ["No reviews yet."]


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic):
        value = value.item()
    return None if not isinstance(value, (str, bool, list)) and pd.isna(value) else value


def progress(project: Project) -> dict[str, int]:
    """How many field pictures were looked at, relabelled and tagged as hard cases."""
    standing = reviewed(project)
    frames = scores(project).of(Folder.FIELD).drop_duplicates("content_hash")
    merged = frames[["content_hash", "label"]].merge(
        standing.rename(columns={"label": "label_now"})[
            ["content_hash", "decision", "label_now", "hard_case"]
        ],
        on="content_hash",
        how="inner",
    )
    is_decided = merged["decision"].isin([str(a) for a in DECISIONS])
    is_relabelled = merged["label_now"].notna() & (merged["label_now"] != merged["label"])
    return {
        "decided": int(is_decided.sum()),
        "relabelled": int(is_relabelled.sum()),
        "hard_cases": int(merged["hard_case"].astype(bool).sum()),
        "of": len(frames),
    }
