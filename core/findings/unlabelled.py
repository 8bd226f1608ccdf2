"""Slices where nothing is labelled: how sure the model is, and whether its answers hold still."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from core.findings.cells import value_text
from core.findings.label_free import LabelFree
from core.metrics.intervals import Z_95

UNLABELLED: dict[str, str] = {
    "column": "str",
    "value": "str",
    "of": "int64",
    "clips": "int64",
    "confidence": "float64",  # mean, 0..1
    "low": "float64",
    "high": "float64",
    "agree": "int64",  # frames that get the commonest answer of their clip
    "agree_of": "int64",  # frames of clips of two frames or more
    # the estimate without labels, share right 0..1; nan where it may not be told
    "guess_by_threshold": "float64",
    "guess_by_difference": "float64",
    "guess_low": "float64",
    "guess_high": "float64",
}


def unlabelled_table(
    frames: pd.DataFrame, *, column: str, guesses: Mapping[str, LabelFree] | None = None
) -> pd.DataFrame:
    """
    One row per value of a column, least sure first: UNLABELLED.

    Args:
        frames: answered frames with the column, answer, confidence and clip.
        guesses: at the share right, by value.

    Source:
        Mean confidence with a normal interval on the variance between clips (ratio estimator,
        Kish 1965); (0, 1) for a single clip, which cannot say how the next would be.
    """
    texts = frames[column].astype("object").map(value_text)
    most = frames.groupby("clip")["answer"].transform(lambda answers: answers.mode().iloc[0])
    shared = frames.groupby("clip")["clip"].transform("size") > 1
    rows = []
    for value, places in texts.groupby(texts).indices.items():
        part = frames.iloc[places]
        mean, low, high = _mean(part["confidence"], part["clip"])
        is_shared = shared.iloc[places]
        agrees = (part["answer"] == most.iloc[places]) & is_shared
        rows.append(
            {
                "column": column, "value": value, "of": len(part),
                "clips": part["clip"].nunique(), "confidence": mean, "low": low, "high": high,
                "agree": int(agrees.sum()), "agree_of": int(is_shared.sum()),
                **_guess((guesses or {}).get(str(value))),
            }
        )  # fmt: skip
    table = pd.DataFrame(rows, columns=list(UNLABELLED)).astype(UNLABELLED)
    return table.sort_values(["confidence", "value"], ignore_index=True)


def _guess(guess: LabelFree | None) -> dict[str, float]:
    if guess is None or not guess.may_be_told:
        return dict.fromkeys(list(UNLABELLED)[-4:], np.nan)
    return {
        "guess_by_threshold": guess.by_threshold,
        "guess_by_difference": guess.by_difference,
        "guess_low": guess.low,
        "guess_high": guess.high,
    }


def _mean(confidence: pd.Series, clip: pd.Series) -> tuple[float, float, float]:
    by_clip = confidence.groupby(clip).agg(["sum", "size"])
    total, clips = len(confidence), len(by_clip)
    mean = float(confidence.mean())
    if clips < 2:
        return mean, 0.0, 1.0
    spread = float(((by_clip["sum"] - mean * by_clip["size"]) ** 2).sum())
    half = Z_95 * float(np.sqrt(clips / (clips - 1) * spread)) / total
    return mean, max(0.0, mean - half), min(1.0, mean + half)
