"""Reviews that came from a file: which are stored, which were taken back, and the newest lot."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlite_utils import Database

IMPORT = "import "
UNDO = "undo of import "
"""What the windows (`client`) of imported reviews, and of those that take them back, begin with."""

_MANY = 500


def stored(db: Database, ids: Iterable[str]) -> dict[str, bool]:
    """Of these reviews, those that are stored: id to whether the import was taken back."""
    wanted = list(ids)
    found: dict[str, bool] = {}
    for start in range(0, len(wanted), _MANY):
        some = wanted[start : start + _MANY]
        rows = db.query(
            "SELECT r.id, EXISTS (SELECT 1 FROM reviews AS u WHERE u.undoes = r.id "
            "AND u.client LIKE ? || '%') AS taken_back "
            f"FROM reviews AS r WHERE r.id IN ({', '.join('?' * len(some))})",
            [UNDO, *some],
        )
        found |= {row["id"]: bool(row["taken_back"]) for row in rows}
    return found


def newest_import(db: Database) -> list[dict[str, Any]]:
    """What still stands of the newest import, oldest first; [] if nothing does."""
    standing = "NOT EXISTS (SELECT 1 FROM reviews AS u WHERE u.undoes = r.id)"
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
