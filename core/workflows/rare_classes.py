"""Are rare classes failed more?"""

from __future__ import annotations

import pandas as pd

from core.errors import NothingYetError
from core.findings.rare_classes import RareReport, rare_report
from core.project import Project
from core.records import Folder
from core.workflows.class_frequency import class_frequency
from core.workflows.kept import kept_beside
from core.workflows.scores import Scores, scores

METHOD = (
    "Error by class, or by tenths of 20 classes or more, sorted by training count; mean over the "
    "classes with a bootstrap of whole clips (2,000 draws). Spearman's rank correlation of count "
    "and error. Imbalance is confirmed when the rarest group's error is three times the "
    "commonest's and the bootstrap interval of the difference excludes 0."
)


def rare_classes(project: Project) -> RareReport:
    """
    Error of the labelled field frames by how often their class was trained on.

    Counts come from the training list, else the reference, else the field itself.

    Raises:
        NothingYetError: no labelled field frame has an answer.
    """
    found = scores(project)
    counts, source = class_counts(project)
    return _rare(found, tuple(sorted(counts.items())), source)


@kept_beside(most=4)
def _rare(found: Scores, counts: tuple[tuple[str, int], ...], source: str) -> RareReport:
    return rare_report(_labelled(found), dict(counts), source=source)


def class_counts(project: Project) -> tuple[dict[str, int], str]:
    """How often each class was trained on, and where that is from, in words."""
    frequency = class_frequency(project)
    return dict(frequency.counts), frequency.source


def _labelled(found: Scores) -> pd.DataFrame:
    frames = found.labelled(Folder.FIELD)
    if frames.empty:
        raise NothingYetError(
            "No labelled field frame has an answer yet, so nobody can say which classes fail. "
            "Label some frames in the queue."
        )
    return frames
