"""History: who decided what, when, from what to what; and back to any point of it."""

from __future__ import annotations

import uuid
from collections import Counter
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any

import pandas as pd

from core.errors import ReviewError
from core.findings import history_words as words
from core.findings.life import Life, Step, life_of, steps_of
from core.findings.taking_back import of_reviews, to_point
from core.project import Project
from core.records import Action, Folder, Review
from core.store import reviews as review_store
from core.store.database import connect
from core.workflows.backups import keep_soon
from core.workflows.choices import choices_of
from core.workflows.merging import conflicts
from core.workflows.scores import scores
from core.workflows.sessions import Log, local, log, now

METHOD = words.METHOD
A_PAGE = 20
ONE_ACT = timedelta(milliseconds=5)  # reviews of one window nearer than this were one act
BACK = "back-"
"""Begins the name of the window that took many back at once, so that one step undoes it."""


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


@dataclass(frozen=True)
class Preview:
    """What an undo would do, before it is done."""

    names: tuple[str, ...]  # reviews to be named by undos, newest first
    seen: tuple[int, str | None]  # the state of the reviews it was made for
    sentence: str
    staying: str  # what stays although it is newer; empty if nothing


@dataclass(frozen=True)
class Told:
    """A frame's life in sentences, oldest first, and where it stands."""

    life: Life
    sentences: list[str]


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
    found, frames = log(project), _frames(project)
    table = _listed(found)
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


def life(project: Project, content_hash: str) -> Told:
    """A frame's life, step by step."""
    found, frames = log(project), _frames(project)
    rows = _rows(found.reviews[found.reviews["content_hash"] == content_hash])
    steps = _steps(project, found, content_hash, rows)
    by_id = {row["id"]: row for row in rows}
    lines = []
    for step in steps:
        row = by_id.get(step.review or "")
        sentence = _sentence(row, by_id, step, frames) if row else ""
        lines.append(
            words.step_line(step, sentence, row["reviewer"] if row else "", local(step.at))
        )
    return Told(steps[-1].life_after if steps else Life.NEW, lines)


def lives(project: Project) -> dict[str, int]:
    """How many field pictures of the project (or slice) are new, reviewed, reopened, settled."""
    states = _lives(
        log(project), frozenset(conflicts(project)), now().replace(second=0, microsecond=0)
    )
    field = scores(project).of(Folder.FIELD)["content_hash"].unique()
    counted = Counter(states.get(digest, Life.NEW) for digest in field)
    return {one.value: counted.get(one, 0) for one in Life}


def lives_sentence(project: Project) -> str:
    """`lives` in words."""
    return words.lives_sentence(lives(project))


def preview_to(project: Project, review_id: str, *, everyone: bool = False) -> Preview:
    """
    What going back to just after one review would do; yours only, or everyone's.

    Args:
        review_id: as a whole, or how it begins.

    Raises:
        ReviewError: there is no such review.
    """
    rows, seen = _all_rows(project)
    point = _found(rows, review_id)
    reviewer = None if everyone else choices_of(project).reviewer
    names = to_point(rows, point["id"], reviewer=reviewer)
    since = f"{local(point['at']):%d %b %Y, %H:%M}"
    later = rows[next(n for n, row in enumerate(rows) if row["id"] == point["id"]) + 1 :]
    staying = [row for row in later if reviewer not in (None, row["reviewer"])]
    return _preview(rows, names, seen, since=since, staying=words.staying_sentence(staying))


def preview_these(project: Project, review_id: str, *, together: bool = False) -> Preview:
    """
    What undoing one review would do; or every one that the same undo of many appended with it.

    Raises:
        ReviewError: there is no such review.
    """
    rows, seen = _all_rows(project)
    chosen = _found(rows, review_id)
    table = _listed(log(project))
    act = table.loc[table["id"] == chosen["id"], "act"]
    ids = set(table.loc[table["act"].isin(act), "id"]) if together else {chosen["id"]}
    return _preview(rows, of_reviews(rows, ids), seen)


