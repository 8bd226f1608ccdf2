"""Slices nobody named: the project's frames searched for groups that fail."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.errors import NothingYetError
from core.findings.found_slices import (
    Found,
    find_groups,
    found_statement,
    group_name,
    group_statement,
)
from core.project import Project
from core.records import Folder, SliceRule, Statement
from core.workflows.kept import kept_beside
from core.workflows.scores import Scores, scores, vectors

METHOD = (
    "Embeddings are reduced to 50 principal components. Half of the clips are searched by a "
    "decision tree (at most 32 leaves; every node counts) that tells wrong from right and by "
    "k-means within each answer; of groups at least 10 points worse with a SliceLine score above 0 "
    "(α 0.95) those with the largest z are kept, overlapping ones once, at most ten. Each is then "
    "**tested on the other half**: Newcombe's "
    "interval on effective counts, Fisher's test, Benjamini-Hochberg over the groups tested. "
    "Confirmed as for any weak spot. The map shows the first two components."
)


@dataclass(frozen=True)
class FoundReport:
    """The groups that fail, in words and as frames."""

    frames: pd.DataFrame  # one row a picture, in the order of the members
    found: Found
    headline: Statement
    names: tuple[str, ...]  # one a group
    statements: tuple[Statement, ...]


def found_slices(project: Project, *, seed: int = 0) -> FoundReport:
    """
    Groups of alike field frames that fail; some seconds for ten thousand frames.

    Raises:
        NothingYetError: no labelled field frame has an answer.
    """
    return _found_slices(scores(project), seed)


@kept_beside(most=4)
def _found_slices(scored: Scores, seed: int) -> FoundReport:
    frames = scored.labelled(Folder.FIELD).drop_duplicates("content_hash").reset_index(drop=True)
    if frames.empty:
        raise NothingYetError(
            "Groups that fail can only be found where frames are labelled. Label some in the queue."
        )
    found = find_groups(
        vectors(scored.project, "embedding", list(frames["content_hash"])),
        frames["is_right"].to_numpy(bool),
        pd.factorize(frames["clip"])[0].astype(np.intp),
        pd.factorize(frames["answer"])[0].astype(np.intp),
        seed=seed,
    )
    names = tuple(
        f"Group {number}, {group_name(frames, group.members)}"
        for number, group in enumerate(found.groups, 1)
    )
    statements = tuple(
        group_statement(group, name) for group, name in zip(found.groups, names, strict=True)
    )
    return FoundReport(frames, found, found_statement(found), names, statements)


def group_frames(report: FoundReport, place: int) -> pd.DataFrame:
    """The frames of one group, wrong ones first."""
    inside = report.frames[report.found.groups[place].members]
    return inside.sort_values(["is_right", "confidence"], ascending=[True, False])


def rule_of(frames: pd.DataFrame) -> SliceRule:
    """The slice that holds exactly these pictures."""
    return SliceRule(hashes=tuple(frames["content_hash"]))


def frame_map(report: FoundReport) -> pd.DataFrame:
    """Where each picture lies: content_hash, x, y, is_right and words for its hover."""
    frames = report.frames
    words = [
        f"{path}: answered {answer}, labelled {label}"
        for path, answer, label in zip(
            frames["path"], frames["answer"], frames["label"], strict=True
        )
    ]
    return pd.DataFrame(
        {
            "content_hash": frames["content_hash"],
            "x": report.found.positions[:, 0],
            "y": report.found.positions[:, 1],
            "is_right": frames["is_right"],
            "words": words,
        }
    )
