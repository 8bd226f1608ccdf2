"""Frozen sets of hard cases under the names by which a slice is chosen anywhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from functools import lru_cache

from core.project import Project
from core.records import FrozenFrame, FrozenSet, SavedSlice, SliceRule
from core.store import frozen as store
from core.store import saved_slices as slice_store
from core.store.database import connect

FROZEN = "frozen"
"""The origin of a slice that is a frozen set."""


def titled_sets(project: Project) -> dict[str, FrozenSet]:
    """
    Every frozen set under the one name it is asked for by: "night-hard v1".

    Where two have that name (two laptops froze one each), or a saved slice has it, none of the
    sets goes by the bare name: each is told by the first letters of its id, so that no name ever
    means other frames than it did.
    """
    with connect(project.database) as db:
        found = store.frozen_sets(db)
        taken = {row["name"] for row in slice_store.saved_slices(db)}
    return _titled(found, taken)


def _titled(found: list[FrozenSet], taken: Collection[str]) -> dict[str, FrozenSet]:
    plain = Counter(plain_title(one) for one in found)
    return {
        title if plain[title] == 1 and title not in taken else f"{title} ({one.id[:6]})": one
        for one in found
        for title in [plain_title(one)]
    }


def plain_title(one: FrozenSet) -> str:
    """ "night-hard v1"."""
    return f"{one.name} v{one.version}"


def frames_of(project: Project, set_id: str) -> tuple[FrozenFrame, ...]:
    """The frames of a frozen set; they never change, so they are read once."""
    return _frames(project.whole, set_id)


@lru_cache(maxsize=128)
def _frames(project: Project, set_id: str) -> tuple[FrozenFrame, ...]:
    with connect(project.database) as db:
        return store.frozen_frames(db, set_id)


def frozen_slices(project: Project) -> list[SavedSlice]:
    """Every frozen set as a slice of pictures, by name and version."""
    return [
        SavedSlice(title, (SliceRule(hashes=_hashes(project.whole, one.id)),), FROZEN, one.made_at)
        for title, one in titled_sets(project).items()
    ]


@lru_cache(maxsize=128)
def _hashes(project: Project, set_id: str) -> tuple[str, ...]:
    return tuple(frame.content_hash for frame in frames_of(project, set_id))
