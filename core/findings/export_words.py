"""Handing over and bringing in, in sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from core.findings.statements import count_of

LOCKED = "a locked test set holds it"
NO_CLASS = "nobody knows its class yet"
TWO_CLASSES = "copies of it stand under two labels"
GONE = "its file is gone from the folders"
CHANGED = "its file has changed since it was looked at; look at the folders again"
NO_DAMAGE = "it shows no damage that is measured or named by a tag"
NO_SOURCE = "there is no clean picture of its class to damage"
SHOWN = 20


def leaving_words(pictures: int, left_out: Sequence[tuple[str, str]], *, what: str) -> str:
    """ "180 pictures go out. 12 stay: 10 a locked test set holds it, 2 ..." """
    verb = "goes" if pictures == 1 else "go"
    return f"{count_of(pictures, what)} {verb} out.{staying_words(left_out)}"


def staying_words(left_out: Sequence[tuple[str, str]]) -> str:
    """How many stay and why, commonest reason first; empty for none."""
    if not left_out:
        return ""
    reasons = Counter(reason for _, reason in left_out).most_common()
    parts = [f"{number:,} because {reason}" for reason, number in reasons]
    verb = "stays" if len(left_out) == 1 else "stay"
    return f" {count_of(len(left_out), 'picture')} {verb} behind: {'; '.join(parts)}."


def written_words(
    path: str, pictures: int, planned: int, left_out: Sequence[tuple[str, str]], *, whole: bool
) -> str:
    """What was written and where, or how far it is."""
    if not whole:
        return f"{stopped_words(pictures, planned)} It would be {path}."
    return f"{done_words(pictures, left_out)} It is {path}."


def stopped_words(pictures: int, planned: int) -> str:
    """How far a stopped export is."""
    return (
        f"Stopped after {pictures:,} of {count_of(planned, 'picture')}. What is done is kept "
        "apart, so no half folder can be mistaken for a whole one; ask for the same again and it "
        "goes on there."
    )


def done_words(pictures: int, left_out: Sequence[tuple[str, str]]) -> str:
    """What was written."""
    return f"Written: {count_of(pictures, 'picture')}.{staying_words(left_out)}"


def left_lines(left_out: Sequence[tuple[str, str]]) -> list[str]:
    """One line each, the first few."""
    lines = [f"left out: {path}: {reason}" for path, reason in left_out[:SHOWN]]
    more = len(left_out) - SHOWN
    return [*lines, f"... and {more:,} more were left out."] if more > 0 else lines
