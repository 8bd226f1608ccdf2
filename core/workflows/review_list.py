"""Every review as rows and lines, and how many pictures were looked at."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from core.project import Project
from core.records import DECISIONS, Folder
from core.store import reviews as review_store
from core.store.database import connect
from core.workflows.scores import reviewed, scores


def reviews_list(project: Project) -> list[dict[str, Any]]:
    """What `fieldcheck reviews list --json` prints: every review, oldest first, undone marked."""
    with connect(project.database) as db:
        table = review_store.load_reviews(db)
    table["at"] = table["at"].dt.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    paths = dict(
        scores(project).frames.groupby("content_hash")[["folder", "path"]].first().iterrows()
    )
    rows: list[dict[str, Any]] = []
    for row in table.to_dict("records"):
        place = paths.get(row["content_hash"])
        rows.append(
            {
                **{str(k): _plain(v) for k, v in row.items()},
                "folder": None if place is None else place["folder"],
                "path": None if place is None else place["path"],
            }
        )
    return rows


def review_lines(rows: list[dict[str, Any]]) -> list[str]:
    """The reviews in words."""
    return [
        f"{row['at'][:16]}  {row['reviewer']}  {row['action']}"
        f"{' ' + row['value'] if row['value'] else ''}  {row['path'] or row['content_hash']}"
        f"{'  (taken back)' if row['is_undone'] else ''}"
        for row in rows
    ] or ["No reviews yet."]


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic):
        value = value.item()
    return None if not isinstance(value, (str, bool, list)) and pd.isna(value) else value


def progress(project: Project) -> dict[str, int]:
    """How many field pictures were looked at, relabelled and tagged as hard cases."""
    standing = reviewed(project)
    frames = scores(project).of(Folder.FIELD).drop_duplicates("content_hash")
    merged = frames[["content_hash", "label"]].merge(
        standing.rename(columns={"label": "label_now"})[
            ["content_hash", "decision", "label_now", "hard_case"]
        ],
        on="content_hash",
        how="inner",
    )
    is_decided = merged["decision"].isin([str(a) for a in DECISIONS])
    is_relabelled = merged["label_now"].notna() & (merged["label_now"] != merged["label"])
    return {
        "decided": int(is_decided.sum()),
        "relabelled": int(is_relabelled.sum()),
        "hard_cases": int(merged["hard_case"].astype(bool).sum()),
        "of": len(frames),
    }
