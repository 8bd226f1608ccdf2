"""
A hundred thousand embeddings searched in milliseconds, and told whether the answer is proven.

Each row is kept whole in 16-bit numbers, and once more as its shadow: its part along the main
directions of all rows, and the length of what the shadow lacks. Shadows are compared with all rows
in one product; the likeliest are then measured whole. Since cos(a, b) is at most shadow(a)
shadow(b) + lack(a) lack(b) (Cauchy-Schwarz), it is known which rows left unmeasured could still
belong to the answer: they are measured too while they are few, and otherwise the answer says that
it is not proven.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.metrics.nearest import SLACK, Rows, candidates, ranked
from core.metrics.unlike import unit_rows

DIRECTIONS = 64
"""Main directions of a shadow: 100,000 rows are then 26 MB, one product 3 ms on one core."""

LIKELIEST = 1_000
"""Rows measured whole in any case."""

MOST_MORE = 2_000
"""Rows that could still belong to the answer and are measured too; beyond, only if asked."""

CHUNK = 1_024
LEARNT_FROM = 5_000
PAIRS = 20_000
FEWEST_PAIRS = 100
"""With fewer pairs of rows than this nobody can say what is usual."""

STEPS = 32_767
"""A row's largest value in 16-bit numbers: four times finer than half precision, and six times
faster to widen again."""

ROUNDED = 5e-5
"""How far that may move a likeness; on a thousand features it is some millionths."""


@dataclass(frozen=True, eq=False)
class NearIndex:
    """Rows of length 1, ready to be searched."""

    whole: NDArray[np.int16]  # (n, n_features), may lie in a file; zeros where not finite
    length: NDArray[np.float32]  # (n,), of the rows as kept
    shadow: NDArray[np.float32]  # (n, k + 1): along the main directions, and length of the rest
    directions: NDArray[np.float32]  # (n_features, k), orthonormal


class Found(NamedTuple):
    """What a search brought."""

    rows: Rows  # nearest first; fewer than asked where fewer are allowed
    alike: NDArray[np.float64]
    is_proven: bool  # False: a row not measured could belong here
    measured: int  # rows measured whole


def main_directions(units: NDArray[np.float32], *, most: int = DIRECTIONS) -> NDArray[np.float32]:
    """
    The directions that hold most of rows of length 1, shape (n_features, k); the same every time.

    Args:
        units: shape (n, n_features), a sample will do.

    Source:
        Eigenvectors of the second moments (not centred: it is cosines that are to be kept).
    """
    wide = units.astype(np.float64)
    _, vectors = np.linalg.eigh(wide.T @ wide)
    return np.ascontiguousarray(vectors[:, ::-1][:, :most], dtype=np.float32)


def shadows(units: NDArray[np.float32], directions: NDArray[np.float32]) -> NDArray[np.float32]:
    """Shape (n, k + 1): rows of length 1 along the directions, and the length of what is left."""
    along = units @ directions
    left = (units * units).sum(axis=1) - (along * along).sum(axis=1)
    return np.hstack([along, np.sqrt(np.maximum(left, 0))[:, None]]).astype(np.float32)


def usual_likeness(units: NDArray[np.float32], *, seed: int = 0) -> NDArray[np.float64]:
    """
    How alike random pairs of rows are, ascending; empty where there are under FEWEST_PAIRS.

    Args:
        units: shape (n, n_features), a random sample, such as one frame of each clip; rows of
            zeros do not count.
    """
    rows = units[units.any(axis=1)]
    n = len(rows)
    if n * (n - 1) // 2 < FEWEST_PAIRS:
        return np.empty(0)
    rng = np.random.default_rng(seed)
    one = rng.integers(0, n, PAIRS)
    other = (one + rng.integers(1, n, PAIRS)) % n  # never itself
    return np.sort(np.einsum("ij,ij->i", rows[one], rows[other]).astype(np.float64))


def built(embeddings: ArrayLike) -> NearIndex:
    """An index of embeddings that fit into memory, shape (n, n_features)."""
    units = unit_rows(np.asarray(embeddings, dtype=np.float32))
    directions = main_directions(sampled(units))
    whole, length = packed(units)
    return NearIndex(whole, length, shadows(units, directions), directions)


def packed(units: NDArray[np.float32]) -> tuple[NDArray[np.int16], NDArray[np.float32]]:
    """Rows of length 1 as 16-bit numbers, each row to its own scale, and their length as kept."""
    most = np.abs(units).max(axis=1, keepdims=True) if units.size else np.ones((len(units), 1))
    scale = np.divide(STEPS, most, out=np.zeros_like(most), where=most > 0)
    whole = np.rint(units * scale).astype(np.int16)
    return whole, np.asarray(scale[:, 0], dtype=np.float32)


def sampled(units: NDArray[np.float32], *, most: int = LEARNT_FROM) -> NDArray[np.float32]:
    """At most so many rows, evenly spread; in the order of content hashes as good as drawn."""
    if len(units) <= most:
        return units
    return units[np.linspace(0, len(units) - 1, most).astype(np.intp)]


def search(
    index: NearIndex,
    query: ArrayLike,
    *,
    count: int,
    allowed: NDArray[np.bool_] | None = None,
    is_exact: bool = False,
) -> Found:
    """
    The rows most alike to one query, as `metrics.nearest.nearest` orders them.

    Args:
        query: shape (n_features,), of any length; one of zeros or not finite finds nothing.
        allowed: shape (n,); None allows all.
        is_exact: measure every row that could belong to the answer, however many.

    Returns:
        Likeness is right to ROUNDED, since rows are kept in 16-bit numbers.
    """
    unit = unit_rows(np.asarray(query, dtype=np.float32)[None])[0]
    rough, bound = _rough(index, unit, allowed)
    free = int(np.isfinite(rough).sum())
    if not unit.any() or not free:
        return Found(np.empty(0, np.intp), np.empty(0), True, 0)
    first = candidates(rough, count=min(max(LIKELIEST, count), free), slack=0.0)
    best, alike = _measured(index, unit, first, count)
    if len(best) < count:
        return Found(best, alike, True, len(first))  # every allowed row was measured
    bound[first] = -np.inf
    more = np.flatnonzero(bound >= alike[-1] - SLACK)
    if not len(more) or (len(more) > MOST_MORE and not is_exact):
        return Found(best, alike, not len(more), len(first))
    both = np.sort(np.concatenate([first, more]))
    best, alike = _measured(index, unit, both, count)
    return Found(best, alike, True, len(both))


def _rough(
    index: NearIndex, unit: NDArray[np.float32], allowed: NDArray[np.bool_] | None
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """What the shadows say of each row, and the most its likeness can be; -inf where barred."""
    ours = shadows(unit[None], index.directions)[0]
    ours[-1] = 0.0
    rough = index.shadow @ ours
    lack = np.float32(np.sqrt(max(1.0 - float(ours @ ours), 0.0)))
    may = index.length > 0 if allowed is None else allowed & (index.length > 0)
    rough = np.where(may, rough, np.float32(-np.inf))
    return rough, rough + lack * index.shadow[:, -1]


def _measured(
    index: NearIndex, unit: NDArray[np.float32], rows: Rows, count: int
) -> tuple[Rows, NDArray[np.float64]]:
    """The best of some rows: all in single precision, the few that matter in double."""
    rough = np.concatenate(
        [
            index.whole[rows[start : start + CHUNK]].astype(np.float32) @ unit
            for start in range(0, len(rows), CHUNK)
        ]
    )
    rough /= index.length[rows]
    close = rows[candidates(rough, count=min(count, len(rows)), slack=10 * ROUNDED)]
    return ranked(unit, index.whole[close], close, count=count)
