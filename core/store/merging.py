"""Another database's reviews into this one: the union by id, and where the two disagree."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from core.errors import ProjectError, ReviewError
from core.records import DECISIONS, Action
from core.store import frozen
from core.store.database import begin
from core.store.migrations import unknown_to_us
from core.store.reviews import COLUMNS, as_text, is_taken_back
from core.store.saved_queues import merge_queues, queues_of
from core.store.sessions import add_ends, ends_of
from core.tables import taken_back

Row = dict[str, Any]
Queues = tuple[Sequence[Row], Sequence[Row]]
"""Saved queues and the frames they hold."""
Pair = tuple[str, ...]
"""(content hash, earlier id, later id) of two decisions that disagree."""


@dataclass(frozen=True, slots=True)
class Merge:
    """What a merge brought."""

    found: int  # reviews in the other database
    new: int
    unknown_pictures: int  # of the new ones: pictures this project does not have (yet)
    left_out: tuple[str, ...]  # why, one line a review
    conflicts: tuple[str, ...]  # content hashes the two sides decided differently, sorted
    new_queues: int = 0  # saved queues this database did not know
    frozen: int = 0  # sets of hard cases this project did not have


@dataclass(frozen=True, slots=True)
class Other:
    """What another database holds that a merge brings over."""

    reviews: list[Row]  # oldest first
    ends: Sequence[Row]  # of review sessions
    queues: Queues
    sets: Sequence[Row]  # frozen sets of hard cases
    conflicts: Sequence[Pair] = ()  # what merges before found decided differently


def reviews_in(path: Path) -> list[Row]:
    """Every review in another database, oldest first; see `everything_in`."""
    return everything_in(path).reviews


def everything_in(path: Path) -> Other:
    """
    What a merge takes from another database, which is not touched: a copy is read.

    Raises:
        ProjectError: it is missing, no Fieldcheck database, or of a newer Fieldcheck.
    """
    if not path.is_file():
        raise ProjectError(f"There is no file {path}. Name the other laptop's fieldcheck.db.")
    with tempfile.TemporaryDirectory(prefix="fieldcheck-") as folder:
        copy = Path(folder) / "other.db"
        shutil.copyfile(path, copy)
        log = path.with_name(path.name + "-wal")
        if log.is_file():
            shutil.copyfile(log, copy.with_name("other.db-wal"))
        try:
            with closing(sqlite3.connect(copy)) as other:
                _check(other, path)
                return Other(
                    _rows(other), ends_of(other), queues_of(other), frozen.rows_in(other),
                    _pairs_of(other),
                )  # fmt: skip
        except sqlite3.Error as error:
            raise ProjectError(
                f"{path} is not a Fieldcheck database or is damaged ({error}). Nothing was merged."
            ) from error


def _check(other: sqlite3.Connection, path: Path) -> None:
    if unknown_to_us(other):
        raise ProjectError(
            f"{path} was written by a newer Fieldcheck. Nothing was merged. Bring this Fieldcheck "
            "up to date, then merge again."
        )
    said = other.execute("PRAGMA integrity_check").fetchone()[0]
    if said != "ok":
        raise sqlite3.DatabaseError(said)


def _rows(other: sqlite3.Connection) -> list[Row]:
    there = {row[1] for row in other.execute("PRAGMA table_info(reviews)")}
    known = [name for name in COLUMNS if name in there]  # an older database lacks the newest
    rows = other.execute(f"SELECT {', '.join(known)} FROM reviews ORDER BY at, id")
    missing = dict.fromkeys(COLUMNS)
    return [missing | dict(zip(known, row, strict=True)) for row in rows]


def _pairs_of(other: sqlite3.Connection) -> list[Pair]:
    """The conflicts another database knows of; none where it is older than they are."""
    has_any = other.execute("SELECT 1 FROM sqlite_master WHERE name = 'conflicts'").fetchone()
    rows = "SELECT content_hash, earlier, later FROM conflicts ORDER BY 1, 2, 3"
    return other.execute(rows).fetchall() if has_any else []


def merge(
    db: Database,
    others: list[Row],
    *,
    ends: Sequence[Row] = (),
    queues: Queues = ((), ()),
    sets: Sequence[Row] = (),
    conflicts: Sequence[Pair] = (),
) -> Merge:
    """
    Add the reviews this database lacks, all or none, and note where the two sides disagree.

    A review is known by its id. It keeps its time and reviewer; if its window's number is taken
    by another review (one window wrote to two copies of a project), only the window's name
    changes. A picture is a conflict if what each side alone decided last differs; the later
    decision stands until a person decides again. What the other one found so in merges of its
    own is a conflict here too: its own side holds both decisions by now. Saved queues and
    frozen sets (`everything_in` reads them) are known by their ids too; no set is changed.
    """
    begin(db)
    try:
        found = _merged(db, others)
        add_ends(db, ends)
        brought = _bring_conflicts(db, conflicts)
        new_sets, left_out = frozen.add(db, sets)
        found = replace(
            found,
            conflicts=tuple(sorted({*found.conflicts, *brought})),
            new_queues=merge_queues(db, *queues),
            frozen=new_sets,
            left_out=(*found.left_out, *left_out),
        )
        db.execute("COMMIT")
    except BaseException:
        db.rollback()
        raise
    return found


def _merged(db: Database, others: list[Row]) -> Merge:
    mine = {row["id"]: row for row in db.query(f"SELECT {', '.join(COLUMNS)} FROM reviews")}
    left_out: list[str] = []
    new: list[Row] = []
    for given in others:
        try:
            row = _checked(given, mine.get(given["id"]))
        except ReviewError as error:
            left_out.append(str(error))
            continue
        if row["id"] not in mine:
            new.append(row)
    for row in new:
        _insert(db, row)
    theirs = {row["id"] for row in others}
    pairs = _conflicts([*mine.values(), *new], mine.keys() - theirs, {row["id"] for row in new})
    for pair in pairs:
        db.execute("INSERT OR IGNORE INTO conflicts VALUES (?, ?, ?)", list(pair))
    known = {row["content_hash"] for row in db.query("SELECT content_hash FROM frames")}
    unknown = {row["content_hash"] for row in new} - known
    conflicts = tuple(sorted(digest for digest, _, _ in pairs))
    return Merge(len(others), len(new), len(unknown), tuple(left_out), conflicts)


def _checked(given: Row, mine: Row | None) -> Row:
    """The row as this table holds it."""
    try:
        Action(given["action"])
        row = {**given, "at": as_text(datetime.fromisoformat(given["at"]))}
    except ValueError as error:
        raise ReviewError(f"Review {given['id']} cannot be read ({error}).") from error
    said = ("content_hash", "action", "value", "reviewer", "undoes")
    if mine and any(mine[name] != row[name] for name in said):
        raise ReviewError(f"Review {given['id']} says something else here; this one was kept.")
    return row


def _insert(db: Database, row: Row) -> None:
    window = [row["client"], row["sequence"]]
    if next(db.query("SELECT 1 FROM reviews WHERE client = ? AND sequence = ?", window), None):
        row = {**row, "client": f"{row['client']} {row['id']}"}
    db.execute(
        f"INSERT INTO reviews ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})",
        [row[name] for name in COLUMNS],
    )


def _conflicts(rows: list[Row], only_mine: set[str], only_theirs: set[str]) -> list[Pair]:
    """(content hash, earlier id, later id) where each side's own last standing decision differs."""
    undone = taken_back((row["id"], row["undoes"]) for row in rows)
    last: tuple[dict[str, Row], dict[str, Row]] = ({}, {})
    for row in sorted(rows, key=lambda row: (row["at"], row["id"])):
        if row["action"] in DECISIONS and row["id"] not in undone:
            if row["id"] in only_mine:
                last[0][row["content_hash"]] = row
            elif row["id"] in only_theirs:
                last[1][row["content_hash"]] = row
    pairs: list[Pair] = []
    for digest in sorted(last[0].keys() & last[1].keys()):
        one, other = sorted((side[digest] for side in last), key=lambda r: (r["at"], r["id"]))
        if _meaning(one) != _meaning(other):
            pairs.append((digest, one["id"], other["id"]))
    return pairs


