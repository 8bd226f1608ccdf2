"""Review sessions: begun by the first decision, resumed after a restart, ended by a person."""

from __future__ import annotations

import uuid
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from core.errors import ReviewError
from core.findings.audit import audit_part
from core.findings.session_words import (
    Closing,
    Tally,
    closing_lines,
    going_line,
    span,
    tally_line,
)
from core.findings.sessions import session_of_each, sessions
from core.metrics.intervals import accuracy
from core.project import Project
from core.records import DECISIONS, Action, Folder
from core.store import reviews as review_store
from core.store import sessions as session_store
from core.store.database import connect
from core.tables import taken_back
from core.workflows import export, honest_accuracy
from core.workflows.choices import choices_of
from core.workflows.kept import kept_beside
from core.workflows.scores import Scores, scores

EXPORTED = (
    "session", "id", "at", "reviewer", "folder", "path", "content_hash", "label_before", "answer",
    "action", "value", "undoes", "is_undone",
)  # fmt: skip
"""Columns of a session's file."""

LEAST_SECONDS = 0.05  # two decisions nearer than this were one act


@dataclass(frozen=True, eq=False)
class Log:
    """Every review with the session it belongs to, and the sessions; one per state of both."""

    reviews: pd.DataFrame  # tables.REVIEWS, is_undone, brings_back, session; oldest first
    sessions: pd.DataFrame  # findings.sessions.SESSIONS


@dataclass(frozen=True)
class Session:
    """One session in words and counts."""

    id: str
    reviewer: str
    start: datetime  # in the reader's own time, as `end`
    end: datetime  # its last review so far, or when a person ended it
    is_over: bool
    ended_by: str | None  # "person" or "pause"; None while it goes on
    tally: Tally
    title: str
    line: str  # the tally in words


def log(project: Project) -> Log:
    """Every review and session, read again only when one was added."""
    with connect(project.database) as db:
        stamp = review_store.stamp(db)
        ends = tuple(session_store.session_ends(db))
    return _log(project.whole, stamp, ends, choices_of(project).session_gap_minutes)


@lru_cache(maxsize=4)
def _log(
    project: Project, _stamp: tuple[Any, ...], ends: tuple[tuple[str, datetime], ...], gap: float
) -> Log:
    with connect(project.database) as db:
        reviews = review_store.load_reviews(db)
    undos = reviews.loc[reviews["action"] == Action.UNDO, "id"]
    reviews["brings_back"] = reviews["undoes"].isin(undos)
    reviews["session"] = session_of_each(reviews, ends, gap_minutes=gap)
    return Log(reviews, sessions(reviews, ends, gap_minutes=gap))


def local(at: datetime) -> datetime:
    """A stored time (UTC, without zone) on this machine's clock."""
    return at.replace(tzinfo=UTC).astimezone().replace(tzinfo=None)


def now() -> datetime:
    """UTC, without zone, as reviews are stored."""
    return datetime.now(UTC).replace(tzinfo=None)


def session_list(project: Project) -> list[Session]:
    """Every session, newest first."""
    found = log(project)
    tallies = _tallies(found, scores(project.whole))
    rows = found.sessions.to_dict("records")
    return [_session(row, tallies[row["session"]]) for row in reversed(rows)]


@kept_beside(most=1)
def _tallies(found: Log, known: Scores) -> dict[str, Tally]:
    """What came of each session; what changes with time alone is told by `_session`."""
    grouped = found.reviews.groupby("session", sort=False)
    return {str(session): _tally(rows, _labels(known)) for session, rows in grouped}


@kept_beside(most=1)
def _labels(known: Scores) -> dict[str, Any]:
    """The label each picture came with, by content hash."""
    frames = known.frames.drop_duplicates("content_hash")
    return dict(frames.set_index("content_hash")["label"].dropna())


def current(project: Project) -> Session | None:
    """The session this project's reviewer is in; None while there is none."""
    found = log(project)
    mine = found.sessions[found.sessions["reviewer"] == choices_of(project).reviewer]
    if mine.empty:
        return None
    row = mine.iloc[-1].to_dict()
    of_it = found.reviews[found.reviews["session"] == row["session"]]
    newest = _session(row, _tally(of_it, _labels(scores(project.whole))))
    return None if newest.is_over else newest


