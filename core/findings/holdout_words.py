"""The hold-out in sentences; on screen it is the locked test set."""

from __future__ import annotations

from collections.abc import Mapping

from core.findings.statements import count_of, percent
from core.records import Folder, State, Statement


def written_words(name: str, place: str, *, pictures: int, of: int, clips: int, folder: str) -> str:
    """ "“NAME” is written: 24 damaged pictures, made of 24 of 240 labelled ... frames ..." """
    return (
        f"“{name}” is written: {count_of(pictures, 'damaged picture')}, made of {pictures:,} of "
        f"{of:,} labelled {folder} frames ({percent(pictures / of if of else 0)}) in "
        f"{count_of(clips, 'clip')}. They are in {place}, with a table of their labels "
        "and the recipe."
    )


def unfinished_words(name: str, done: int, of: int) -> str:
    """What an interrupted write left, and how it goes on."""
    return (
        f"“{name}” is not finished: {done:,} of {count_of(of, 'picture')} are written. "
        "Ask for the same again; it goes on there."
    )


def locked_words(locked: Mapping[Folder, int]) -> str:
    """How many frames are locked and what that means."""
    parts = [f"{count} {folder.value}" for folder, count in locked.items() if count]
    total = sum(locked.values())
    if not total:
        return "It locks no frame here: it was unlocked, or its originals are not in this project."
    return (
        f"{' and '.join(parts)} frame{' is' if total == 1 else 's are'} locked: the originals, "
        "everything from their clips and whatever looks nearly like them, also "
        "frames that come later. They may test a model; nothing may learn from them."
    )


UNLOCK_WARNING = (
    "After unlocking, the same frames may be learned from again, and from then on a good result "
    "on this test set proves nothing. It cannot be locked again under this name. Its pictures "
    "stay where they are: delete the folder yourself if you want it gone."
)


def unlocked_words(name: str, at: str) -> str:
    """A hold-out that is not locked any more."""
    return (
        f"“{name}” was unlocked on {at[:10]}: what was fitted since may know its frames, so "
        "results on it prove nothing."
    )


def left_out_words(left_out: int, what: str) -> str:
    """How many frames a fit went without, because they are reserved; empty for none."""
    if not left_out:
        return ""
    return (
        f" {count_of(left_out, what)} {'was' if left_out == 1 else 'were'} left out of the fit, "
        "because a locked test set reserves "
        f"{'it' if left_out == 1 else 'them'}."
    )


def rebuilt_statement(same: int, of: int, problems: int, place: str) -> Statement:
    """Whether the rebuilt pictures are the recipe's, byte for byte."""
    if same == of and not problems:
        return Statement(
            f"All {count_of(of, 'picture')} came out byte for byte the same, and the labels too.",
            f"The test set in {place} is the one of the recipe.",
            State.NONE_FOUND,
        )
    return Statement(
        f"{same:,} of {count_of(of, 'picture')} came out byte for byte the same; "
        f"{count_of(problems, 'thing')} did not come out as the recipe says.",
        "Put back what is named, then ask for the same again. Until then the folder counts as "
        "unfinished.",
        State.CONFIRMED,
    )
