"""Which rows of a matrix are most alike to others: exact, and in an order that does not waver."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.metrics.unlike import unit_rows

Unit = NDArray[np.float32]
Rows = NDArray[np.intp]

DIGITS = 6
"""Likeness is told, and ties are made, to so many decimals: float32 is not sure of more."""

SLACK = 1e-4
"""How far a float32 product may be off; rows this close to the last are measured again."""

CHUNK = 1024
"""Queries, or rows, taken at once."""


class Neighbours(NamedTuple):
    """The nearest rows of each query, nearest first."""

    rows: Rows  # shape (n_queries, count); -1 where fewer were found
    alike: NDArray[np.float64]  # likewise, -1..1; nan where fewer were found


def nearest(
    queries: ArrayLike,
    embeddings: ArrayLike,
    *,
    count: int,
    allowed: ArrayLike | None = None,
) -> Neighbours:
    """
    The rows of `embeddings` most alike to each query, by the cosine of their angle.

    A query that is among the rows finds itself first (likeness 1). Equally like rows (to DIGITS
    decimals) come in the order of their row number, so the answer is the same on every machine.
    A row of zeros, or with a value that is not finite, is like nothing: it is never found, and as
    a query finds nothing.

    Args:
        queries: shape (n_queries, n_features); of any length, they need no scaling.
        embeddings: shape (n, n_features), likewise.
        count: how many are wanted, 1 or more.
        allowed: shape (n,), True where a row may be found; None allows all.

    Returns:
        At most `count` a query; the rest of its places hold -1 and nan.

    Raises:
        ValueError: count is under 1, or the widths differ.

    Source:
        Cosine similarity; on rows of length 1 the order of Euclidean distance, d^2 = 2 - 2 cos.
    """
    asked, among = _matrix(queries), _matrix(embeddings)
    if count < 1:
        raise ValueError(f"count must be 1 or more, got {count}")
    if len(asked) and len(among) and asked.shape[1] != among.shape[1]:
        raise ValueError(f"queries have {asked.shape[1]} features, embeddings {among.shape[1]}")
    rows = np.full((len(asked), count), -1, dtype=np.intp)
    alike = np.full((len(asked), count), np.nan)
    may = np.ones(len(among), bool) if allowed is None else np.asarray(allowed, bool)
    units, bank = unit_rows(asked), unit_rows(among)
    may = may & bank.any(axis=1)
    if not may.any():
        return Neighbours(rows, alike)
    for start in range(0, len(units), CHUNK):
        rough = units[start : start + CHUNK] @ bank.T
        rough[:, ~may] = -np.inf
        for place, line in enumerate(rough, start):
            if units[place].any():
                found = candidates(line, count=min(count, int(may.sum())))
                best, how = ranked(units[place], bank[found], found, count=count)
                rows[place, : len(best)], alike[place, : len(best)] = best, how
    return Neighbours(rows, alike)


def candidates(rough: NDArray[np.float32], *, count: int, slack: float = SLACK) -> Rows:
    """
    Rows that may be among the `count` highest, if the scores are off by up to half the slack.

    Args:
        rough: shape (n,); -inf bars a row.
        count: 1..n.

    Returns:
        In the order of row numbers, at least `count` if so many are not barred.
    """
    last = np.partition(rough, len(rough) - count)[len(rough) - count]
    return np.flatnonzero((rough >= last - slack) & np.isfinite(rough))


def ranked(
    query: NDArray[Any], units: NDArray[Any], rows: Rows, *, count: int
) -> tuple[Rows, NDArray[np.float64]]:
    """
    The best `count` of some rows, measured in double precision; and how alike they are.

    Args:
        query: shape (n_features,); finite, of any length.
        units: shape (k, n_features), those rows; finite, of any length. Zeros are 0 alike.
        rows: shape (k,), their numbers; equal likeness goes by them.
    """
    alike = np.empty(len(rows))
    wide = np.asarray(query, np.float64)
    for start in range(0, len(rows), CHUNK):
        # Not a BLAS product: there, equal rows may differ in the last digits by where they stand.
        part = np.asarray(units[start : start + CHUNK], np.float64)
        lengths = np.sqrt((part * part).sum(axis=1))
        alike[start : start + CHUNK] = (part * wide).sum(axis=1) / np.where(lengths, lengths, 1)
    length = np.sqrt((wide * wide).sum())
    alike = np.clip(np.round(alike / (length or 1.0), DIGITS), -1, 1)
    order = np.lexsort((rows, -alike))[:count]
    return rows[order], alike[order]


def middle_of(queries: ArrayLike) -> Unit:
    """
    What several pictures have in common: the mean of their directions, at length 1.

    Each counts alike however long its vector is; those that are not finite do not count.

    Args:
        queries: shape (n_queries, n_features).

    Returns:
        Shape (n_features,); zeros where nothing is left, or where they cancel out.
    """
    units = unit_rows(_matrix(queries))
    return np.asarray(unit_rows(units.sum(axis=0, keepdims=True))[0])


def hash_distances(wanted: NDArray[np.uint64], hashes: NDArray[np.uint64]) -> NDArray[np.uint8]:
    """
    Bits in which each hash differs from the nearest of those wanted, 0..64; shape (n,).

    Args:
        wanted: shape (k,); none are 64 bits from everything.
        hashes: shape (n,).
    """
    apart = np.full(len(hashes), 64, dtype=np.uint8)
    for one in wanted:
        apart = np.minimum(apart, np.bitwise_count(hashes ^ one))
    return apart


def _matrix(vectors: ArrayLike) -> NDArray[np.float32]:
    rows = np.asarray(vectors, dtype=np.float32)
    if rows.ndim != 2:
        raise ValueError(f"a matrix is needed, got shape {rows.shape}")
    return rows
