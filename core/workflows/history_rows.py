"""Reviews as the history reads them: plain rows, and which of them one act appended."""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache
from typing import Any

import pandas as pd

from core.project import Project
from core.records import Action
from core.workflows.scores import scores
from core.workflows.sessions import Log, local

ONE_ACT = timedelta(milliseconds=5)  # reviews of one window nearer than this were one act


def plain_rows(reviews: pd.DataFrame) -> list[dict[str, Any]]:
    """Reviews as plain rows: None instead of nan, plain times."""
    columns = reviews[["id", "client", "content_hash", "action", "value", "reviewer", "undoes"]]
    plain = columns.astype(object).where(columns.notna(), None)
    times = reviews["at"].dt.to_pydatetime()
    return [
        {**{str(k): v for k, v in row.items()}, "at": at}
        for row, at in zip(plain.to_dict("records"), times, strict=True)
    ]


def pictures(project: Project) -> pd.DataFrame:
    """Path and label of every picture, by content hash; of a narrowed project its slice's."""
    frames = scores(project).frames.drop_duplicates("content_hash").set_index("content_hash")
    return frames[["path", "label"]]


@lru_cache(maxsize=2)
def with_acts(found: Log) -> pd.DataFrame:
    """
    The reviews with what a page is narrowed and gathered by.

    Adds `day` (the reader's), `said` (the class named, or taken back), `act` (the id of the first
    review one act appended) and `together` (how many it did).
    """
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
