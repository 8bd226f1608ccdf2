"""Each picture's life: new, reviewed, reopened, settled; step by step and counted."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import pandas as pd

from core.findings import history_words as words
from core.findings.life import Life, Step, life_of, steps_of
from core.project import Project
from core.records import Folder
from core.workflows.history_rows import pictures, plain_rows
from core.workflows.merging import conflicts
from core.workflows.scores import scores
from core.workflows.sessions import Log, local, log, now


@dataclass(frozen=True)
class Told:
    """A frame's life in sentences, oldest first, and where it stands."""

    life: Life
    sentences: list[str]


def life(project: Project, content_hash: str) -> Told:
    """A frame's life, step by step."""
    found, frames = log(project), pictures(project)
    rows = plain_rows(found.reviews[found.reviews["content_hash"] == content_hash])
    steps = steps_in(project, found, content_hash, rows)
    by_id = {row["id"]: row for row in rows}
    lines = []
    for step in steps:
        row = by_id.get(step.review or "")
        sentence = sentence_of(row, by_id, step, frames) if row else ""
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


def sentence_of(
    row: dict[str, Any], by_id: dict[str, Any], step: Step, frames: pd.DataFrame
) -> str:
    """What one review did in its picture's life: "changed hammer to wrench"."""
    came = frames["label"].get(row["content_hash"])
    came = came if isinstance(came, str) else None
    return words.act_sentence(
        row, by_id.get(row["undoes"] or ""),
        before=step.label_before or came, after=step.label_after or came,
    )  # fmt: skip


def steps_in(project: Project, found: Log, digest: str, rows: list[dict[str, Any]]) -> list[Step]:
    """The life of one picture from its own reviews, oldest first."""
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
    for row in plain_rows(found.reviews):
        by_frame.setdefault(row["content_hash"], []).append(row)
    return {
        digest: life_of(
            rows, is_over=lambda one: over[one] <= at, in_conflict=digest in in_conflict
        )
        for digest, rows in by_frame.items()
    }
