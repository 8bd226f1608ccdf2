"""
What nothing may be fitted on: the frames behind hold-outs, their clips and near-copies.

Whoever fits anything to labelled frames (a temperature, a threshold, a model) passes the frames
through `without_reserved` and stands in FITTERS; tests hold both.
"""

from __future__ import annotations

import pandas as pd

from core.project import Project
from core.records import Folder
from core.workflows.kept import kept_beside
from core.workflows.locked import locked_hashes, without_locked
from core.workflows.scores import Scores, scores

FITTERS: dict[str, str] = {
    "label_doubts": "label_doubts.prepare",
    "temperature": "temperature.correction",
    "thresholds": "thresholds.set_bars",
    "guess": "unlabelled._guesses",
    "strangeness": "unlike._kept",
}
"""What is fitted: the verb that does it, as module.function. Each passes `without_reserved`, or
`without_locked` where the scores themselves need it."""


def without_reserved(project: Project, frames: pd.DataFrame) -> pd.DataFrame:
    """
    The frames that may be fitted on: those no hold-out locks.

    Args:
        frames: any table with a content_hash column.
    """
    return without_locked(frames, reserved_hashes(project))


def reserved_hashes(project: Project) -> frozenset[str]:
    """
    Content hashes no hold-out leaves free.

    Locked are the originals and the whole clips they were in, near-copies of any of these in
    both folders with their whole clips, and the damaged pictures themselves. Worked out from the
    frames as they are now, so frames that come later are locked too.
    """
    return _locked(scores(project.whole), None)


def locked_by(project: Project, name: str) -> dict[Folder, int]:
    """How many pictures of each folder one hold-out locks."""
    found = scores(project)
    locked = _locked(found, name)
    return {
        folder: len(locked & set(found.of(folder)["content_hash"]))
        for folder in Folder
        if folder in found.choices.folders
    }


@kept_beside(most=32)
def _locked(found: Scores, name: str | None) -> frozenset[str]:
    return locked_hashes(found.project, found.frames, name=name)
