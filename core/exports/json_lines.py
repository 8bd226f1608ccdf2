"""JSON Lines: one object a row, for programs."""

from __future__ import annotations

import pandas as pd


def json_lines_bytes(table: pd.DataFrame) -> bytes:
    """The table as JSON Lines in UTF-8; missing cells are null."""
    text = table.to_json(orient="records", lines=True, force_ascii=False, date_format="iso")
    return (text.strip() + "\n").encode("utf-8") if len(table) else b""
