"""How common each class was in training: from a list of it, else from the reference."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from core.project import Project
from core.records import Folder
from core.workflows.reserved import without_reserved
from core.workflows.scores import Scores, scores
from core.workflows.training_list import training_list


@dataclass(frozen=True)
class ClassFrequency:
    """Frames of every class of the model, and where they were counted."""

    counts: tuple[tuple[str, int], ...]  # in the order of the model's outputs; hashable
    source: str  # "the training list", "the reference" or "the field"
    unknown: tuple[str, ...] = ()  # labels of the training list the model has no class for


def class_frequency(project: Project, *, is_for_fit: bool = False) -> ClassFrequency:
    """
    Training frames of every class: the training list's, else the reference's, else the field's.

    A list that names none of the model's classes is left aside, and all its labels are `unknown`.

    Args:
        is_for_fit: count no reserved frame of the reference or field, for bars set by the counts.

    Raises:
        MetadataError, FolderError: the training list cannot be read any more.
    """
    return frequency_in(scores(project), training_list(project), is_for_fit=is_for_fit)


def frequency_in(
    found: Scores, training: pd.DataFrame | None, *, is_for_fit: bool = False
) -> ClassFrequency:
    """`class_frequency` of a project already read."""
    classes = found.choices.spec.classes if found.choices.spec else ()
    spelling = {name.strip().casefold(): name for name in classes}
    unknown: tuple[str, ...] = ()
    if training is not None:
        given = training["label"].astype(str).str.strip()
        named = given.map(lambda label: spelling.get(label.casefold()))
        unknown = tuple(sorted(set(given[named.isna()])))
        if named.notna().any():
            return ClassFrequency(_counts(named, classes), "the training list", unknown)
    for folder in (Folder.REFERENCE, Folder.FIELD):
        frames = found.of(folder)
        labels = (without_reserved(found.project, frames) if is_for_fit else frames)["label"]
        if labels.isin(classes).any():
            return ClassFrequency(_counts(labels, classes), f"the {folder.value}", unknown)
    return ClassFrequency(tuple((name, 0) for name in classes), "the field", unknown)


def _counts(labels: pd.Series[str], classes: tuple[str, ...]) -> tuple[tuple[str, int], ...]:
    counted = labels.value_counts()
    return tuple((name, int(counted.get(name, 0))) for name in classes)
