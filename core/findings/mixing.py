"""Where frames drawn by lot, and settled ones asked once more, stand in a queue."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Sequence

import numpy as np

RANKED, AUDIT, SECOND = "ranked", "audit", "second"
"""Why a frame stands in a queue; never told to the person who decides."""

Mixed = list[tuple[str, str]]
"""(content hash, why) in the order of the queue."""


def mixed(
    ranked: Sequence[str],
    audit: Sequence[str],
    second: Sequence[str],
    *,
    audit_share: float,
    second_share: float,
    start: int,
    seed: int,
) -> Mixed:
    """
    The ranked frames with others mixed in; it ends with the last ranked one. Each frame once.

    Args:
        ranked, audit, second: content hashes, each in its own order; a frame of `audit` that is
            also ranked is taken wherever its turn comes first.
        audit_share, second_share: of all places, 0..0.5.
        start: decisions made so far, so that a queue opened again goes on in the same pattern
            instead of beginning it anew.
    """
    kinds = _kinds(audit_share, second_share, start, len(ranked), seed)
    taken: set[str] = set()
    left = {RANKED: iter(ranked), AUDIT: iter(audit), SECOND: iter(second)}
    found: Mixed = []
    remaining = len(set(ranked))
    members = set(ranked)
    while remaining:
        kind = next(kinds)
        digest = next((one for one in left[kind] if one not in taken), None)
        if digest is None:  # nothing more of that kind: the next ranked one
            kind = RANKED
            digest = next(one for one in left[RANKED] if one not in taken)
        taken.add(digest)
        remaining -= digest in members
        found.append((digest, kind))
    return found


def _kinds(audit: float, second: float, start: int, ranked: int, seed: int) -> Iterator[str]:
    """The kind of each place from `start` on; more than enough of them, then ranked for ever."""
    end = start + math.ceil(ranked / max(1 - audit - second, 0.1)) + 20
    kinds = dict.fromkeys(_places(second, end, seed=seed + 1), SECOND)
    kinds |= dict.fromkeys(_places(audit, end, seed=seed), AUDIT)
    for place in range(start, end):
        yield kinds.get(place, RANKED)
    while True:
        yield RANKED


def _places(share: float, end: int, *, seed: int) -> list[int]:
    """One place in every 1 / share, drawn by lot within it; the same however far one asks."""
    if share <= 0:
        return []
    number = math.ceil(end * share)
    draws = np.random.default_rng(seed).random(number)
    edges = [math.ceil(at / share) for at in range(number + 1)]
    return [
        low + int(draw * (high - low))
        for low, high, draw in zip(edges, edges[1:], draws, strict=False)
    ]


def is_drawn(content_hash: str, share: float, *, name: str, seed: int) -> bool:
    """
    Whether a frame is among a share of all, drawn by its content alone: the same on every laptop.

    Args:
        share: 0..1.
        name: of the draw, so that two draws do not choose the same frames.
    """
    if share <= 0:
        return False
    return _draw(content_hash, name, seed) < share


def in_drawn_order(content_hashes: Sequence[str], *, name: str, seed: int) -> list[str]:
    """Frames in an order drawn by their content alone; see `is_drawn`."""
    return sorted(content_hashes, key=lambda digest: (_draw(digest, name, seed), digest))


def _draw(content_hash: str, name: str, seed: int) -> float:
    drawn = hashlib.sha256(f"{seed}:{name}:{content_hash}".encode()).digest()
    return int.from_bytes(drawn[:8], "big") / 2**64
