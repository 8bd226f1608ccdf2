"""How sure the model was, period by period: medians with limits, and histograms."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from core.metrics.clip_values import clip_medians, effective_of_values, median_interval

SUMMARY = ("frames", "clips", "effective", "median", "low", "high", "p10", "p90", "mean")

BINS = 20
"""Bars of a histogram of 0..1."""


def sureness_table(frames: pd.DataFrame, *, by: Sequence[str]) -> pd.DataFrame:
    """
    One row per group: frames, clips, effective, confidence (median, low, high, p10, p90, mean).

    `low` and `high` are the 95 % limits of the median, clips being the units; missing below 6
    clips. `entropy` and `active` are means, where the columns are there.

    Args:
        frames: one row per frame with `confidence` (0..1, temperature-scaled), `clip`, the columns
            of `by` (`period`, `camera`, `answer`, ...) and perhaps `entropy`
            (`classification.entropy`) and `active` (`clip_values.active_share`).
        by: what makes a group; a missing value is a group of its own.
    """
    extra = [name for name in ("entropy", "active") if name in frames]
    columns = [*by, *SUMMARY, *extra]
    rows = [
        [*key, *_summary(group), *(float(group[name].mean()) for name in extra)]
        for key, group in frames.groupby(list(by), sort=True, dropna=False)
    ]
    return pd.DataFrame(rows, columns=columns)


def _summary(group: pd.DataFrame) -> list[float]:
    values = group["confidence"].to_numpy(dtype=np.float64)
    medians = clip_medians(values, group["clip"])
    limits = [limit if np.isfinite(limit) else np.nan for limit in median_interval(medians)]
    low, middle, high = np.quantile(values, (0.1, 0.5, 0.9))
    worth = effective_of_values(values, group["clip"])
    return [len(values), len(medians), worth, middle, *limits, low, high, float(values.mean())]


def sureness_histograms(frames: pd.DataFrame, *, by: Sequence[str]) -> pd.DataFrame:
    """
    How many frames of each group fall in each of BINS bars: columns of `by`, `low`, `frames`.

    Args:
        frames, by: as `sureness_table`. Bars are closed below; the last one holds 1 as well.
    """
    columns = [*by, "low", "frames"]
    rows = []
    for key, group in frames.groupby(list(by), sort=True, dropna=False):
        counts, edges = np.histogram(group["confidence"], bins=BINS, range=(0.0, 1.0))
        rows += [[*key, low, int(n)] for low, n in zip(edges[:-1], counts, strict=True)]
    return pd.DataFrame(rows, columns=columns)
