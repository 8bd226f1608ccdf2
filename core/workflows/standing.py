"""What stands of the reviews, read again only when one was added: every page asks several times."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import pandas as pd

from core.project import Project
from core.store import reviews as review_store
from core.store.database import connect

Stamp = tuple[Any, ...]


def reviewed(project: Project) -> pd.DataFrame:
    """What stands for each reviewed picture (see store.reviews.current_reviews)."""
    # A shallow copy: with pandas' copy-on-write what a caller changes stays the caller's.
    return _reviewed(project.whole, _stamp(project)).copy(deep=False)


def decisions_of(project: Project) -> pd.DataFrame:
    """Standing decisions, oldest first (see store.reviews.standing_decisions)."""
    return _decisions(project.whole, _stamp(project)).copy(deep=False)


def _stamp(project: Project) -> Stamp:
    with connect(project.database) as db:
        return review_store.stamp(db)


@lru_cache(maxsize=2)
def _reviewed(project: Project, _stamp: Stamp) -> pd.DataFrame:
    with connect(project.database) as db:
        return review_store.current_reviews(db)


@lru_cache(maxsize=2)
def _decisions(project: Project, _stamp: Stamp) -> pd.DataFrame:
    with connect(project.database) as db:
        return review_store.standing_decisions(db)
