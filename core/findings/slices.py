"""Where does it fail? Accuracy of every value of a column, each against the rest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core import tables
from core.metrics.intervals import (
    accuracy_of_clips,
    benjamini_hochberg,
    clip_correlation,
    newcombe_interval,
)
from core.records import Accuracy, State
from core.settings import SETTINGS

MISSING = "(none)"
"""The value given to frames that have none."""

Q_LIMIT = 0.05
"""Share of chance findings accepted among the confirmed ones; methods 1.4."""


def slice_table(
    frames: pd.DataFrame, *, column: str, min_effective: float = SETTINGS.min_effective
) -> pd.DataFrame:
    """One row per value of one column; see `slice_tables`."""
    return slice_tables(frames, columns=[column], min_effective=min_effective)


def slice_tables(
    frames: pd.DataFrame, *, columns: Sequence[str], min_effective: float = SETTINGS.min_effective
) -> pd.DataFrame:
    """
    One row per column and value, worst first: tables.SLICES.

    A slice is judged only on `min_effective` effective frames from 10 clips. It is then
    `confirmed` as a blind spot if it falls 20 points or more behind the rest, the interval of the
    drop excludes 0 and the test survives Benjamini-Hochberg over all rows of all columns;
    `suspected` if it falls 20 points behind without that proof; else `none_found`.

    Args:
        frames: labelled frames with the columns, is_right (bool) and clip. Missing or blank values
            form the slice "(none)".
        min_effective: effective frames below which a slice is `not_enough`.

    Raises:
        ValueError: a column is missing.

    Source:
        methods 3 and 4: Wilson intervals on effective counts; drop with Newcombe 1998 against the
        rest, not the whole, which holds the slice; Fisher's exact one-sided test on the effective
        counts rounded to whole frames; Benjamini and Hochberg 1995. A slice that is all right (or
        all wrong) cannot show how alike its clips' frames are: the whole set's correlation is used.
    """
    missing = [name for name in (*columns, "is_right", "clip") if name not in frames.columns]
    if missing:
        raise ValueError(f"frames lack the columns {missing}; they have {list(frames.columns)}")
    if frames.empty or not columns:
        return tables.empty(tables.SLICES)
    table = pd.DataFrame([row for column in columns for row in _rows(frames, column)])
    table["q"] = benjamini_hochberg(table["p"])
    table["state"] = _states(table, min_effective)
    table["rate"] = table["right"] / table["of"]
    table = table.sort_values(
        ["rate", "effective", "value"], ascending=[True, False, True], ignore_index=True
    )
    return tables.conform(table.drop(columns=["p", "rate"]), tables.SLICES)


def _rows(frames: pd.DataFrame, column: str) -> list[dict[str, object]]:
    text = frames[column].astype("object").map(_value_text, na_action=None)
    clips, _ = pd.factorize(frames["clip"], use_na_sentinel=False)
    is_right = frames["is_right"].to_numpy(dtype=bool)
    all_right, all_count = _by_clip(clips, is_right, clips.max() + 1)
    seen = clip_correlation(all_right, all_count)
    correlation = 1.0 if np.isnan(seen) else seen
    rows: list[dict[str, object]] = []
    for value, places in text.groupby(text).indices.items():
        right, count = _by_clip(clips[places], is_right[places], len(all_count))
        inside = accuracy_of_clips(right, count, correlation_if_unseen=correlation)
        rest = accuracy_of_clips(
            all_right - right, all_count - count, correlation_if_unseen=correlation
        )
        rows.append({"column": column, "value": value, **_row(inside, rest)})
    return rows


def _by_clip(
    clips: NDArray[np.intp], is_right: NDArray[np.bool_], n_clips: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Right frames and frames of each clip, shape (n_clips,)."""
    counted = np.bincount(clips[is_right], minlength=n_clips)
    return counted.astype(np.int64), np.bincount(clips, minlength=n_clips).astype(np.int64)


def _value_text(value: object) -> str:
    if pd.isna(cast("str", value)) or not str(value).strip():
        return MISSING
    if isinstance(value, float) and value.is_integer():
        return str(int(value))  # whole numbers become floats where a neighbour is missing
    return str(value)


def _row(inside: Accuracy, rest: Accuracy) -> dict[str, object]:
    row: dict[str, object] = {
        "right": inside.right,
        "of": inside.of,
        "effective": inside.effective,
        "clips": inside.clips,
        "low": inside.low,
        "high": inside.high,
    }
    if not rest.of:
        return row | dict.fromkeys(("drop", "drop_low", "drop_high", "p"), float("nan"))
    low, high = newcombe_interval(
        rest.rate * rest.effective,
        rest.effective,
        inside.rate * inside.effective,
        inside.effective,
    )
    return row | {
        "drop": rest.rate - inside.rate,
        "drop_low": low,
        "drop_high": high,
        "p": worse_than_rest(inside, rest),
    }


def worse_than_rest(inside: Accuracy, rest: Accuracy) -> float:
    """
    Chance of so few right answers in the slice if it were no worse than the rest.

    Source:
        Fisher's exact test, one-sided, on effective counts rounded to whole frames.
    """
    from scipy.stats import hypergeom  # 0.9 s, too much for the app's start

    n, n_rest = round(inside.effective), round(rest.effective)
    k, k_rest = round(inside.rate * n), round(rest.rate * n_rest)
    return float(hypergeom.cdf(k, n + n_rest, k + k_rest, n))


def _states(table: pd.DataFrame, min_effective: float) -> NDArray[np.str_]:
    too_few = (table["effective"] < min_effective) | (table["clips"] < SETTINGS.min_clips)
    # the tolerance keeps a drop of exactly 20 points, 0.19999999999999996 in floats, a drop of 20
    falls_behind = table["drop"] >= SETTINGS.blind_spot_drop - 1e-9
    proven = (table["drop_low"] > 0) & (table["q"] <= Q_LIMIT)
    return np.select(
        [too_few, falls_behind & proven, falls_behind],
        [State.NOT_ENOUGH.value, State.CONFIRMED.value, State.SUSPECTED.value],
        default=State.NONE_FOUND.value,
    )