def _bring_conflicts(db: Database, pairs: Sequence[Pair]) -> set[str]:
    """Keep the conflicts not known here, of decisions that are; content hashes of open ones."""
    new = set()
    for digest, earlier, later in pairs:
        done = db.execute(
            "INSERT OR IGNORE INTO conflicts SELECT ?1, ?2, ?3 WHERE 2 = "
            "(SELECT count(*) FROM reviews WHERE content_hash = ?1 AND id IN (?2, ?3))",
            [digest, earlier, later],
        )
        if done.rowcount:
            new.add(digest)
    return new & {row["content_hash"] for row in open_conflicts(db)} if new else new


def _meaning(row: Row) -> tuple[str, str | None]:
    """Labelling with a class and agreeing with it come to the same."""
    if row["action"] in (Action.LABEL, Action.AGREE):
        return "label", row["value"]
    return row["action"], None


def open_conflicts(db: Database) -> list[Row]:
    """
    Pictures whose standing decision is still one of two that disagree, by content hash.

    Keys: content_hash, earlier_reviewer, earlier_action, earlier_value, and the same of later.
    """
    sides = ", ".join(
        f"{side}.{name} AS {side}_{name}"
        for side in ("earlier", "later")
        for name in ("reviewer", "action", "value")
    )
    decisions = ", ".join(f"'{action}'" for action in sorted(DECISIONS))
    standing = {alias: f"NOT {is_taken_back(alias)}" for alias in ("earlier", "later", "n")}
    return list(
        db.query(f"""
            SELECT c.content_hash, {sides} FROM conflicts AS c
            JOIN reviews AS earlier ON earlier.id = c.earlier
            JOIN reviews AS later ON later.id = c.later
            WHERE {standing["earlier"]} AND {standing["later"]}
              AND NOT EXISTS (
                SELECT 1 FROM reviews AS n
                WHERE n.content_hash = c.content_hash AND n.action IN ({decisions})
                  AND (n.at, n.id) > (later.at, later.id) AND {standing["n"]}
              )
            GROUP BY c.content_hash ORDER BY c.content_hash""")
    )
