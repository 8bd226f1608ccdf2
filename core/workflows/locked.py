"""Which frames hold-outs lock: their pictures, the clips these were in, and near-copies of both."""

from __future__ import annotations

import numpy as np
import pandas as pd

from core.frames.near_copies import is_near_copy
from core.project import Project
from core.store import reserved as reserved_store
from core.store.database import connect


def locked_hashes(
    project: Project, frames: pd.DataFrame, *, name: str | None = None
) -> frozenset[str]:
    """
    Content hashes that hold-outs lock; see `reserved.reserved_hashes`.

    Args:
        frames: all of the project's, with content_hash, clip and picture_hash.
        name: of one hold-out; all of them without it.
    """
    with connect(project.database) as db:
        stored = reserved_store.load_reserved(db)
    if name is not None:
        stored = stored[stored["holdout"] == name]
    if stored.empty:
        return frozenset()
    roots = stored[stored["kind"] != "damaged"]
    of_clips = _whole_clips(frames, frames["content_hash"].isin(roots["content_hash"]).to_numpy())
    looks = [*roots["picture_hash"].dropna(), *frames.loc[of_clips, "picture_hash"]]
    near = is_near_copy(list(frames["picture_hash"]), looks)
    locked = _whole_clips(frames, of_clips | near)
    return frozenset(stored["content_hash"]) | frozenset(frames.loc[locked, "content_hash"])


def without_locked(frames: pd.DataFrame, locked: frozenset[str]) -> pd.DataFrame:
    """The frames that may be learnt from: those whose content hash is not among the locked."""
    return frames[~frames["content_hash"].isin(locked)]


def _whole_clips(frames: pd.DataFrame, some: np.ndarray) -> np.ndarray:
    return frames["clip"].isin(frames.loc[some, "clip"]).to_numpy(dtype=bool)