def current_line(project: Project) -> str | None:
    """The session this project's reviewer is in, in one short line; None while there is none."""
    going = current(project)
    return going_line(going.start, going.tally) if going else None


def session(project: Project, session_id: str) -> Session:
    """
    One session, by its id or how that begins, or "last".

    Raises:
        ReviewError: there is none, or several begin so.
    """
    known = session_list(project)
    if session_id == "last":
        found = known[:1]
    else:
        found = [one for one in known if session_id and one.id.startswith(session_id)]
    if len(found) != 1:
        what = "Several sessions begin" if found else "There is no session that begins"
        raise ReviewError(f"{what} with '{session_id}'. They are listed by: fieldcheck sessions")
    return found[0]


def end_session(project: Project) -> Session:
    """
    End this reviewer's session; what comes later belongs to another one.

    Raises:
        ReviewError: there is none to end.
    """
    going = current(project)
    if going is None:
        raise ReviewError(
            f"{choices_of(project).reviewer} is in no session now. One begins by itself with the "
            "first decision."
        )
    table = log(project).sessions
    last: datetime = table.loc[table["session"] == going.id, "last"].dt.to_pydatetime().iloc[0]
    with connect(project.database) as db:
        session_store.end_session(
            db, end_id=str(uuid.uuid4()), reviewer=going.reviewer,
            at=max(now(), last).replace(tzinfo=UTC),
        )  # fmt: skip
    return session(project, going.id)


def closing(project: Project, found: Session) -> list[str]:
    """The closing summary of a session, a sentence each; as things stood at its end."""
    reviews = log(project).reviews
    rows = reviews[reviews["session"] == found.id]
    # At its end: later decisions have no part in it.
    before = _decided(reviews[reviews["at"] < rows["at"].iloc[0]])
    after = _decided(reviews[reviews["at"] <= rows["at"].iloc[-1]])
    frames = scores(project.whole).of(Folder.FIELD)
    frames = frames[frames["answer"].notna()].drop_duplicates("content_hash")
    frames = frames.set_index("content_hash")
    # By lot among what was undecided when it began, whoever decided it meanwhile: to leave out
    # what others decided would leave out the suspicious frames if they looked at those.
    undecided = frames.index.difference(before.index)
    part = audit_part(undecided, {str(k): str(v) for k, v in after["action"].items()})
    met = frames.loc[list(part.clear)]
    is_right = after["value"].reindex(met.index) == met["answer"]
    random = accuracy(is_right.to_numpy(dtype=bool), met["clip"].to_numpy())
    left = len(frames.index.difference(after.index))
    return closing_lines(found.tally, Closing(random, left, len(frames)))


def closing_with_accuracy(project: Project, found: Session) -> list[str]:
    """`closing`, and how often the model is right on all frames as far as is known today."""
    said = honest_accuracy.statement(project)
    return [*closing(project, found), f"{said.headline} {said.next_step}"]


def ended_json(project: Project) -> dict[str, Any]:
    """
    End this reviewer's session; its title and closing summary.

    Raises:
        ReviewError: there is none to end.
    """
    found = end_session(project)
    return {"title": found.title, "lines": closing_with_accuracy(project, found)}


def session_table(project: Project, found: Session) -> pd.DataFrame:
    """A session's reviews as they go out, oldest first, with the pictures' paths."""
    reviews = log(project).reviews
    rows = reviews[reviews["session"] == found.id]
    frames = scores(project.whole).frames.drop_duplicates("content_hash")
    frames = frames[["content_hash", "folder", "path", "label", "answer"]]
    table = rows.merge(frames.rename(columns={"label": "label_before"}), "left", "content_hash")
    table["at"] = table["at"].dt.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return table[list(EXPORTED)]


def session_bytes(
    project: Project, found: Session, *, format_name: str = "csv"
) -> tuple[str, bytes]:
    """
    A file name and its content: one session alone.

    Raises:
        FieldcheckError: there is no such format.
    """
    return export.export_bytes(_export(project, found), format_name=format_name)


