"""Near copies that disagree: nearly the same picture, another label or another answer."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.settings import SETTINGS

BLANK = (0, 1 << 63)  # picture hashes of an even picture, which is near to nothing
STEPS = 5  # frames of a clip each one is held against: near copies follow each other closely

COLUMNS = ("about", "says", "seconds", "beside")


def disagreeing_copies(frames: pd.DataFrame) -> pd.DataFrame:
    """
    Frames whose near copy in the same clip has another label or, failing that, another answer.

    Args:
        frames: one row a picture: content_hash, path, clip, taken_at, picture_hash, answer, and
            `called`, the label as it stands now (missing if there is none).

    Returns:
        Indexed by content hash: about ("label" or "answer"), says (that of the copy), seconds
        (that the copy came later, negative if earlier; nan without times), beside (its path).
        The nearest in time of several.

    Source:
        methods 10: near copies differ in at most `near_copy_bits` of 64 dHash bits.
    """
    table = frames.sort_values(["clip", "taken_at", "path"], kind="stable").reset_index(drop=True)
    looks = np.array([int(text, 16) for text in table["picture_hash"]], dtype=np.uint64)
    clips = pd.factorize(table["clip"])[0]
    blank = np.isin(looks, np.array(BLANK, dtype=np.uint64))
    found: list[pd.DataFrame] = []
    for step in range(1, STEPS + 1):
        if len(table) <= step:
            break
        near = np.bitwise_count(looks[step:] ^ looks[:-step]) <= SETTINGS.near_copy_bits
        near &= (clips[step:] == clips[:-step]) & ~blank[step:] & ~blank[:-step]
        first = np.flatnonzero(near)
        found += [_pairs(table, first, first + step), _pairs(table, first + step, first)]
    if not found:
        return pd.DataFrame(columns=list(COLUMNS))
    pairs = pd.concat(found, ignore_index=True)
    pairs["far"] = pairs["seconds"].abs().fillna(np.inf)
    pairs = pairs.sort_values(["is_answer", "far"], kind="stable").drop_duplicates("content_hash")
    return pairs.set_index("content_hash")[list(COLUMNS)]


def _pairs(table: pd.DataFrame, here: NDArray[np.intp], there: NDArray[np.intp]) -> pd.DataFrame:
    one, other = table.iloc[here].reset_index(drop=True), table.iloc[there].reset_index(drop=True)
    both = one["called"].notna() & other["called"].notna()
    by_label = both & (one["called"] != other["called"])
    by_answer = ~by_label & (one["answer"] != other["answer"])
    pairs = pd.DataFrame(
        {
            "content_hash": one["content_hash"],
            "about": np.where(by_label, "label", "answer"),
            "says": other["called"].where(by_label, other["answer"]),
            "seconds": (other["taken_at"] - one["taken_at"]).dt.total_seconds(),
            "beside": other["path"],
            "is_answer": by_answer,
        }
    )
    return pairs[(by_label | by_answer).to_numpy(dtype=bool)]
