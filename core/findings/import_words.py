"""Bringing labels in, in sentences."""

from __future__ import annotations

from collections.abc import Mapping

from core.findings.statements import count_of

READY, SAME, KNOWN, NOTHING, UNTOUCHED = "ready", "same", "known", "nothing", "untouched"
NO_PICTURE, SEVERAL, NO_CLASS, REPEATED, UNREADABLE = (
    "no_picture", "several", "no_class", "repeated", "unreadable",
)  # fmt: skip

MEANINGS: dict[str, str] = {
    "ready": "would become decisions",
    "same": "say what already stands here",
    "known": "were brought in before",
    "nothing": "hold no label",
    "untouched": "were exported undecided and are still so",
    "no_picture": "name a picture this project does not have",
    "several": "name a file that several pictures are called",
    "no_class": "name a class the model does not have",
    "repeated": "say the same of the same picture again",
    "unreadable": "cannot be read",
}
"""What becomes of a row: in words that follow a count."""


def preview_words(counts: Mapping[str, int]) -> str:
    """ "212 rows: 180 would become decisions, 20 name a picture this project does not have ..." """
    rows = sum(counts.values())
    if not rows:
        return "No rows."
    parts = [f"{counts[name]:,} {MEANINGS[name]}" for name in MEANINGS if counts.get(name)]
    return f"{count_of(rows, 'row')}: {', '.join(parts)}."


def change_words(changes: int, disagree: int) -> list[str]:
    """What a person should know before they go on; empty if there is nothing."""
    found = []
    if changes:
        found.append(
            f"{count_of(changes, 'picture')} was decided otherwise here; the file's label would "
            "stand from now on."
            if changes == 1
            else f"{changes:,} pictures were decided otherwise here; the file's labels would "
            "stand from now on."
        )
    if disagree:
        verb = "has" if disagree == 1 else "have"
        found.append(
            f"{count_of(disagree, 'picture')} {verb} two different labels in the file; the later "
            "one would stand."
        )
    return found


def brought_words(new: int, name: str) -> str:
    """What was brought in."""
    if not new:
        return f"Nothing of {name} was new; nothing was changed."
    return (
        f"{count_of(new, 'label')} of {name} brought in as decisions. One step takes them all back."
    )


def taken_back_words(rows: int, name: str) -> str:
    """What was taken back."""
    return f"{count_of(rows, 'label')} of {name} taken back; both stay on record."
