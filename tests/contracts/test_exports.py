"""What every export format promises: same rows and columns in, every cell readable back."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from core.exports.registry import FORMATS

NOTE = 'Öl auf der Linse;\n"zweite" Zeile,\r\ndritte\tZeile'


def rows_of_csv(content: bytes) -> list[dict[str, Any]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def rows_of_json_lines(content: bytes) -> list[dict[str, Any]]:
    return [json.loads(line, parse_constant=pytest.fail) for line in content.splitlines()]


def rows_of_parquet(content: bytes) -> list[dict[str, Any]]:
    import pyarrow.parquet

    return pyarrow.parquet.read_table(io.BytesIO(content)).to_pylist()


READERS: dict[str, Callable[[bytes], list[dict[str, Any]]]] = {
    "csv": rows_of_csv,
    "jsonl": rows_of_json_lines,
    "parquet": rows_of_parquet,
}


@pytest.fixture
def table() -> pd.DataFrame:
    return pd.DataFrame({
        "path": ["cam1/Größe 1.jpg", "cam2/ß.jpg", "c.jpg"],
        "label_now": pd.Series(["Schraubenschlüssel", None, "螺丝刀"], dtype="str"),
        "note": [NOTE, "", "plain"],
        "confidence": [0.8251234567, float("nan"), 1.0],
        "drop": [-0.25, 0.0, -3.0],
        "frames": [1, 200, 3],
        "hard_case": [True, False, True],
    })  # fmt: skip


def exported(name: str, table: pd.DataFrame) -> list[dict[str, Any]]:
    return READERS[name](FORMATS[name][1](table))


def test_every_format_has_a_reader_here():
    assert set(READERS) == set(FORMATS)


@pytest.mark.parametrize("name", FORMATS)
def test_suffixes_name_the_format(name):
    assert FORMATS[name][0] == f".{name}"


@pytest.mark.parametrize("name", FORMATS)
def test_rows_and_columns_stay(name, table):
    rows = exported(name, table)

    assert len(rows) == 3
    assert all(list(row) == list(table.columns) for row in rows)


@pytest.mark.parametrize("name", FORMATS)
def test_text_comes_back_letter_for_letter(name, table):
    rows = exported(name, table)

    assert [row["path"] for row in rows] == list(table["path"])
    assert [row["note"] for row in rows] == list(table["note"])
    assert [row["label_now"] or None for row in rows] == ["Schraubenschlüssel", None, "螺丝刀"]


@pytest.mark.parametrize("name", FORMATS)
def test_numbers_stay_numbers_and_missing_ones_stay_missing(name, table):
    rows = exported(name, table)

    for column in ("confidence", "drop", "frames"):
        for row, given in zip(rows, table[column], strict=True):
            if math.isnan(given):
                assert row[column] in ("", None)
            else:
                assert float(row[column]) == pytest.approx(given, abs=1e-9)
    assert [str(row["hard_case"]) for row in rows] == ["True", "False", "True"]


@pytest.mark.parametrize("name", FORMATS)
def test_an_empty_table_is_a_file_without_rows(name, table):
    assert exported(name, table.head(0)) == []


@pytest.mark.parametrize("name", FORMATS)
def test_the_table_itself_is_not_changed(name, table):
    table.loc[0, "note"] = "=1+1"
    before = table.copy(deep=True)
    FORMATS[name][1](table)

    pd.testing.assert_frame_equal(table, before)


@pytest.mark.parametrize("name", FORMATS)
def test_a_cell_that_looks_like_a_formula_comes_back(name, table):
    table.loc[0, "note"] = "=SUM(A1:A9)"
    found = exported(name, table)[0]["note"]

    assert found.removeprefix("'") == "=SUM(A1:A9)"
