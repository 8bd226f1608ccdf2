"""CSV that opens in a spreadsheet safely."""

from __future__ import annotations

import re

import pandas as pd

# A spreadsheet runs a cell that begins so as a formula (OWASP, "CSV Injection").
# What shows nothing (control and direction marks) may stand before the sign.
_UNSEEN = r"[\s\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]*"
_FORMULA = re.compile(_UNSEEN + r"[=+\-@＝＋－＠]|\s*[\t\r\n]")


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
