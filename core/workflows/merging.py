"""Bring another laptop's reviews in; who merges with whom does not matter, nor how often."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from core.findings.statements import count_of
from core.project import DATABASE, Project
from core.records import Action
from core.store import merging as store
from core.store.database import connect
from core.store.merging import Merge

SHOWN = 20


def merge(project: Project, other: Path) -> Merge:
    """
    Add the reviews and saved queues of another database (or project folder) that this one lacks.

    Raises:
        ProjectError: it cannot be read, or is of a newer Fieldcheck; nothing was merged.
        DiskError: the disk refused; nothing was merged.
    """
    other = other.expanduser()
    beside = project.folder / "backups" / other
    if other.is_dir():
        other /= DATABASE
    elif not other.exists() and beside.is_file():
        other = beside
    found = store.everything_in(other)
    with connect(project.database) as db:
        return store.merge(
            db, found.reviews, ends=found.ends, queues=found.queues, sets=found.sets,
            conflicts=found.conflicts,
        )  # fmt: skip


def conflicts(project: Project) -> dict[str, str]:
    """Pictures two sides decided differently and nobody settled since: content hash to words."""
    with connect(project.database) as db:
        rows = store.open_conflicts(db)
    return {
        row["content_hash"]: f"{_side(row, 'earlier')}, {_side(row, 'later')} later."
        for row in rows
    }


def _side(row: dict[str, Any], side: str) -> str:
    action, value = row[f"{side}_action"], row[f"{side}_value"]
    said = {Action.UNSURE: "unclear", Action.SKIP: "skipped it"}.get(action, value)
    return (
        f"{row[f'{side}_reviewer']} said {said}" if value else f"{row[f'{side}_reviewer']}: {said}"
    )


def merge_json(found: Merge) -> dict[str, Any]:
    """What `fieldcheck reviews merge --json` prints."""
    row = asdict(found)
    return {**row, "left_out": list(found.left_out), "conflicts": list(found.conflicts)}


def merge_lines(found: Merge) -> list[str]:
    """The merge in words."""
    lines = [f"{count_of(found.found, 'review')} in the other project, {found.new:,} of them new."]
    if found.unknown_pictures:
        lines.append(
            f"{count_of(found.unknown_pictures, 'picture')} of the new reviews are not in this "
            "project's folders; the reviews are kept and count once the pictures are there."
        )
    if found.new_queues:
        lines.append(f"{count_of(found.new_queues, 'saved queue')} came with them.")
    if found.frozen:
        lines.append(f"{count_of(found.frozen, 'frozen set')} of hard cases came with them.")
    lines += found.left_out[:SHOWN]
    if len(found.left_out) > SHOWN:
        lines.append(f"... and {len(found.left_out) - SHOWN:,} more were left out.")
    if found.conflicts:
        lines.append(
            f"{count_of(len(found.conflicts), 'picture')} decided differently on the two sides. "
            "The later decision stands; the queue's order 'Two sides disagree' shows them."
        )
    return lines
