"""One ranking of what deserves a look: what is likely wrong and costs most first, each with why."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import IntEnum

import numpy as np
import pandas as pd

from core.findings.near_answers import COLUMNS, disagreeing_copies
from core.settings import SETTINGS


class Suspicion(IntEnum):
    """Why a frame is suspicious, the strongest reason first."""

    SILENT = 0  # very sure, and against its label
    LABEL = 1  # a learner that never saw the frame doubts its label
    WRONG = 2  # against its label, less sure
    COPIES = 3  # its near copy has another label or answer
    UNLIKE = 4  # unlike anything in the reference
    UNLABELLED = 5  # nothing against it; the least sure tell most


def ranked_by_suspicion(
    frames: pd.DataFrame, *, doubts: Mapping[str, str], unlike: Collection[str]
) -> pd.DataFrame:
    """
    The suspicious frames, most suspicious first, with `suspicion`, `other` and the copy's columns.

    Within a reason: silent and wrong ones surest first, doubts as they are ranked, copies least
    sure first, unlike ones surest first (nothing known speaks for being sure), unlabelled least
    sure first.

    Args:
        frames: one row a picture: as `disagreeing_copies` wants, and label, confidence, is_right.
        doubts: what a doubted label's frame looks like, by content hash, worst first.
        unlike: content hashes of frames unlike the reference.
    """
    copies = disagreeing_copies(frames).reindex(frames["content_hash"])
    table = frames.assign(**{f"copy_{name}": copies[name].to_numpy() for name in COLUMNS})
    table["other"] = table["content_hash"].map(dict(doubts)).astype("object")
    wrong = (table["is_right"] == False).to_numpy(dtype=bool)  # noqa: E712 - None if unlabelled
    sure = (table["confidence"] >= SETTINGS.silent_confidence).to_numpy(dtype=bool)
    reasons = [
        (Suspicion.SILENT, wrong & sure),
        (Suspicion.LABEL, table["other"].notna().to_numpy()),
        (Suspicion.WRONG, wrong),
        (Suspicion.COPIES, table["copy_about"].notna().to_numpy()),
        (Suspicion.UNLIKE, table["content_hash"].isin(list(unlike)).to_numpy()),
        (Suspicion.UNLABELLED, table["label"].isna().to_numpy()),
    ]
    none = len(Suspicion)
    table["suspicion"] = np.select(
        [held for _, held in reasons], [int(r) for r, _ in reasons], none
    )
    place = {digest: at for at, digest in enumerate(doubts)}
    table["within"] = np.select(
        [
            table["suspicion"] == Suspicion.LABEL,
            table["suspicion"].isin([Suspicion.COPIES, Suspicion.UNLABELLED]),
        ],
        [table["content_hash"].map(place).fillna(0.0), table["confidence"]],
        -table["confidence"],
    )
    table = table[table["suspicion"] < none]
    return table.sort_values(["suspicion", "within"], kind="stable").drop(columns="within")
