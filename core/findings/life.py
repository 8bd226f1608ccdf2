"""
A frame's life, told from its reviews: new, reviewed, reopened, settled.

new        nobody has ever decided it
reviewed   a decision stands that nobody has confirmed and that is not old enough to be left alone;
           a frame that was skipped, or is unclear, stays here: nobody has said what it is
reopened   its decision was taken back and none stands, or two people (or two laptops) say
           different things and nobody has decided between them
settled    a class was decided, nobody contradicts it, and it was confirmed by a second decision
           for the same class, or left standing until the session it was made in was over
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from core.records import DECISIONS, Action
from core.tables import taken_back

Row = dict[str, Any]
"""id, action, value, reviewer, at (UTC), undoes; the reviews of one frame, oldest first."""


class Life(StrEnum):
    """How far a frame has come."""

    NEW = "new"
    REVIEWED = "reviewed"
    REOPENED = "reopened"
    SETTLED = "settled"


@dataclass(frozen=True, slots=True)
class Step:
    """One moment in a frame's life: a review, or a session's end that settles it."""

    review: str | None  # None: the session was over
    at: datetime
    label_before: str | None  # the class decided on until then; None: none
    label_after: str | None
    life_before: Life
    life_after: Life


def life_of(rows: Sequence[Row], *, is_over: Callable[[str], bool], in_conflict: bool) -> Life:
    """
    Where a frame stands.

    Args:
        rows: its reviews.
        is_over: whether the session of a review, by id, is over.
        in_conflict: two laptops decided it differently and nobody has decided since.
    """
    decided = [row for row in rows if row["action"] in DECISIONS]
    if not decided:
        return Life.NEW
    gone = taken_back((row["id"], row["undoes"]) for row in rows)
    standing = [row for row in decided if row["id"] not in gone]
    if not standing:
        return Life.REOPENED
    alike = _alike_at_the_end(standing)
    if in_conflict or (alike == 1 and _is_disputed(standing)):
        return Life.REOPENED
    if label_of(standing[-1]) is None:
        return Life.REVIEWED
    return Life.SETTLED if alike > 1 or is_over(standing[-1]["id"]) else Life.REVIEWED


def steps_of(
    rows: Sequence[Row], *, over_at: Mapping[str, datetime], now: datetime, in_conflict: bool
) -> list[Step]:
    """
    The life of a frame, oldest first, as it looked at each moment.

    Args:
        rows: its reviews.
        over_at: when the session of each review, by id, was over or will be.
        now: UTC.
        in_conflict: as `life_of`, for the last step.
    """
    steps: list[Step] = []
    for end in range(1, len(rows) + 1):
        seen, at = rows[:end], rows[end - 1]["at"]
        if settling := _settles_between(rows[: end - 1], steps, over_at, until=at):
            steps.append(settling)
        is_last = end == len(rows)
        steps.append(_step(seen, steps, over_at, at, in_conflict=in_conflict and is_last))
    if not in_conflict and (settling := _settles_between(rows, steps, over_at, until=now)):
        steps.append(settling)
    return steps


def label_of(row: Row) -> str | None:
    """The class a decision names; None for skipped or unsure."""
    return row["value"] if row["action"] in (Action.LABEL, Action.AGREE) else None


def standing_label(rows: Sequence[Row]) -> str | None:
    """The class that stands after these reviews of one frame; None if none does."""
    gone = taken_back((row["id"], row["undoes"]) for row in rows)
    standing = [row for row in rows if row["action"] in DECISIONS and row["id"] not in gone]
    return label_of(standing[-1]) if standing else None


def _step(
    seen: Sequence[Row],
    steps: list[Step],
    over_at: Mapping[str, datetime],
    at: datetime,
    *,
    in_conflict: bool,
) -> Step:
    life = life_of(seen, is_over=lambda one: over_at[one] <= at, in_conflict=in_conflict)
    label, before = standing_label(seen), steps[-1] if steps else None
    return Step(
        seen[-1]["id"], at, before.label_after if before else None, label,
        before.life_after if before else Life.NEW, life,
    )  # fmt: skip


def _settles_between(
    rows: Sequence[Row], steps: list[Step], over_at: Mapping[str, datetime], *, until: datetime
) -> Step | None:
    """The end of a session that settled the frame before `until`, if one did."""
    if not steps or steps[-1].life_after is not Life.REVIEWED or steps[-1].label_after is None:
        return None
    gone = taken_back((row["id"], row["undoes"]) for row in rows)
    last = [row for row in rows if row["action"] in DECISIONS and row["id"] not in gone][-1]
    at, label = over_at[last["id"]], steps[-1].label_after
    return Step(None, at, label, label, Life.REVIEWED, Life.SETTLED) if at <= until else None


def _meaning(row: Row) -> tuple[str, str | None]:
    label = label_of(row)
    return ("label", label) if label is not None else (row["action"], None)


def _alike_at_the_end(standing: Sequence[Row]) -> int:
    """How many of the last decisions, without a break, say the same."""
    meanings = [_meaning(row) for row in standing]
    return next(
        (n for n, said in enumerate(reversed(meanings)) if said != meanings[-1]), len(meanings)
    )


def _is_disputed(standing: Sequence[Row]) -> bool:
    """Somebody else's last word on what it shows differs from the newest; skipping says nothing."""
    newest = standing[-1]
    if newest["action"] == Action.SKIP:
        return False
    others = {row["reviewer"]: row for row in standing if row["action"] != Action.SKIP}
    others.pop(newest["reviewer"], None)
    return any(_meaning(row) != _meaning(newest) for row in others.values())
