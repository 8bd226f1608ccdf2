"""A project's pictures made ready to be compared: once per state of its frames and answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.errors import NothingYetError
from core.frames.clips import BLANK_HASHES
from core.metrics.near_index import (
    LEARNT_FROM,
    NearIndex,
    main_directions,
    packed,
    shadows,
    usual_likeness,
)
from core.metrics.unlike import unit_rows
from core.project import Project
from core.store import near_index as store
from core.store import predictions as prediction_store
from core.store.database import connect
from core.workflows.kept import kept_beside
from core.workflows.scores import Scores, scores

Progress = Callable[[int, int], None]
PARTS = ("whole", "length", "shadow", "directions")


@dataclass(frozen=True, eq=False)  # cached and compared by identity: one per state of the project
class Looks:
    """Every picture of a project, one row each, and where its embedding stands in the index."""

    found: Scores
    index: NearIndex
    frames: pd.DataFrame  # rows of Scores.frames, one a content hash, field before reference
    place: NDArray[np.intp]  # (n,) row in the index; -1 without an embedding
    frame_at: NDArray[np.intp]  # (rows of the index,) row in frames; -1 where the frame is gone
    hashes: NDArray[np.uint64]  # (n,) picture hashes
    is_blank: NDArray[np.bool_]  # (n,) the picture hash says nothing
    clips: NDArray[np.int64]  # (n,)
    usual: NDArray[np.float64]  # likeness of random pairs from different clips, ascending
    row_of: dict[str, int]  # content hash: row in frames
    folder: Path | None  # where the index lies


def looks_of(
    project: Project,
    *,
    on_progress: Progress = lambda done, total: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> Looks:
    """
    The whole project ready to be searched; made anew only when its frames or answers changed.

    Some seconds for 100,000 frames the first time; what was made is kept in the project's folder.

    Raises:
        NothingYetError: there are no frames, or it was stopped.
    """
    found = scores(project.whole)
    with _making:  # two tabs that open the page at once make it once
        known = _kept.get(id(found))
        if known is None or known.found is not found:
            known = _looks(found, on_progress, should_stop)
            while len(_kept) >= MOST_KEPT:
                del _kept[next(iter(_kept))]
            _kept[id(found)] = known
    return known


MOST_KEPT = 2
_making = Lock()
_kept: dict[int, Looks] = {}  # not an lru_cache, whose key would hold the callbacks too


def is_ready(project: Project) -> bool:
    """Whether nothing has to be made before a search."""
    found = scores(project.whole)
    return id(found) in _kept or bool(store.found(found.project.folder, _stamp(found)[1]))


def _looks(found: Scores, on_progress: Progress, should_stop: Callable[[], bool]) -> Looks:
    frames = found.frames.drop_duplicates("content_hash").reset_index(drop=True)
    if frames.empty:
        raise NothingYetError("There are no frames yet. Open some on the Overview page.")
    scored, stamp = _stamp(found)
    folder = store.found(found.project.folder, stamp)
    index = None if folder is None else _read(folder)
    if index is None:
        index = _made(found, scored, on_progress, should_stop)
        folder = store.keep(
            found.project.folder, stamp, {name: getattr(index, name) for name in PARTS}
        )
        index = (None if folder is None else _read(folder)) or index
    row_of = {digest: row for row, digest in enumerate(frames["content_hash"])}
    at = {digest: row for row, digest in enumerate(scored)}
    place = np.array([at.get(digest, -1) for digest in row_of], dtype=np.intp)
    frame_at = np.array([row_of.get(digest, -1) for digest in scored], dtype=np.intp)
    hashes = np.array([int(text, 16) for text in frames["picture_hash"]], dtype=np.uint64)
    return Looks(
        found, index, frames, place, frame_at, hashes,
        np.isin(hashes, np.array(sorted(BLANK_HASHES), dtype=np.uint64)),
        pd.factorize(frames["clip"])[0].astype(np.int64), _usual(index, frames, place), row_of,
        folder,
    )  # fmt: skip


def _usual(index: NearIndex, frames: pd.DataFrame, place: NDArray[np.intp]) -> NDArray[np.float64]:
    """How alike frames of different clips are: one of each, those of least content hash first."""
    known = frames.assign(place=place)[place >= 0].sort_values("content_hash")
    rows = known.drop_duplicates("clip")["place"].to_numpy(dtype=np.intp)[:LEARNT_FROM]
    return usual_likeness(unit_rows(index.whole[np.sort(rows)]))


@kept_beside(most=4)
def _stamp(found: Scores) -> tuple[tuple[str, ...], str]:
    """Content hashes with an embedding, sorted, and what the index of them is called."""
    model_id = found.choices.model_id or ""
    with connect(found.project.database) as db:
        scored = sorted(prediction_store.scored_hashes(db, model_id))
        return tuple(scored), store.embedding_stamp(db, model_id, scored)


def _read(folder: Path) -> NearIndex | None:
    parts = [store.read_array(folder, name, in_place=name == "whole") for name in PARTS]
    return None if any(part is None for part in parts) else NearIndex(*parts)  # type: ignore[arg-type]


def _made(
    found: Scores, scored: tuple[str, ...], on_progress: Progress, should_stop: Callable[[], bool]
) -> NearIndex:
    model_id = found.choices.model_id or ""
    at = {digest: row for row, digest in enumerate(scored)}
    with connect(found.project.database) as db:
        sample = _sample(db, model_id, scored)
        directions = main_directions(sample)
        n, width = len(scored), sample.shape[1]
        whole = np.zeros((n, width), dtype=np.int16)
        length = np.zeros(n, dtype=np.float32)
        shadow = np.zeros((n, directions.shape[1] + 1), dtype=np.float32)
        done = 0
        for digests, vectors in store.stored_embeddings(db, model_id):
            if should_stop():
                raise NothingYetError("Stopped. Look again to make the pictures comparable.")
            rows = np.array([at.get(digest, -1) for digest in digests], dtype=np.intp)
            units = unit_rows(vectors)[rows >= 0]
            rows = rows[rows >= 0]  # one scored meanwhile waits for the next state
            whole[rows], length[rows] = packed(units)
            shadow[rows] = shadows(units, directions)
            done += len(digests)
            on_progress(min(done, n), n)
    return NearIndex(whole, length, shadow, directions)


def _sample(db: object, model_id: str, scored: tuple[str, ...]) -> NDArray[np.float32]:
    """Directions of evenly spread pictures; by content hash, so as good as drawn by lot."""
    if not scored:
        return np.zeros((0, 1), dtype=np.float32)
    count = min(LEARNT_FROM, len(scored))
    chosen = [scored[row] for row in np.linspace(0, len(scored) - 1, count).astype(np.intp)]
    step = prediction_store.MOST_NAMED
    parts = [
        prediction_store.load_vectors(db, model_id, "embedding", chosen[start : start + step])  # type: ignore[arg-type]
        for start in range(0, count, step)
    ]
    return unit_rows(np.concatenate(parts))