def write_session(project: Project, found: Session, *, format_name: str, out: Path | None) -> Path:
    """
    Write a session to `out`, or into the project's exports folder.

    Raises:
        DiskError: it cannot be written there.
    """
    whole = _export(project, found)
    return export.write_export(project, whole, format_name=format_name, out=out)


def _export(project: Project, found: Session) -> export.Export:
    name = f"session-{found.start:%Y-%m-%d-%H%M}-{found.id[:8]}"
    return export.Export(name, session_table(project, found), found.line)


def session_json(project: Project, found: Session) -> dict[str, Any]:
    """What `fieldcheck sessions show --json` prints."""
    return {**_plain(found), "closing": closing_with_accuracy(project, found)}


def sessions_json(project: Project) -> list[dict[str, Any]]:
    """What `fieldcheck sessions list --json` prints, newest first."""
    return [_plain(found) for found in session_list(project)]


def session_lines(rows: list[dict[str, Any]]) -> list[str]:
    """The sessions in words."""
    return [f"{row['id'][:8]}  {row['title']}: {row['line']}" for row in rows] or [
        "No session yet. One begins by itself with the first decision."
    ]


def _plain(found: Session) -> dict[str, Any]:
    row = asdict(found)
    return {**row, "start": found.start.isoformat(), "end": found.end.isoformat()}


def _session(row: dict[Any, Any], tally: Tally) -> Session:
    is_over = row["over_at"].to_pydatetime() <= now()
    ended_by = ("person" if row["is_ended"] else "pause") if is_over else None
    end = row["over_at"] if is_over and row["is_ended"] else row["last"]
    start, end = local(row["start"].to_pydatetime()), local(end.to_pydatetime())
    goes_on = "" if is_over else ", goes on"
    return Session(
        row["session"], row["reviewer"], start, end, is_over, ended_by, tally,
        f"{row['reviewer']}, {span(start, end)}{goes_on}", tally_line(tally),
    )  # fmt: skip


def _tally(rows: pd.DataFrame, labels: dict[str, Any]) -> Tally:
    made = rows[rows["action"].isin(DECISIONS)]
    standing = made[~made["is_undone"]].drop_duplicates("content_hash", keep="last")
    has_class = standing["action"].isin([Action.LABEL, Action.AGREE])
    before = standing["content_hash"].map(labels).astype("str")
    actions = standing["action"].value_counts()
    marks = rows[~rows["is_undone"]]
    hard = marks[marks["action"] == Action.HARD_CASE].drop_duplicates("content_hash", keep="last")
    undos = rows[(rows["action"] == Action.UNDO) & ~rows["is_undone"] & ~rows["brings_back"]]
    return Tally(
        frames=len(standing),
        kept=int((has_class & (before == standing["value"])).sum()),
        changed=int((has_class & before.notna() & (before != standing["value"])).sum()),
        given=int((has_class & before.isna()).sum()),
        unsure=int(actions.get(Action.UNSURE, 0)),
        skipped=int(actions.get(Action.SKIP, 0)),
        hard_cases=int((hard["value"] == "on").sum()),
        notes=int(marks["action"].isin([Action.TAG, Action.NOTE]).sum()),
        taken_back=len(undos),
        seconds=_seconds_between(made["at"].to_numpy()),
    )


def _seconds_between(at: Any) -> float | None:
    """The middle of the times between decisions; many decided by one act have none between."""
    between = np.diff(at) / np.timedelta64(1, "s")
    between = between[between >= LEAST_SECONDS]
    return float(np.median(between)) if len(between) else None


def _decided(reviews: pd.DataFrame) -> pd.DataFrame:
    """The last standing decision of each picture, by content hash, were these all the reviews."""
    gone = taken_back(
        zip(reviews["id"], reviews["undoes"].where(reviews["undoes"].notna(), None), strict=True)
    )
    made = reviews[reviews["action"].isin(DECISIONS) & ~reviews["id"].isin(gone)]
    return made.drop_duplicates("content_hash", keep="last").set_index("content_hash")
