"""Frames as the review component gets them; of a blind one, nothing that tells the answer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from core.findings import queue_words as words

NO_TIME = "%Y-%m-%d %H:%M"


@dataclass(frozen=True)
class QueueItem:
    """One frame to look at."""

    content_hash: str
    path: str  # empty if asked blind: names and folders often tell the label
    camera: str | None
    taken_at: str | None
    label: str | None  # as the data came
    answer: str  # as shown: the class, or "not sure"; empty if asked blind
    leaning: str  # the class in any case; what "agree" agrees with
    confidence: float | None
    reason: str  # in words
    decision: str | None  # what stands for it now; not told at a second look
    label_now: str | None
    hard_case: bool
    tags: list[str]
    note: str | None
    is_blind: bool
    asked: str | None  # one of records.ASKED, or None; leaves the server as a ticket


def item(row: dict[Any, Any], *, order: str, asked: str | None) -> QueueItem:
    """
    One frame as an item.

    Args:
        row: of a table of queue_orders.Candidates, with what its order added.
        asked: how it is asked for; None openly.
    """
    label = _text(row["label"])
    taken_at = row["taken_at"]
    found = QueueItem(
        content_hash=row["content_hash"],
        path=row["path"],
        camera=_text(row["camera"]),
        taken_at=None if pd.isna(taken_at) else taken_at.strftime(NO_TIME),
        label=label,
        answer=row["shown"],
        leaning=row["answer"],
        confidence=float(row["confidence"]),
        reason=_reason({**row, "label": label}, order),
        decision=_text(row["decision"]),
        label_now=_text(row["label_now"]),
        hard_case=bool(row["hard_case"]),
        tags=row["tags"] if isinstance(row["tags"], list) else [],
        note=_text(row["note"]),
        is_blind=False,
        asked=asked,
    )
    if asked is None:
        return found
    return _hidden(_forgotten(found) if "second" in asked else found, asked)


def _forgotten(found: QueueItem) -> QueueItem:
    """As if it had not been decided yet."""
    return replace(found, decision=None, label_now=None, hard_case=False, tags=[], note=None)


def _hidden(found: QueueItem, asked: str) -> QueueItem:
    if "blind" not in asked:
        return found
    return replace(
        found, path="", label=None, answer="", leaning="", confidence=None,
        reason=words.LOOK_FIRST, is_blind=True,
    )  # fmt: skip


def _reason(row: dict[Any, Any], order: str) -> str:
    told = words.reason(row)
    if order == "conflicts":
        return f"{_text(row.get('conflict')) or ''} {told}".strip()
    if order == "worst_light":
        return f"Worst light: {row['worst_light']}. {told}"
    return f"Random check. {told}" if order == "random" else told


def _text(value: Any) -> str | None:
    return None if value is None or (not isinstance(value, str) and pd.isna(value)) else str(value)
