"""History: who decided what, when, from what to what; and back to any point of it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

import pandas as pd

from core.findings import history_words as words
from core.project import Project
from core.workflows.frame_lives import Told, life, lives, lives_sentence, sentence_of, steps_in
from core.workflows.going_back import (
    Preview,
    last_undo,
    preview_last,
    preview_these,
    preview_to,
    take_back,
)
from core.workflows.history_rows import pictures, plain_rows, with_acts
from core.workflows.sessions import Log, local, log

__all__ = [
    "METHOD", "Entry", "History", "Preview", "Told", "history", "history_json", "history_lines",
    "last_undo", "life", "lives", "lives_sentence", "preview_last", "preview_these", "preview_to",
    "take_back",
]  # fmt: skip

METHOD = words.METHOD
A_PAGE = 20


@dataclass(frozen=True)
class Entry:
    """One act of the history: a review, or many that one act appended."""

    id: str  # of its last review
    at: datetime  # in the reader's own time
    reviewer: str
    content_hash: str
    path: str  # of the picture; empty where it is gone
    action: str
    session: str
    sentence: str  # what was done, from what to what
    life_before: str
    life_after: str
    counts: bool  # it was not taken back
    together: int  # reviews of the same act, such as one undo or tagging of many; else 1


@dataclass(frozen=True)
class History:
    """One page of the history, newest first, and what it can be narrowed to."""

    entries: list[Entry]
    total: int  # that fit the filter
    page: int  # from 1
    pages: int
    reviewers: list[str]
    days: list[date]  # newest first
    classes: list[str]
    one_frame: str | None  # the content hash, where `frame` names just one picture


def history(
    project: Project,
    *,
    reviewer: str | None = None,
    day: date | None = None,
    label: str | None = None,
    frame: str = "",
    page: int = 1,
    a_page: int = A_PAGE,
) -> History:
    """
    A page of what was done that fits, newest first; what one act did to many is one entry.

    Args:
        label: a class; reviews that name it, or take back one that does.
        frame: part of a path, or how a content hash begins.
        page: from 1; beyond the last is the last.
    """
    found, frames = log(project), pictures(project)
    table = with_acts(found)
    chosen = table["content_hash"].isin(frames.index) | (not project.narrow)
    for column, wanted in (("reviewer", reviewer), ("day", day), ("said", label)):
        if wanted is not None:
            chosen &= table[column] == wanted
    named = _named(frames, table, frame.strip()) if frame.strip() else set()
    if frame.strip():
        chosen &= table["content_hash"].isin(named)
    shown = table[chosen].drop_duplicates("act", keep="last")
    pages = max(1, -(-len(shown) // a_page))
    page = min(max(page, 1), pages)
    rows = shown.iloc[::-1].iloc[(page - 1) * a_page : page * a_page]
    return History(
        _entries(project, found, rows, frames),
        len(shown),
        page,
        pages,
        sorted(table["reviewer"].unique()),
        sorted(table["day"].unique(), reverse=True),
        sorted(table["said"].dropna().unique()),
        next(iter(named)) if len(named) == 1 else None,
    )


def history_json(found: History) -> dict[str, Any]:
    """What `fieldcheck reviews history --json` prints."""
    rows = [{**asdict(entry), "at": entry.at.isoformat()} for entry in found.entries]
    return {
        "reviews": rows, "total": found.total, "page": found.page, "pages": found.pages,
        "reviewers": found.reviewers, "days": [day.isoformat() for day in found.days],
        "classes": found.classes, "one_frame": found.one_frame,
    }  # fmt: skip


def history_lines(found: dict[str, Any]) -> list[str]:
    """The same in words, newest first."""
    lines = [
        f"{row['id'][:8]}  {row['at'][:16].replace('T', ' ')}  {row['reviewer']}: "
        f"{row['sentence']}  {row['path'] or row['content_hash'][:12]}"
        f"{'' if row['counts'] else '  (taken back)'}"
        for row in found["reviews"]
    ]
    return lines or ["No reviews yet."]


def _named(frames: pd.DataFrame, table: pd.DataFrame, asked: str) -> set[str]:
    by_path = frames.index[frames["path"].str.contains(asked, case=False, regex=False)]
    by_hash = table.loc[table["content_hash"].str.startswith(asked), "content_hash"]
    return {*by_path, *by_hash}


def _entries(project: Project, found: Log, rows: pd.DataFrame, frames: pd.DataFrame) -> list[Entry]:
    of_frame = found.reviews[found.reviews["content_hash"].isin(rows["content_hash"])]
    many = _many(found, rows)
    by_id = {row["id"]: row for row in plain_rows(of_frame)}
    own: dict[str, list[dict[str, Any]]] = {}
    for row in by_id.values():
        own.setdefault(row["content_hash"], []).append(row)
    steps = {
        step.review: step
        for digest, reviews in own.items()
        for step in steps_in(project, found, digest, reviews)
    }
    paths = frames["path"].to_dict()
    return [
        Entry(
            id=row["id"],
            at=local(row["at"].to_pydatetime()),
            reviewer=row["reviewer"],
            content_hash=row["content_hash"],
            path=paths.get(row["content_hash"], ""),
            action=row["action"],
            session=row["session"],
            sentence=many.get(row["act"])
            or sentence_of(by_id[row["id"]], by_id, steps[row["id"]], frames),
            life_before=steps[row["id"]].life_before.value,
            life_after=steps[row["id"]].life_after.value,
            counts=not row["is_undone"],
            together=int(row["together"]),
        )
        for row in rows.to_dict("records")
    ]


def _many(found: Log, rows: pd.DataFrame) -> dict[str, str]:
    """Sentences of the acts of more than one review."""
    table = with_acts(found)
    acts = rows.loc[rows["together"] > 1, "act"]
    own = plain_rows(table[table["act"].isin(acts)])
    named = {row["undoes"] for row in own}
    targets = {row["id"]: row for row in plain_rows(table[table["id"].isin(named)])}
    act_of = dict(zip(table["id"], table["act"], strict=True))
    gathered: dict[str, list[dict[str, Any]]] = {}
    for row in own:
        gathered.setdefault(act_of[row["id"]], []).append(row)
    return {act: words.many_sentence(reviews, targets) for act, reviews in gathered.items()}
