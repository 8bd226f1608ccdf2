"""The camera_views table: what is kept of each picture to tell how its camera fares, by content."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlite_utils import Database

from core.store.predictions import MOST_NAMED


class ViewRow(NamedTuple):
    """One row: a picture's content hash, and what is kept of it as bytes, row by row."""

    content_hash: str
    pixels: str
    tiles: bytes  # little-endian uint32
    samples: bytes  # uint8
    view: bytes  # uint8
    tint: float


class StoredViews(NamedTuple):
    """Rows of pictures, in the order asked for; those not stored are False in `is_known`."""

    is_known: NDArray[np.bool_]  # (n,)
    pixels: NDArray[np.object_]  # (n,), "" where not known
    tiles: NDArray[np.uint32]  # (n, side, side)
    samples: NDArray[np.uint8]  # (n, side, side)
    view: NDArray[np.uint8]  # (n, side, side)
    tint: NDArray[np.float64]  # (n,), nan where not known


def save_views(db: Database, rows: Iterable[ViewRow], *, version: int) -> None:
    """Store one batch in one transaction; made again, a picture's row is replaced."""
    with db.atomic():
        for row in rows:
            db.execute(
                "INSERT OR REPLACE INTO camera_views "
                "(content_hash, version, pixels, tiles, samples, view, tint) "
                "VALUES (?, ?, ?, ?, ?, ?, ?)",
                [row.content_hash, version, *row[1:]],
            )


def seen_hashes(db: Database, *, version: int) -> set[str]:
    """Content hashes of which this version's row is kept."""
    rows = db.query("SELECT content_hash FROM camera_views WHERE version = ?", [version])
    return {row["content_hash"] for row in rows}


def load_views(
    db: Database,
    content_hashes: Sequence[str],
    *,
    version: int,
    tile_side: int,
    sample_side: int,
    view_side: int,
) -> StoredViews:
    """What is kept of these pictures, one row each, in their order."""
    n = len(content_hashes)
    found = StoredViews(
        np.zeros(n, dtype=bool),
        np.full(n, "", dtype=object),
        np.zeros((n, tile_side, tile_side), dtype=np.uint32),
        np.zeros((n, sample_side, sample_side), dtype=np.uint8),
        np.zeros((n, view_side, view_side), dtype=np.uint8),
        np.full(n, np.nan),
    )
    places: dict[str, list[int]] = {}
    for place, content_hash in enumerate(content_hashes):
        places.setdefault(content_hash, []).append(place)
    names = list(places)
    for start in range(0, len(names), MOST_NAMED):
        part = names[start : start + MOST_NAMED]
        sql = (
            "SELECT content_hash, pixels, tiles, samples, view, tint FROM camera_views "
            f"WHERE version = ? AND content_hash IN ({', '.join('?' * len(part))})"
        )
        for row in db.execute(sql, [version, *part]):
            _put(found, places[row[0]], ViewRow(*row))
    return found


def _put(found: StoredViews, places: list[int], row: ViewRow) -> None:
    found.is_known[places] = True
    found.pixels[places] = row.pixels
    found.tint[places] = row.tint
    for array, blob in (
        (found.tiles, np.frombuffer(row.tiles, dtype="<u4")),
        (found.samples, np.frombuffer(row.samples, dtype=np.uint8)),
        (found.view, np.frombuffer(row.view, dtype=np.uint8)),
    ):
        array[places] = blob.reshape(array.shape[1:])
