"""Which pictures look unlike the reference; measured once a picture and kept."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.findings.ood import Gauge, Strangeness, reference_gauge
from core.project import Project
from core.records import Folder
from core.settings import SETTINGS
from core.store import predictions as prediction_store
from core.store.database import connect
from core.workflows.choices import Choices

Measures = tuple[float, float, float]  # spread, distance, score


@dataclass(frozen=True, slots=True)
class _Reference:
    """The reference as it stands; two are the same if their pictures, clips and model are."""

    project: Project
    model_id: str
    fingerprint: str
    hashes: tuple[str, ...] = field(compare=False, repr=False)
    clips: tuple[str, ...] = field(compare=False, repr=False)


def gauge_of(project: Project, choices: Choices, frames: pd.DataFrame) -> Gauge | None:
    """
    The reference as a measure of strangeness; None without answered reference pictures.

    Args:
        frames: the project's frames with folder, content_hash, clip and answer.
    """
    known = _kept(project, choices, frames)
    return known[0] if known else None


def strangeness(project: Project, choices: Choices, frames: pd.DataFrame) -> pd.DataFrame:
    """
    One row per frame, same index: spread, distance, score (nan where unknown), is_unusual.

    Unknown are frames without an answer, and all of them without a reference. A reference frame is
    measured without its own clip; those beyond the few thousand compared with stay unknown.

    Args:
        frames: as `gauge_of`; all frames of the project, because the reference is among them.
    """
    table = pd.DataFrame(
        {"spread": np.nan, "distance": np.nan, "score": np.nan, "is_unusual": False},
        index=frames.index,
    )
    kept = _kept(project, choices, frames)
    if kept is None:
        return table
    gauge, seen = kept
    is_field = (frames["folder"] == Folder.FIELD.value) & frames["answer"].notna()
    missing = [d for d in frames.loc[is_field, "content_hash"].unique() if d not in seen]
    if missing:
        measured = gauge.measure(*_vectors(project, choices.model_id or "", missing))
        seen |= zip(missing, _rows(measured), strict=True)
    is_known = (frames["answer"].notna() & frames["content_hash"].isin(seen.keys())).to_numpy()
    values = np.array([seen[d] for d in frames.loc[is_known, "content_hash"]], dtype=np.float64)
    table.loc[is_known, ["spread", "distance", "score"]] = values.reshape(-1, 3)
    table["is_unusual"] = table["score"] > gauge.threshold
    return table


def unusual_frames(project: Project, choices: Choices, frames: pd.DataFrame) -> NDArray[np.bool_]:
    """Which frames are unlike the reference; shape (n,). None are where there is no reference."""
    return np.asarray(strangeness(project, choices, frames)["is_unusual"], dtype=bool)


def _kept(
    project: Project, choices: Choices, frames: pd.DataFrame
) -> tuple[Gauge, dict[str, Measures]] | None:
    reference = frames[(frames["folder"] == Folder.REFERENCE.value) & frames["answer"].notna()]
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
