"""Field frames by their tags, read once: which carry a mode's name, which none."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from core.project import Project
from core.records import Folder
from core.workflows.failure_modes import folded
from core.workflows.narrow import tags_of
from core.workflows.scores import scores


@dataclass(frozen=True, eq=False)
class Tagged:
    """Field frames, one per picture content, and the tags of every picture that has any."""

    frames: pd.DataFrame
    tags: dict[str, frozenset[str]]  # folded, by content hash; pictures that are gone among them

    def having(self, names: frozenset[str]) -> pd.DataFrame:
        """The frames with one of these tags (folded)."""
        return self.frames[self.frames["content_hash"].isin(self.hashes(names))]

    def hashes(self, names: frozenset[str]) -> frozenset[str]:
        """Contents with one of these tags, gone ones too."""
        return frozenset(digest for digest, tags in self.tags.items() if tags & names)


def tagged(project: Project) -> Tagged:
    """The frames of a project, which may be narrowed, with what is tagged in the whole of it."""
    frames = scores(project).of(Folder.FIELD).drop_duplicates("content_hash")
    tags = {digest: frozenset(map(folded, kept)) for digest, kept in tags_of(project.whole).items()}
    return Tagged(frames, tags)
