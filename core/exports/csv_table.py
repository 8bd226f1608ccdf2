"""CSV that opens in a spreadsheet safely."""

from __future__ import annotations

import re

import pandas as pd

# A spreadsheet runs a cell that begins so as a formula (OWASP, "CSV Injection").
_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]|\s*[\t\r\n]")


def csv_bytes(table: pd.DataFrame) -> bytes:
    """
    The table as CSV: comma, CRLF, UTF-8 with a byte-order mark so that Excel shows umlauts.

    Text cells and headers that a spreadsheet would run as a formula get a leading apostrophe.
    """
    safe = table.map(_defused).rename(columns=_defused)
    text = safe.to_csv(index=False, lineterminator="\r\n")
    return b"\xef\xbb\xbf" + str(text).encode("utf-8")


def _defused(cell: object) -> object:
    if isinstance(cell, str) and _FORMULA.match(cell):
        return f"'{cell}"
    return cell
