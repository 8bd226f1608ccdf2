"""
Columns, dtypes and checks of the tables that travel between the floors.

FRAMES       one row per picture file, broken ones excluded
PREDICTIONS  one row per content hash and model
SLICES       one row per value of a column, or pair of values of two columns
RELIABILITY  one row per confidence bin
STRESS       one row per corruption and severity
REVIEWS      one row per review, oldest first
"""

from __future__ import annotations

import pandas as pd

FRAMES: dict[str, str] = {
    "folder": "str",  # "field" or "reference"
    "path": "str",  # POSIX, relative to its folder
    "size_bytes": "int64",
    "modified_ns": "int64",
    "content_hash": "str",  # SHA-256 of the file's bytes, hex
    "width": "int64",  # px, after the EXIF turn
    "height": "int64",
    "picture_hash": "str",  # 64-bit dHash, 16 hex digits
    "taken_at": "datetime64[us]",  # camera's local time without zone; NaT if unknown
    "camera": "str",  # missing if unknown
    "label": "str",  # missing if unlabelled
    "clip": "str",  # unit of evidence, unique over both folders
}

PREDICTIONS: dict[str, str] = {
    "content_hash": "str",
    "answer": "str",
    "confidence": "float64",  # 0..1, probability of `answer`
    "entropy": "float64",  # nats
    "top3": "object",  # list of [label, confidence]
}

SLICES: dict[str, str] = {
    "column": "str",
    "value": "str",
    "column_2": "str",  # missing unless the slice is a pair of values of two columns
    "value_2": "str",
    "right": "int64",
    "of": "int64",
    "effective": "float64",
    "clips": "int64",
    "low": "float64",
    "high": "float64",
    "drop": "float64",  # accuracy of the rest minus accuracy of the slice; nan if there is no rest
    "drop_low": "float64",
    "drop_high": "float64",
    "q": "float64",  # Benjamini-Hochberg over all slices searched
    "state": "str",
    "is_strong": "bool",  # confirmed, and the interval of the drop lies at 20 points or above
    "same_mix": "float64",  # accuracy had it the class mix of all frames; nan if it cannot be told
    "same_mix_drop": "float64",  # the same of the rest, minus that
    "same_mix_low": "float64",
    "same_mix_high": "float64",
}

RELIABILITY: dict[str, str] = {
    "bin_low": "float64",
    "bin_high": "float64",
    "frames": "int64",
    "right": "int64",
    "confidence": "float64",  # mean in the bin
    "accuracy": "float64",
    "low": "float64",
    "high": "float64",
    "is_thin": "bool",  # too few frames to judge
}

STRESS: dict[str, str] = {
    "corruption": "str",
    "severity": "float64",
    "right": "int64",
    "of": "int64",
    "effective": "float64",
    "clips": "int64",
    "low": "float64",
    "high": "float64",
    "clean_right": "int64",  # of the same frames, undamaged
    "drop": "float64",  # accuracy undamaged minus damaged, same frames
    "drop_low": "float64",
    "drop_high": "float64",
    "q": "float64",  # Benjamini-Hochberg over all rows
    "confidence": "float64",  # mean
    "clean_confidence": "float64",
    "silent": "int64",  # wrong and at least SETTINGS.silent_confidence
    "stays_sure": "bool",  # right falls, how sure it says it is does not follow
    "state": "str",
}

REVIEWS: dict[str, str] = {
    "id": "str",
    "client": "str",
    "sequence": "int64",
    "content_hash": "str",
    "action": "str",
    "value": "str",
    "reviewer": "str",
    "at": "datetime64[us]",
    "undoes": "str",
}


def conform(table: pd.DataFrame, columns: dict[str, str]) -> pd.DataFrame:
    """
    The table with the named columns first, in order and in their dtypes; other columns follow.

    Raises:
        ValueError: a column is missing; the text lists them.
    """
    missing = [name for name in columns if name not in table.columns]
    if missing:
        raise ValueError(f"table lacks the columns {missing}; it has {list(table.columns)}")
    others = [name for name in table.columns if name not in columns]
    return table[[*columns, *others]].astype(columns)


def empty(columns: dict[str, str]) -> pd.DataFrame:
    """A table of no rows in the given columns."""
    return pd.DataFrame({name: pd.Series(dtype=dtype) for name, dtype in columns.items()})
