"""What other pages have found against frames, as far as asking is quick enough for the queue."""

from __future__ import annotations

import pandas as pd

from core.findings.pixel_rules import useless_by_pixels
from core.project import Project
from core.records import Folder
from core.workflows.label_doubts import known_suspects
from core.workflows.locked import locked_hashes
from core.workflows.scores import Scores, scores
from core.workflows.unlike import strangeness

QUICK_PAIRS = 2_000_000
"""Comparisons of frames with the reference that take tenths of a second, not many seconds."""


def doubted_labels(project: Project) -> dict[str, str]:
    """
    Field frames whose label a learner doubts and what they look like, worst first.

    Only what was learnt on the page Label doubts from the frames and labels as they are now.
    """
    return known_suspects(project.whole, Folder.FIELD)


def unlike_frames(found: Scores, frames: pd.DataFrame) -> set[str]:
    """
    Content hashes of field frames unlike the reference.

    In a large project only what is known already (a mark was chosen) or the pixels alone tell.
    """
    if found.choices.sure_threshold is not None:
        return set(frames.loc[frames["is_unusual"], "content_hash"])
    whole = scores(found.project.whole)
    answered = whole.frames[whole.frames["answer"].notna()]
    reference = int((answered["folder"] == Folder.REFERENCE.value).sum())
    if reference * len(answered) > QUICK_PAIRS:
        return set(answered.loc[useless_by_pixels(answered), "content_hash"])
    locked = locked_hashes(whole.project, whole.frames)
    table = strangeness(whole.project, whole.choices, whole.frames, locked=locked)
    return set(whole.frames.loc[table["is_unusual"], "content_hash"])
