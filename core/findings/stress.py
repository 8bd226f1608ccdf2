"""Which conditions break it? Damaged answers against the clean ones of the same frames."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from core import tables
from core.metrics.intervals import benjamini_hochberg
from core.metrics.paired import paired_drop
from core.records import State
from core.settings import SETTINGS

Q_LIMIT = 0.05
"""Share of chance findings accepted among the confirmed ones; methods 1.4."""


def stress_table(answers: pd.DataFrame) -> pd.DataFrame:
    """
    One row per corruption and severity, mildest first: tables.STRESS.

    A condition is `confirmed` to break the model if, on at least 30 effective frames of 10 clips,
    it takes 20 points or more, the interval of the drop excludes 0 and the test survives
    Benjamini-Hochberg over all rows; `suspected` if it takes 20 points without that proof.

    Args:
        answers: one row per frame, corruption and severity with content_hash, clip, corruption,
            severity, answer, confidence, clean_answer, clean_confidence and `wanted`, the answer
            that counts as right (the label, or the clean answer where there are no labels).

    Source:
        methods 1.2 (effective counts), 1.3 (McNemar 1947, Newcombe 1998 paired; both on counts
        scaled to the smaller effective count of the two), 2 (20 points), 1.4.
    """
    if answers.empty:
        return tables.empty(tables.STRESS)
    rows = [
        {"corruption": corruption, "severity": severity, **_row(frames)}
        for (corruption, severity), frames in answers.groupby(["corruption", "severity"], sort=True)
    ]
    table = pd.DataFrame(rows)
    table["q"] = benjamini_hochberg(table["p"])
    table["state"] = [_state(row) for row in table.to_dict("records")]
    return tables.conform(table.drop(columns="p"), tables.STRESS)


def _row(frames: pd.DataFrame) -> dict[str, object]:
    right = (frames["answer"] == frames["wanted"]).to_numpy(dtype=bool)
    was_right = (frames["clean_answer"] == frames["wanted"]).to_numpy(dtype=bool)
    fall = paired_drop(was_right, right, frames["clip"].to_numpy())
    damaged, drop = fall.after, fall.drop
    sure, was_sure = float(frames["confidence"].mean()), float(frames["clean_confidence"].mean())
    return {
        "right": damaged.right,
        "of": damaged.of,
        "effective": damaged.effective,
        "clips": damaged.clips,
        "low": damaged.low,
        "high": damaged.high,
        "clean_right": fall.before.right,
        "drop": drop,
        "drop_low": fall.low,
        "drop_high": fall.high,
        "p": fall.p,
        "confidence": sure,
        "clean_confidence": was_sure,
        "silent": int((~right & (frames["confidence"] >= SETTINGS.silent_confidence)).sum()),
        # Ours: honest confidence would fall by as much as the share right; half is too little.
        "stays_sure": bool(fall.low > 0 and was_sure - sure < drop / 2),
    }


def _state(row: dict[Hashable, Any]) -> str:
    drop = row["drop"]
    if row["effective"] < SETTINGS.min_effective or row["clips"] < SETTINGS.min_clips:
        return State.NOT_ENOUGH.value
    if drop < SETTINGS.blind_spot_drop:
        return State.NONE_FOUND.value
    is_proven = row["drop_low"] > 0 and row["q"] <= Q_LIMIT
    return State.CONFIRMED.value if is_proven else State.SUSPECTED.value


def breaking_rows(table: pd.DataFrame) -> pd.DataFrame:
    """
    For each corruption the row where it breaks the model first, and the first to break first.

    That is the mildest severity that takes 20 points or more, else the one that takes most.
    Corruptions that break it come before those that do not, milder ones first.

    Args:
        table: tables.STRESS.

    Returns:
        tables.STRESS with `breaks` (bool), one row a corruption.
    """
    chosen = []
    for _, rows in table.groupby("corruption", sort=False):
        over = rows[rows["drop"] >= SETTINGS.blind_spot_drop].sort_values("severity")
        row = over.iloc[0] if len(over) else rows.iloc[int(rows["drop"].to_numpy().argmax())]
        chosen.append({**row.to_dict(), "breaks": bool(len(over))})
    if not chosen:
        return table.assign(breaks=pd.Series(dtype=bool))
    found = pd.DataFrame(chosen)
    found["_first"] = found["severity"].where(found["breaks"], np.inf)
    return found.sort_values(
        ["_first", "drop", "corruption"], ascending=[True, False, True], ignore_index=True
    ).drop(columns="_first")


def breaking_points(answers: pd.DataFrame) -> pd.DataFrame:
    """
    Of each frame and corruption the first swept severity at which its clean answer flips.

    Args:
        answers: as `stress_table`.

    Returns:
        content_hash, corruption, severity (nan: it holds at every severity swept).
    """
    flipped = answers.assign(
        severity=answers["severity"].where(answers["answer"] != answers["clean_answer"])
    )
    return (
        flipped.groupby(["content_hash", "corruption"], sort=True)["severity"].min().reset_index()
    )


def weakest_frames(answers: pd.DataFrame) -> pd.DataFrame:
    """
    Frames whose clean answer flips under most conditions, weakest first.

    Returns:
        content_hash, flipped, asked (conditions), only frames that flip at all.
    """
    flips = (answers["answer"] != answers["clean_answer"]).groupby(answers["content_hash"])
    counted = flips.agg(flipped="sum", asked="size").reset_index()
    counted = counted[counted["flipped"] > 0]
    share = counted["flipped"] / counted["asked"]
    return (
        counted.assign(_share=share)
        .sort_values(["_share", "content_hash"], ascending=[False, True], ignore_index=True)
        .drop(columns="_share")
    )


def mean_corruption_error(table: pd.DataFrame, corruptions: Sequence[str]) -> float:
    """
    Mean over corruptions of the mean error over their swept severities, 0..1; nan without rows.

    Unnormalised: for mCE the errors would be divided by AlexNet's on ImageNet, methods 2.2.
    """
    chosen = table[table["corruption"].isin(corruptions)]
    error = 1 - chosen["right"] / chosen["of"]
    return float(error.groupby(chosen["corruption"]).mean().mean())
