"""Parquet: the table with its types, for programs that read columns."""

from __future__ import annotations

from io import BytesIO

import pandas as pd


def parquet_bytes(table: pd.DataFrame) -> bytes:
    """The table as Parquet; missing cells are null, text is UTF-8."""
    buffer = BytesIO()
    table.to_parquet(buffer, engine="pyarrow", index=False)
    return buffer.getvalue()