def last_undo(project: Project) -> Preview | None:
    """What undoing this reviewer's last undo would do; None unless it is their last act."""
    reviews = log(project).reviews
    mine = reviews[reviews["reviewer"] == choices_of(project).reviewer]
    if mine.empty or not mine["client"].iloc[-1].startswith(BACK):
        return None
    found = preview_these(project, mine["id"].iloc[-1], together=True)
    return found if found.names else None


def preview_last(project: Project, *, of_undo: bool = False) -> Preview:
    """
    What undoing this reviewer's newest standing decision would do, or their last undo.

    Raises:
        ReviewError: there is none.
    """
    if of_undo:
        found = last_undo(project)
        if found is None:
            raise ReviewError("Your last act was no undo of this kind; nothing was changed.")
        return found
    with connect(project.database) as db:
        newest = review_store.last_standing(db, reviewer=choices_of(project).reviewer)
    if not newest:
        raise ReviewError("There is no decision to undo.")
    return preview_these(project, newest[0]["id"])


def take_back(project: Project, found: Preview) -> int:
    """
    Do what a preview says, all or none, by appending undos; returns how many.

    Raises:
        ReviewError: there is nothing to do, or somebody decided since it was made.
        DiskError: nothing was stored; trying again is safe.
    """
    if not found.names:
        raise ReviewError("There is nothing to take back; nothing was changed.")
    rows, _ = _all_rows(project)
    pictures = {row["id"]: row["content_hash"] for row in rows}
    client, reviewer = f"{BACK}{uuid.uuid4()}", choices_of(project).reviewer
    undos = [
        Review(
            str(uuid.uuid4()), client, place, pictures[name], Action.UNDO, None, reviewer,
            datetime.now(UTC), name,
        )
        for place, name in enumerate(found.names, 1)
    ]  # fmt: skip
    with connect(project.database) as db:
        review_store.record_reviews(db, undos, seen=found.seen)
    keep_soon(project)
    return len(undos)


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


def _preview(
    rows: list[dict[str, Any]],
    names: list[str],
    seen: tuple[int, str | None],
    *,
    since: str | None = None,
    staying: str = "",
) -> Preview:
    by_id = {row["id"]: row for row in rows}
    sentence = words.back_sentence([by_id[name] for name in names], since=since)
    return Preview(tuple(names), seen, sentence, staying)


def _found(rows: list[dict[str, Any]], review_id: str) -> dict[str, Any]:
    named = [row for row in rows if review_id and row["id"].startswith(review_id)]
    if len(named) != 1:
        what = "Several reviews begin" if named else "There is no review that begins"
        raise ReviewError(
            f"{what} with '{review_id}'. They are listed by: fieldcheck reviews history"
        )
    return named[0]


def _all_rows(project: Project) -> tuple[list[dict[str, Any]], tuple[int, str | None]]:
    with connect(project.database) as db:
        seen = review_store.stamp(db)
        rows = _rows(review_store.load_reviews(db))
    return rows, seen


def _rows(reviews: pd.DataFrame) -> list[dict[str, Any]]:
    """Reviews as plain rows: None instead of nan, plain times."""
    columns = reviews[["id", "client", "content_hash", "action", "value", "reviewer", "undoes"]]
    plain = columns.astype(object).where(columns.notna(), None)
    times = reviews["at"].dt.to_pydatetime()
    return [
        {**{str(k): v for k, v in row.items()}, "at": at}
        for row, at in zip(plain.to_dict("records"), times, strict=True)
    ]


def _frames(project: Project) -> pd.DataFrame:
    """Path and label of every picture, by content hash; of a narrowed project its slice's."""
    frames = scores(project).frames.drop_duplicates("content_hash").set_index("content_hash")
    return frames[["path", "label"]]


def _named(frames: pd.DataFrame, table: pd.DataFrame, asked: str) -> set[str]:
    by_path = frames.index[frames["path"].str.contains(asked, case=False, regex=False)]
    by_hash = table.loc[table["content_hash"].str.startswith(asked), "content_hash"]
    return {*by_path, *by_hash}


