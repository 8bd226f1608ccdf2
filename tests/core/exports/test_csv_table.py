from __future__ import annotations

import csv
import io

import pandas as pd
import pytest

from core.exports.csv_table import csv_bytes

FORMULAS = [
    "=1+1", "+49 89 1234", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\ttext", "\rtext",
    " =1+1", "   -1", "\u00a0=1", " \t=1", "＝1+1", "－1", '=HYPERLINK("http://x","y")',
    "=cmd|' /C calc'!A0",
]  # fmt: skip
PLAIN = ["", "a=b", "cam-1", "3 - 2", "'quoted'", "x\n=y", "0.5", "Ünïcode", "e-mail@home"]


def read(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("cell", FORMULAS)
def test_a_cell_a_spreadsheet_would_run_is_defused(cell):
    table = pd.DataFrame({"note": [cell]})

    assert read(csv_bytes(table))[1] == [f"'{cell}"]


@pytest.mark.parametrize("cell", FORMULAS)
def test_headers_are_defused_too(cell):
    table = pd.DataFrame({cell: ["plain"]})

    assert read(csv_bytes(table))[0] == [f"'{cell}"]


@pytest.mark.parametrize("cell", PLAIN)
def test_other_cells_are_left_as_they_are(cell):
    table = pd.DataFrame({"note": [cell], "more": ["x"]})

    assert read(csv_bytes(table))[1] == [cell, "x"]


def test_negative_numbers_are_not_taken_for_formulas():
    table = pd.DataFrame({"drop": [-0.25], "frames": [-3]})

    assert read(csv_bytes(table))[1] == ["-0.25", "-3"]


def test_excel_is_told_that_it_is_utf_8_and_lines_end_its_way():
    content = csv_bytes(pd.DataFrame({"a": ["ä"], "b": ["1"]}))

    assert content == b"\xef\xbb\xbfa,b\r\n\xc3\xa4,1\r\n"


def test_an_empty_table_keeps_its_header():
    content = csv_bytes(pd.DataFrame({"path": [], "label": []}))

    assert read(content) == [["path", "label"]]


def test_cells_of_mixed_columns_are_defused_one_by_one():
    table = pd.DataFrame({"value": [-1, "-1", None, True]}, dtype=object)

    assert [row for (row,) in read(csv_bytes(table))[1:]] == ["-1", "'-1", "", "True"]
