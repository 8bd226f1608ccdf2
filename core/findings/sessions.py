"""
Review sessions, told from when reviews were made: one person at work without a long pause.

A session begins with its first review and is called by that review's id, the same on every laptop.
It goes on after a restart, as nothing but time separates sessions; it ends after a pause, or when
its reviewer says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np
import pandas as pd

SESSIONS: dict[str, str] = {
    "session": "str",  # the id of its first review
    "reviewer": "str",
    "start": "datetime64[us]",  # UTC, as all times here
    "last": "datetime64[us]",  # its last review
    "over_at": "datetime64[us]",  # when a person ended it, or the pause was long enough
    "is_ended": "bool",  # by a person
    "reviews": "int64",
}
"""Columns of a table of sessions, oldest first."""


def session_of_each(
    reviews: pd.DataFrame, ends: Sequence[tuple[str, datetime]], *, gap_minutes: float
) -> pd.Series[str]:
    """
    The session of every review, on the index of `reviews`.

    Args:
        reviews: columns id, reviewer, at; oldest first.
        ends: (reviewer, time) at which a person ended a session.
        gap_minutes: a pause longer than this begins another one.
    """
    names = pd.Series("", index=reviews.index, dtype="str")
    for reviewer, rows in reviews.groupby("reviewer", sort=False):
        at = rows["at"].to_numpy()
        begins = np.ones(len(rows), dtype=bool)
        begins[1:] = np.diff(at) > np.timedelta64(timedelta(minutes=gap_minutes))
        ended = np.array([end for who, end in ends if who == reviewer], dtype="datetime64[us]")
        # Reviews of one stretch have the same number of ends before them.
        before = np.searchsorted(np.sort(ended), at, side="left")
        begins[1:] |= np.diff(before) > 0
        first = rows["id"].to_numpy(dtype=object)[begins]
        names.loc[rows.index] = first[np.cumsum(begins) - 1]
    return names


def sessions(
    reviews: pd.DataFrame, ends: Sequence[tuple[str, datetime]], *, gap_minutes: float
) -> pd.DataFrame:
    """
    Every session as SESSIONS, oldest first.

    Args:
        reviews: columns id, reviewer, at and session (see `session_of_each`); oldest first.
        ends, gap_minutes: as `session_of_each`.
    """
    grouped = reviews.groupby("session", sort=False)
    table = pd.DataFrame(
        {
            "reviewer": grouped["reviewer"].first(),
            "start": grouped["at"].first(),
            "last": grouped["at"].last(),
            "reviews": grouped.size(),
        }
    )
    pause = timedelta(minutes=gap_minutes)
    lasts = zip(table["reviewer"], table["last"].dt.to_pydatetime(), strict=True)
    over = [_over(reviewer, last, ends, pause) for reviewer, last in lasts]
    table["over_at"] = [at for at, _ in over]
    table["is_ended"] = [is_ended for _, is_ended in over]
    table = table.reset_index(names="session")
    return table[list(SESSIONS)].astype(SESSIONS).sort_values("start", ignore_index=True)


def _over(
    reviewer: str, last: datetime, ends: Sequence[tuple[str, datetime]], pause: timedelta
) -> tuple[datetime, bool]:
    ended = [end for who, end in ends if who == reviewer and last <= end <= last + pause]
    return (min(ended), True) if ended else (last + pause, False)
