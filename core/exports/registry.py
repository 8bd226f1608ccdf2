"""The export formats by name."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from core.exports.csv_table import csv_bytes
from core.exports.json_lines import json_lines_bytes

FORMATS: dict[str, tuple[str, Callable[[pd.DataFrame], bytes]]] = {
    "csv": (".csv", csv_bytes),
    "jsonl": (".jsonl", json_lines_bytes),
}
"""Name: (file suffix, table to bytes). Contract: same rows and columns in, every cell readable."""
