"""
Columns, dtypes and checks of the tables that travel between the floors.

FRAMES       one row per picture file, broken ones excluded
QUALITY      one row per content hash
PREDICTIONS  one row per content hash and model
SLICES       one row per value of a column, or pair of values of two columns
RELIABILITY  one row per confidence bin
STRESS       one row per corruption and severity
CUES         one row per cue change
DOCTOR       one row per other preparation tried
REVIEWS      one row per review, oldest first
"""

from __future__ import annotations

from collections.abc import Iterable

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

QUALITY: dict[str, str] = {
    "content_hash": "str",
    "brightness": "float64",  # mean luma at the working size, 0..1
    "contrast": "float64",  # standard deviation of luma, 0..0.5
    "sharpness": "float64",  # 1 blurred, 2.6 a clean edge; nan without edges
    "noise": "float64",  # levels of 255, standard deviation; nan if nearly all is black or white
    "warmth": "float64",  # log2 of mean red over mean blue
    "dark_share": "float64",  # pixels with luma <= 0.10, 0..1
    "bright_share": "float64",  # pixels with luma >= 0.98, 0..1
    "colours": "float64",  # different ones among up to 16,384 pixels
    "luma_entropy": "float64",  # bits
    "laplacian_variance": "float64",  # levels²; reported, never judged by
    "jpeg_quality": "float64",  # 1..100; nan for other formats
    "camera_make": "str",  # as EXIF says it; missing if unknown
    "camera_model": "str",
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
    "bin_low": "float64",  # the least sure frame of the bin
    "bin_high": "float64",  # the surest; both are in it
    "frames": "int64",
    "right": "int64",
    "confidence": "float64",  # mean in the bin
    "accuracy": "float64",
    "low": "float64",
    "high": "float64",
    "perfect_low": "float64",  # where a model as good as its word would lie, 95 times in 100
    "perfect_high": "float64",
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

CUES: dict[str, str] = {
    "change": "str",  # a key of CUE_CHANGES
    "right": "int64",
    "of": "int64",
    "effective": "float64",
    "clips": "int64",
    "low": "float64",
    "high": "float64",
    "clean_right": "int64",  # of the same frames, unchanged
    "drop": "float64",  # accuracy unchanged minus changed, same frames
    "drop_low": "float64",
    "drop_high": "float64",
    "guess": "float64",  # share right of one who always names the commonest answer, same frames
    "q": "float64",  # Benjamini-Hochberg over all rows
    "keeps": "bool",  # it keeps more than half of what it knew beyond the guess
    "state": "str",  # confirmed: proven either way; suspected: not proven; or not_enough
}

DOCTOR: dict[str, str] = {
    "step": "int64",  # 1 against the setting as it is; later ones against the best so far
    "change": "str",  # what differs from the setting of that step, in words
    "of": "int64",  # frames asked about
    "base_right": "int64",  # of them, right with the setting of that step
    "mended": "int64",  # wrong before, right with the change
    "broken": "int64",  # right before, wrong with the change
    "asked": "int64",  # frames it answered; fewer than `of` once it could not be better any more
    "right": "float64",  # of `of`; nan if not all were asked
    "gain": "float64",  # share right with the change minus without; nan if not all were asked
    "low": "float64",
    "high": "float64",
    "p": "float64",  # one-sided, counts scaled to the effective count
    "q": "float64",  # Holm over every change tried
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
    "asked": "str",  # "blind", "second", "blind second"; missing if asked openly
}


def taken_back(reviews: Iterable[tuple[str, str | None]]) -> set[str]:
    """
    Ids of the reviews that do not stand: an undo that itself stands names them.

    An undo that is named in turn does not stand, so that what it took back is brought back.

    Args:
        reviews: (id, undoes) of every review there is, in any order.
    """
    rows = [(one, undoes) for one, undoes in reviews if undoes]
    named = {undoes for _, undoes in rows}
    return {undoes for one, undoes in rows if one not in named}


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
