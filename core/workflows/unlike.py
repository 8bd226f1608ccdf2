"""Which pictures look unlike the reference; measured once a picture and kept."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.findings.ood import Gauge, Strangeness, reference_gauge
from core.findings.pixel_rules import useless_by_pixels
from core.project import Project
from core.records import Folder
from core.settings import SETTINGS
from core.store import predictions as prediction_store
from core.store.database import connect
from core.workflows.choices import Choices
from core.workflows.locked import without_locked

Measures = tuple[float, float, float]  # spread, distance, score


@dataclass(frozen=True, slots=True)
class _Reference:
    """The reference as it stands; two are the same if their pictures, clips and model are."""

    project: Project
    model_id: str
    fingerprint: str
    hashes: tuple[str, ...] = field(compare=False, repr=False)
    clips: tuple[str, ...] = field(compare=False, repr=False)


def gauge_of(
    project: Project, choices: Choices, frames: pd.DataFrame, *, locked: frozenset[str]
) -> Gauge | None:
    """
    The reference as a measure of strangeness; None without answered reference pictures.

    Args:
        frames: the project's frames with folder, content_hash, clip and answer.
        locked: content hashes that hold-outs lock, of the whole project; never learnt from.
    """
    known = _kept(project, choices, frames, locked)
    return known[0] if known else None


def strangeness(
    project: Project, choices: Choices, frames: pd.DataFrame, *, locked: frozenset[str]
) -> pd.DataFrame:
    """
    One row per frame, same index: spread, distance, score (nan where unknown), is_unusual.

    Unusual is a score above the threshold, or what the pixel rules find useless. Unknown are
    frames without an answer, and all of them without a reference. A reference frame is measured
    without its own clip; those beyond the few thousand compared with stay unknown.

    Args:
        frames: as `gauge_of`, with the columns of tables.QUALITY; all frames of the project,
            because the reference is among them.
    """
    table = pd.DataFrame(
        {"spread": np.nan, "distance": np.nan, "score": np.nan, "is_unusual": False},
        index=frames.index,
    )
    # As with answers made live: a blank or black picture needs no reference to be told.
    table["is_unusual"] = useless_by_pixels(frames) & frames["answer"].notna()
    kept = _kept(project, choices, frames, locked)
    if kept is None:
        return table
    gauge, seen = kept
    # A locked reference picture was not learnt from: it is measured as a new one.
    is_new = (frames["folder"] == Folder.FIELD.value) | frames["content_hash"].isin(locked)
    is_new &= frames["answer"].notna()
    missing = [d for d in frames.loc[is_new, "content_hash"].unique() if d not in seen]
    if missing:
        measured = gauge.measure(*_vectors(project, choices.model_id or "", missing))
        seen |= zip(missing, _rows(measured), strict=True)
    is_known = (frames["answer"].notna() & frames["content_hash"].isin(seen.keys())).to_numpy()
    values = np.array([seen[d] for d in frames.loc[is_known, "content_hash"]], dtype=np.float64)
    table.loc[is_known, ["spread", "distance", "score"]] = values.reshape(-1, 3)
    table["is_unusual"] |= table["score"] > gauge.threshold
    return table


def unusual_frames(
    project: Project, choices: Choices, frames: pd.DataFrame, *, locked: frozenset[str]
) -> NDArray[np.bool_]:
    """
    Which frames are unlike the reference, or show nothing by their pixels alone; shape (n,).

    Args:
        frames: as `strangeness`, with the columns of tables.QUALITY.
    """
    table = strangeness(project, choices, frames, locked=locked)
    return np.asarray(table["is_unusual"], dtype=bool)


def _kept(
    project: Project, choices: Choices, frames: pd.DataFrame, locked: frozenset[str]
) -> tuple[Gauge, dict[str, Measures]] | None:
    reference = frames[(frames["folder"] == Folder.REFERENCE.value) & frames["answer"].notna()]
    reference = without_locked(reference, locked)
    reference = reference.drop_duplicates("content_hash").sort_values("content_hash")
    # By content hash: as good as random, and the same on every laptop.
    reference = reference.head(SETTINGS.most_neighbours_from)
    if reference.empty:
        return None
    hashes, clips = tuple(reference["content_hash"]), tuple(reference["clip"])
    digest = hashlib.blake2b("\n".join([*hashes, *clips]).encode(), digest_size=16).hexdigest()
    return _gauge(_Reference(project, choices.model_id or "", digest, hashes, clips))


@lru_cache(maxsize=2)
def _gauge(reference: _Reference) -> tuple[Gauge, dict[str, Measures]]:
    logits, embeddings = _vectors(reference.project, reference.model_id, list(reference.hashes))
    gauge = reference_gauge(logits, embeddings, reference.clips)
    return gauge, dict(zip(reference.hashes, _rows(gauge.own), strict=True))


def _rows(measured: Strangeness) -> list[Measures]:
    return list(
        zip(
            measured.spread.tolist(),
            measured.distance.tolist(),
            measured.score.tolist(),
            strict=True,
        )
    )


def _vectors(
    project: Project, model_id: str, hashes: list[str]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    with connect(project.database) as db:
        logits = prediction_store.load_vectors(db, model_id, "logits", hashes)
        embeddings = prediction_store.load_vectors(db, model_id, "embedding", hashes)
    return logits, embeddings