@lru_cache(maxsize=2)
def _listed(found: Log) -> pd.DataFrame:
    """The reviews with `day` (the reader's) and `said`: the class named, or taken back."""
    table = found.reviews.copy()
    table["day"] = [local(at).date() for at in table["at"].dt.to_pydatetime()]
    has_class = table["action"].isin([Action.LABEL, Action.AGREE])
    said = table["value"].where(has_class)
    by_id = dict(zip(table["id"], said, strict=True))
    target = table["undoes"].map(dict(zip(table["id"], table["undoes"], strict=True)))
    undone = target.where(target.notna(), table["undoes"])
    table["said"] = said.where(has_class, undone.map(by_id))
    by_window = table.groupby("client", sort=False)["at"].diff()
    begins = by_window.isna() | (by_window > ONE_ACT)
    table["act"] = table["id"].where(begins)
    table["act"] = table.groupby("client", sort=False)["act"].ffill()
    table["together"] = table.groupby("act")["id"].transform("size")
    return table


def _entries(project: Project, found: Log, rows: pd.DataFrame, frames: pd.DataFrame) -> list[Entry]:
    of_frame = found.reviews[found.reviews["content_hash"].isin(rows["content_hash"])]
    many = _many(found, rows)
    by_id = {row["id"]: row for row in _rows(of_frame)}
    own: dict[str, list[dict[str, Any]]] = {}
    for row in by_id.values():
        own.setdefault(row["content_hash"], []).append(row)
    steps = {
        step.review: step
        for digest, reviews in own.items()
        for step in _steps(project, found, digest, reviews)
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
            or _sentence(by_id[row["id"]], by_id, steps[row["id"]], frames),
            life_before=steps[row["id"]].life_before.value,
            life_after=steps[row["id"]].life_after.value,
            counts=not row["is_undone"],
            together=int(row["together"]),
        )
        for row in rows.to_dict("records")
    ]


def _many(found: Log, rows: pd.DataFrame) -> dict[str, str]:
    """Sentences of the acts of more than one review."""
    table = _listed(found)
    acts = rows.loc[rows["together"] > 1, "act"]
    own = _rows(table[table["act"].isin(acts)])
    named = {row["undoes"] for row in own}
    targets = {row["id"]: row for row in _rows(table[table["id"].isin(named)])}
    act_of = dict(zip(table["id"], table["act"], strict=True))
    gathered: dict[str, list[dict[str, Any]]] = {}
    for row in own:
        gathered.setdefault(act_of[row["id"]], []).append(row)
    return {act: words.many_sentence(reviews, targets) for act, reviews in gathered.items()}


def _sentence(row: dict[str, Any], by_id: dict[str, Any], step: Step, frames: pd.DataFrame) -> str:
    came = frames["label"].get(row["content_hash"])
    came = came if isinstance(came, str) else None
    return words.act_sentence(
        row, by_id.get(row["undoes"] or ""),
        before=step.label_before or came, after=step.label_after or came,
    )  # fmt: skip


def _steps(project: Project, found: Log, digest: str, rows: list[dict[str, Any]]) -> list[Step]:
    return steps_of(
        rows, over_at=_over_at(found), now=now(), in_conflict=digest in conflicts(project)
    )


@lru_cache(maxsize=2)
def _over_at(found: Log) -> dict[str, datetime]:
    """When the session of each review was over or will be."""
    times = found.sessions["over_at"].dt.to_pydatetime()
    over = dict(zip(found.sessions["session"], times, strict=True))
    pairs = zip(found.reviews["id"], found.reviews["session"], strict=True)
    return {review: over[session] for review, session in pairs}


@lru_cache(maxsize=2)
def _lives(found: Log, in_conflict: frozenset[str], at: datetime) -> dict[str, Life]:
    over = _over_at(found)
    by_frame: dict[str, list[dict[str, Any]]] = {}
    for row in _rows(found.reviews):
        by_frame.setdefault(row["content_hash"], []).append(row)
    return {
        digest: life_of(
            rows, is_over=lambda one: over[one] <= at, in_conflict=digest in in_conflict
        )
        for digest, rows in by_frame.items()
    }
