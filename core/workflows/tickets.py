"""
How a frame is asked for, as its window is told: as a ticket, one a frame, open ones too.

The window sends it back with the decision, so that the commit route need not build a queue to
find out. In words it would tell a second look before the decision is made.
"""

from __future__ import annotations

import hashlib

from core.errors import ReviewError
from core.records import ASKED

WAYS: tuple[str | None, ...] = (None, *sorted(ASKED))


def ticket(content_hash: str, asked: str | None) -> str:
    """16 hexadecimal digits. `asked`: one of records.ASKED, or None openly."""
    return hashlib.sha256(f"{content_hash}:{asked}".encode()).hexdigest()[:16]


def asked_by(content_hash: str, given: object) -> str | None:
    """
    What a ticket of this frame says; the words themselves are understood too, None is openly.

    Raises:
        ReviewError: it is neither.
    """
    for asked in WAYS:
        if given in (asked, ticket(content_hash, asked)):
            return asked
    raise ReviewError(f"A decision cannot be asked for as '{given}'. Nothing was stored.")
