"""Where does it fail? Accuracy of every value of a column, and of pairs, each against the rest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core import tables
from core.findings.cells import (
    MISSING,
    Codes,
    Counted,
    count_sets,
    paired_codes,
    value_text,
    values_of,
)
from core.findings.same_mix import same_mix
from core.metrics.intervals import benjamini_hochberg
from core.metrics.many_sets import newcombe_intervals, wilson_intervals
from core.records import Accuracy, State
from core.settings import SETTINGS

__all__ = [
    "MISSING", "Q_LIMIT", "pair_table", "slice_table", "slice_tables", "value_text",
    "worse_than_rest",
]  # fmt: skip

Q_LIMIT = 0.05
"""Share of chance findings accepted among the confirmed ones; methods 1.4."""


@dataclass(frozen=True)
class _Cut:
    """The frames cut by one column, or by two at once."""

    names: tuple[str, ...]
    codes: Codes  # shape (n,)
    values: Sequence[tuple[str, ...]]  # of each set
    is_searched: NDArray[np.bool_]  # shape (n_sets,)


def slice_table(
    frames: pd.DataFrame, *, column: str, min_effective: float = SETTINGS.min_effective
) -> pd.DataFrame:
    """One row per value of one column; see `slice_tables`."""
    return slice_tables(frames, columns=[column], min_effective=min_effective)


def slice_tables(
    frames: pd.DataFrame,
    *,
    columns: Sequence[str],
    pairs: bool = False,
    min_effective: float = SETTINGS.min_effective,
) -> pd.DataFrame:
    """
    One row per column and value, worst first: tables.SLICES.

    A slice is judged only on `min_effective` effective frames from 10 clips. It is then
    `confirmed` as a blind spot if it falls 20 points or more behind the rest, the interval of the
    drop excludes 0 and the test survives Benjamini-Hochberg over all rows, of all columns and
    pairs; `suspected` if it falls 20 points behind without that proof; else `none_found`. It is
    strong if confirmed and the interval of the drop lies at 20 points or above.

    Args:
        frames: labelled frames with the columns, is_right (bool) and clip. Missing or blank values
            form the slice "(none)". With `label`, the same-mix columns are filled.
        pairs: also every pair of values of two columns that has 30 frames from 10 clips (fewer
            cannot be judged) and fewer frames than either value alone.
        min_effective: effective frames below which a slice is `not_enough`.

    Raises:
        ValueError: a column is missing.

    Source:
        methods 3 and 4: Wilson intervals on effective counts; drop with Newcombe 1998 against the
        rest, not the whole, which holds the slice; Fisher's exact one-sided test on the effective
        counts rounded to whole frames; Benjamini and Hochberg 1995.
    """
    _check(frames, columns)
    if frames.empty or not columns:
        return tables.empty(tables.SLICES)
    clips, _ = pd.factorize(frames["clip"], use_na_sentinel=False)
    cuts = [_single(frames, name) for name in columns]
    if pairs:
        cuts += [_pair(one, other, clips) for one, other in combinations(cuts, 2)]
    table = _searched(frames, cuts, clips)
    table["q"] = benjamini_hochberg(table.pop("p"))
    table["state"] = _states(table, min_effective)
    is_sure = (table["drop_low"] >= SETTINGS.blind_spot_drop).to_numpy()
    table["is_strong"] = is_sure & (table["state"] == State.CONFIRMED.value).to_numpy()
    table["rate"] = table["right"] / table["of"]
    table = table.sort_values(
        ["rate", "effective", "value"], ascending=[True, False, True], ignore_index=True
    )
    return tables.conform(table.drop(columns="rate"), tables.SLICES)


def pair_table(frames: pd.DataFrame, *, columns: tuple[str, str]) -> pd.DataFrame:
    """
    Every pair of values of two columns that occurs, however rare: value, value_2, right, of,
    effective, clips, low, high. For looking at; `slice_tables` judges.

    Raises:
        ValueError: a column is missing.
    """
    _check(frames, columns)
    clips, _ = pd.factorize(frames["clip"], use_na_sentinel=False)
    one, other = (_single(frames, name) for name in columns)
    cut = _pair(one, other, clips)
    counted = count_sets(
        [(cut.codes, len(cut.values))], is_right=frames["is_right"].to_numpy(bool), clips=clips
    )
    table = pd.DataFrame(
        {"value": [v[0] for v in cut.values], "value_2": [v[1] for v in cut.values]}
        | _shares(counted)
    )
    return table.astype({"right": "int64", "of": "int64", "clips": "int64"})


def _check(frames: pd.DataFrame, columns: Sequence[str]) -> None:
    missing = [name for name in (*columns, "is_right", "clip") if name not in frames.columns]
    if missing:
        raise ValueError(f"frames lack the columns {missing}; they have {list(frames.columns)}")


def _single(frames: pd.DataFrame, name: str) -> _Cut:
    codes, texts = values_of(frames[name])
    values = [(text,) for text in texts]
    return _Cut((name,), codes, values, np.ones(len(values), dtype=bool))


def _pair(one: _Cut, other: _Cut, clips: Codes) -> _Cut:
    codes, met = paired_codes(one.codes, other.codes)
    of = np.bincount(codes, minlength=len(met))
    held = np.unique(codes * (int(clips.max()) + 1 if len(clips) else 1) + clips)
    n_clips = np.bincount(held // (int(clips.max()) + 1 if len(clips) else 1), minlength=len(met))
    left, right = (np.array([pair[side] for pair in met], dtype=np.intp) for side in (0, 1))
    alone = np.minimum(np.bincount(one.codes)[left], np.bincount(other.codes)[right])
    is_searched = (of >= SETTINGS.min_effective) & (n_clips >= SETTINGS.min_clips) & (of < alone)
    values = [(one.values[a][0], other.values[b][0]) for a, b in met]
    return _Cut((*one.names, *other.names), codes, values, is_searched)


def _searched(frames: pd.DataFrame, cuts: Sequence[_Cut], clips: Codes) -> pd.DataFrame:
    """Every searched set of every cut, with its chance p."""
    is_right = frames["is_right"].to_numpy(dtype=bool)
    counted = count_sets(
        [(cut.codes, len(cut.values)) for cut in cuts], is_right=is_right, clips=clips
    )
    table = pd.DataFrame([row for cut in cuts for row in _names(cut)])
    table = table.assign(**_shares(counted), **_against_rest(counted))
    mixes = _mixes(frames, cuts, is_right, counted)
    table = table.assign(**mixes)
    kept = np.concatenate([cut.is_searched for cut in cuts])
    return table[kept].reset_index(drop=True)


def _names(cut: _Cut) -> Iterator[dict[str, Any]]:
    for values in cut.values:
        names = dict(zip(("column", "column_2"), cut.names, strict=False))
        yield (
            {"column_2": None, "value_2": None}
            | names
            | dict(zip(("value", "value_2"), values, strict=False))
        )


def _shares(counted: Counted) -> dict[str, NDArray[np.float64]]:
    inside, effective = counted.inside, counted.effective
    low, high = wilson_intervals(inside.k / inside.n * effective, effective)
    return {
        "right": inside.k, "of": inside.n, "effective": effective, "clips": inside.clips,
        "low": low, "high": high,
    }  # fmt: skip


def _against_rest(counted: Counted) -> dict[str, NDArray[np.float64]]:
    inside, rest = counted.inside, counted.rest
    has_rest = rest.n > 0
    with np.errstate(divide="ignore", invalid="ignore"):
        rate, rest_rate = inside.k / inside.n, np.where(has_rest, rest.k / rest.n, np.nan)
    low, high = newcombe_intervals(rest_rate, counted.rest_effective, rate, counted.effective)
    p = _chances(rate, counted.effective, np.nan_to_num(rest_rate), counted.rest_effective)
    columns = {"drop": rest_rate - rate, "drop_low": low, "drop_high": high, "p": p}
    return {name: np.where(has_rest, column, np.nan) for name, column in columns.items()}


def _mixes(
    frames: pd.DataFrame, cuts: Sequence[_Cut], is_right: NDArray[np.bool_], counted: Counted
) -> dict[str, NDArray[np.float64]]:
    names = ("same_mix", "same_mix_drop", "same_mix_low", "same_mix_high")
    if "label" not in frames.columns:
        return {name: np.full(len(counted.effective), np.nan) for name in names}
    classes, _ = values_of(frames["label"])
    worth = counted.effective / counted.inside.n
    found = np.full((len(names), len(worth)), np.nan)
    start = 0
    for cut in cuts:
        asked = np.flatnonzero(cut.is_searched)
        if len(asked) and cut.names != ("label",):  # one class has no mix
            place = start + asked
            mix = same_mix(cut.codes, asked, classes, is_right, worth[place])
            found[:, place] = (mix.rate, mix.drop, mix.low, mix.high)
        start += len(cut.values)
    return dict(zip(names, found, strict=True))


def worse_than_rest(inside: Accuracy, rest: Accuracy) -> float:
    """
    Chance of so few right answers in the slice if it were no worse than the rest.

    Source:
        Fisher's exact test, one-sided, on effective counts rounded to whole frames.
    """
    columns = ([a] for a in (inside.rate, inside.effective, rest.rate, rest.effective))
    return float(_chances(*(np.array(column, dtype=np.float64) for column in columns))[0])


def _chances(
    rate: NDArray[np.float64],
    of: NDArray[np.float64],
    rest_rate: NDArray[np.float64],
    rest_of: NDArray[np.float64],
) -> NDArray[np.float64]:
    from scipy.stats import hypergeom  # 0.9 s, too much for the app's start

    n, n_rest = np.rint(of), np.rint(rest_of)
    k, k_rest = np.rint(rate * n), np.rint(rest_rate * n_rest)
    return np.asarray(np.clip(hypergeom.cdf(k, n + n_rest, k + k_rest, n), 0.0, 1.0))


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
