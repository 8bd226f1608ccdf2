"""The label that stands for a picture now: what a person decided, else as the data came."""

from __future__ import annotations

from typing import Any

import pandas as pd

from core.project import Project
from core.workflows.scores import reviewed


def labels_now(project: Project) -> dict[str, str]:
    """The class decided on, by content hash; only pictures for which one stands."""
    standing = reviewed(project.whole)
    decided = standing[standing["label"].notna()]
    return dict(zip(decided["content_hash"], decided["label"], strict=True))


def label_now(frames: pd.DataFrame, decided: dict[str, str]) -> pd.Series[Any]:
    """
    The label of each frame as it stands, on the table's index; missing where there is none.

    Args:
        frames: content_hash and label.
        decided: as `labels_now` gives it.
    """
    given = frames["label"].astype(object).where(frames["label"].notna(), None)
    return (
        frames["content_hash"]
        .map(decided)
        .astype(object)
        .where(frames["content_hash"].isin(decided), given)
    )
