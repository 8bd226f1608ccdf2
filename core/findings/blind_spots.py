"""Which slices are weak spots, each told once: the widest set of frames that explains it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.findings.cells import value_text
from core.records import State

COLUMNS = ("column", "value", "column_2", "value_2")


def in_slice(frames: pd.DataFrame, row: dict[str, Any]) -> NDArray[np.bool_]:
    """
    Which frames belong to a slice, shape (n,).

    Args:
        row: a row of tables.SLICES, or anything with column and value, maybe column_2 and value_2.
    """
    inside = np.ones(len(frames), dtype=bool)
    for column, value in (("column", "value"), ("column_2", "value_2")):
        name = row.get(column)
        if isinstance(name, str):
            texts = frames[name].astype("object").map(value_text)
            inside &= (texts == row[value]).to_numpy(dtype=bool)
    return inside


def blind_spots(frames: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """
    The confirmed and suspected rows of a search, confirmed first, furthest behind first.

    Of slices that hold exactly the same frames the first is kept. A column `told_by` names the
    confirmed slice that already tells a row, missing if none does: a pair is told by its column
    (it is the same weak spot, seen closer), unless the column is told by the pair (without the
    pair's frames, less than half of its drop is left). Likewise any slice is told by a confirmed
    one further behind that it only overlaps: dark pictures at night, where it is one camera's.

    Args:
        frames: the frames that were searched, with is_right.
        table: tables.SLICES, as `slice_tables` gives it.
    """
    order = {State.CONFIRMED.value: 0, State.SUSPECTED.value: 1}
    found = table[table["state"].isin(list(order))]
    found = found.assign(
        _rank=found["state"].map(order), _is_pair=found["column_2"].notna()
    ).sort_values(["_rank", "_is_pair", "drop"], ascending=[True, True, False], kind="stable")
    spots = once(frames, found.drop(columns=["_rank", "_is_pair"]))
    spots["told_by"] = pd.Series(_overlapped(frames, spots, _tellers(spots)), dtype="str")
    return spots


def once(frames: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """The rows of tables.SLICES without those that hold the same frames as an earlier one."""
    seen: set[bytes] = set()
    kept = []
    for place, row in enumerate(table.to_dict("records")):
        same = np.packbits(in_slice(frames, {str(k): v for k, v in row.items()})).tobytes()
        if same not in seen:
            kept.append(place)
            seen.add(same)
    return table.iloc[kept].reset_index(drop=True)


def _tellers(spots: pd.DataFrame) -> list[str | None]:
    rows = [{str(k): v for k, v in row.items()} for row in spots.to_dict("records")]
    told_by: list[str | None] = [None] * len(rows)
    for place, pair in enumerate(rows):
        for other, column in enumerate(rows):
            if not _holds(column, pair):
                continue
            if pair["state"] == State.CONFIRMED.value and _is_explained(column, pair):
                told_by[other] = told_by[other] or _name(pair)
            else:
                told_by[place] = told_by[place] or _name(column)
    return told_by


def _overlapped(
    frames: pd.DataFrame, spots: pd.DataFrame, told_by: list[str | None]
) -> list[str | None]:
    """The tellers, with those of slices only as bad as what they share with a worse one."""
    rows = [{str(k): v for k, v in row.items()} for row in spots.to_dict("records")]
    inside = [in_slice(frames, row) for row in rows]
    right = frames["is_right"].to_numpy(dtype=bool)
    for place, row in enumerate(rows):
        for other, teller in enumerate(rows):
            if told_by[place] or told_by[other] or teller["state"] != State.CONFIRMED.value:
                continue
            alone = inside[place] & ~inside[other]
            is_apart = not (inside[place] & inside[other]).any()
            if teller["drop"] <= row["drop"] or is_apart or not alone.any():
                continue
            rest = right[~inside[place]].mean()
            if rest - right[alone].mean() < row["drop"] / 2:
                told_by[place] = _name(teller)
    return told_by


def _holds(column: dict[str, Any], pair: dict[str, Any]) -> bool:
    """Whether the first is a confirmed slice of one column that holds a pair's frames."""
    if not isinstance(pair["column_2"], str) or isinstance(column["column_2"], str):
        return False
    one = (column["column"], column["value"])
    parts = ((pair["column"], pair["value"]), (pair["column_2"], pair["value_2"]))
    return column["state"] == State.CONFIRMED.value and one in parts


def _is_explained(column: dict[str, Any], pair: dict[str, Any]) -> bool:
    rest = column["right"] / column["of"] + column["drop"]
    left = (column["right"] - pair["right"]) / (column["of"] - pair["of"])
    return bool(rest - left < column["drop"] / 2)


def _name(row: dict[str, Any]) -> str:
    name = f"{row['column']}={row['value']}"
    if isinstance(row["column_2"], str):
        name += f", {row['column_2']}={row['value_2']}"
    return name
