"""What the field has and the reference lacks: frames per class and condition, side by side."""

from __future__ import annotations

import pandas as pd

from core.findings.cells import MISSING, value_text
from core.findings.statements import count_of
from core.records import State, Statement
from core.settings import SETTINGS

COVERAGE: dict[str, str] = {
    "label": "str",
    "value": "str",
    "field": "int64",  # frames
    "field_clips": "int64",
    "reference": "int64",
    "training": "Int64",  # missing without a training list
    "is_missing": "bool",  # the field has it, the reference (and the training list) has none
    "collect": "int64",  # frames to collect; 0 unless it is missing or thin
}

ENOUGH = int(SETTINGS.min_effective)
"""Frames of a cell that can be judged, if they come from ten clips."""


def coverage_table(
    field: pd.DataFrame,
    reference: pd.DataFrame,
    *,
    column: str,
    training: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """
    One row per class and value that occurs anywhere, most missed in the field first: COVERAGE.

    A cell the field has and the reference lacks is missing; one with fewer frames in the reference
    than can be judged is thin and asks for the rest.

    Args:
        field, reference: label, the column and, for the field, clip; unlabelled frames are not
            counted.
        column: the condition.
        training: the same of a training list; without the column, its classes alone count.
    """
    counts = {"field": _counts(field, column), "reference": _counts(reference, column)}
    clips = _keyed(field, column).drop_duplicates(["label", "value", "clip"])
    table = pd.DataFrame(counts).fillna(0)
    table["field_clips"] = clips.groupby(["label", "value"]).size()
    table = table.fillna(0).reset_index(names=["label", "value"])
    table["training"] = _trained(table, column, training)
    is_lacking = (table["reference"] == 0) & (table["training"].fillna(0) == 0)
    table["is_missing"] = (table["field"] > 0) & is_lacking
    is_thin = (table["field"] > 0) & (table["reference"] < ENOUGH)
    table["collect"] = (ENOUGH - table["reference"]).where(is_thin, 0)
    table = table.astype(COVERAGE)[list(COVERAGE)]
    return table.sort_values(
        ["is_missing", "field", "label", "value"], ascending=[False, False, True, True],
        ignore_index=True,
    )  # fmt: skip


def _keyed(frames: pd.DataFrame, column: str) -> pd.DataFrame:
    labelled = frames[frames["label"].notna()]
    keyed = labelled.assign(value=labelled[column].astype("object").map(value_text))
    return keyed.astype({"label": "object", "value": "object"})


def _counts(frames: pd.DataFrame, column: str) -> pd.Series:
    return _keyed(frames, column).groupby(["label", "value"]).size()


def _trained(table: pd.DataFrame, column: str, training: pd.DataFrame | None) -> pd.Series:
    if training is None:
        return pd.Series(pd.NA, index=table.index, dtype="Int64")
    if column in training.columns:
        counts = _counts(training, column)
        keys = pd.MultiIndex.from_frame(table[["label", "value"]])
        return pd.Series(counts.reindex(keys).fillna(0).to_numpy(), table.index).astype("Int64")
    by_class = training["label"].value_counts()
    return table["label"].map(by_class).fillna(0).astype("Int64")


def coverage_statement(table: pd.DataFrame, title: str) -> Statement:
    """What is missing, in words, and what to collect first."""
    known = table[table["value"] != MISSING]
    in_reference = int(known["reference"].sum())
    if not len(table) or not table["field"].sum():
        return Statement(
            "No labelled field frame to compare with the reference.",
            "Label some frames in the queue.",
            State.NOT_ENOUGH,
        )
    if not in_reference:
        return Statement(
            f"The reference says nothing of {title.lower()}: none of its frames has one.",
            f"Give its frames a {title.lower()} in the metadata, or collect some for each.",
            State.NOT_ENOUGH,
        )
    seen = known.groupby("value")[["field", "reference"]].sum()
    if not ((seen["field"] > 0) & (seen["reference"] > 0)).any():
        most = seen["field"].idxmax()
        return Statement(
            f"No reference frame shares a {title.lower()} with the field: all "
            f"{count_of(int(seen['field'].sum()), 'field frame')} are of a kind it lacks.",
            f"Collect reference frames of every class with {title.lower()} {most} first, which has "
            f"{count_of(int(seen['field'].max()), 'field frame')}.",
            State.CONFIRMED,
        )
    gaps = table[table["is_missing"]]
    if gaps.empty:
        return Statement(
            f"The reference has every class with every {title.lower()} that the field has.",
            "",
            State.NONE_FOUND,
        )
    first = gaps.iloc[0]
    return Statement(
        f"{count_of(int(gaps['field'].sum()), 'field frame')} show what the reference lacks, in "
        f"{count_of(len(gaps), 'combination')}; most: {first['label']} with {title.lower()} "
        f"{first['value']}, {count_of(int(first['field']), 'frame')}.",
        f"Collect {first['collect']} reference frames of {first['label']} with {title.lower()} "
        f"{first['value']}, from {SETTINGS.min_clips} clips or more.",
        State.CONFIRMED,
    )
