"""
What nothing may be fitted on: the frames behind hold-outs, their clips and near-copies.

Whoever fits anything to labelled frames (a temperature, a threshold, a model) passes the frames
through `without_reserved` and stands in FITTERS; tests hold both.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pandas as pd

from core.frames.near_copies import is_near_copy
from core.project import Project
from core.records import Folder
from core.store import reserved as reserved_store
from core.store.database import connect
from core.workflows.scores import Scores, scores

FITTERS: dict[str, str] = {
    "label_doubts": "label_doubts.prepare",
    "temperature": "temperature.correction",
    "thresholds": "thresholds.set_bars",
}
"""What is fitted: the verb that does it, as module.function. Each passes `without_reserved`."""


def without_reserved(project: Project, frames: pd.DataFrame) -> pd.DataFrame:
    """
    The frames that may be fitted on: those no hold-out locks.

    Args:
        frames: any table with a content_hash column.
    """
    return frames[~frames["content_hash"].isin(reserved_hashes(project))]


def reserved_hashes(project: Project) -> frozenset[str]:
    """
    Content hashes no hold-out leaves free.

    Locked are the originals and the whole clips they were in, near-copies of any of these in
    both folders with their whole clips, and the damaged pictures themselves. Worked out from the
    frames as they are now, so frames that come later are locked too.
    """
    return _locked(scores(project.whole), None)


def locked_by(project: Project, name: str) -> dict[Folder, int]:
    """How many pictures of each folder one hold-out locks."""
    found = scores(project)
    locked = _locked(found, name)
    return {
        folder: len(locked & set(found.of(folder)["content_hash"]))
        for folder in Folder
        if folder in found.choices.folders
    }


@lru_cache(maxsize=32)
def _locked(found: Scores, name: str | None) -> frozenset[str]:
    with connect(found.project.database) as db:
        stored = reserved_store.load_reserved(db)
    if name is not None:
        stored = stored[stored["holdout"] == name]
    if stored.empty:
        return frozenset()
    roots = stored[stored["kind"] != "damaged"]
    frames = found.frames
    of_clips = _whole_clips(frames, frames["content_hash"].isin(roots["content_hash"]).to_numpy())
    looks = [*roots["picture_hash"].dropna(), *frames.loc[of_clips, "picture_hash"]]
    near = is_near_copy(list(frames["picture_hash"]), looks)
    locked = _whole_clips(frames, of_clips | near)
    return frozenset(stored["content_hash"]) | frozenset(frames.loc[locked, "content_hash"])


def _whole_clips(frames: pd.DataFrame, some: np.ndarray) -> np.ndarray:
    return frames["clip"].isin(frames.loc[some, "clip"]).to_numpy(dtype=bool)
