"""Reviews that came from a file: which are stored, which were taken back, and the newest lot."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlite_utils import Database

from core.store.reviews import is_taken_back

IMPORT = "import "
UNDO = "undo of import "
"""What the windows (`client`) of imported reviews, and of those that take them back, begin with."""

_MANY = 500


def stored(db: Database, ids: Iterable[str]) -> dict[str, bool]:
    """Of these reviews, those that are stored: id to whether it was taken back, by any undo."""
    wanted = list(ids)
    found: dict[str, bool] = {}
    for start in range(0, len(wanted), _MANY):
        some = wanted[start : start + _MANY]
        rows = db.query(
            f"SELECT r.id, {is_taken_back('r')} AS taken_back "
            f"FROM reviews AS r WHERE r.id IN ({', '.join('?' * len(some))})",
            some,
        )
        found |= {row["id"]: bool(row["taken_back"]) for row in rows}
    return found


def newest_import(db: Database) -> list[dict[str, Any]]:
    """What still stands of the newest import, oldest first; [] if nothing does."""
    standing = f"NOT {is_taken_back('r')}"
    last = next(
        db.query(
            f"SELECT client FROM reviews AS r WHERE client LIKE ? || '%' AND {standing} "
            "ORDER BY at DESC, id DESC LIMIT 1",
            [IMPORT],
        ),
        None,
    )
    if last is None:
        return []
    return list(
        db.query(
            f"SELECT * FROM reviews AS r WHERE client = ? AND {standing} ORDER BY at, id",
            [last["client"]],
        )
    )
