"""How far the field's embeddings lie from the reference: centre, nearest neighbours, kernel."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.metrics.clip_shuffle import ClipShuffle, clip_means, clip_shuffle
from core.metrics.drift_tests import ColumnShift, column_shift
from core.metrics.unlike import neighbour_distance, unit_rows

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class CentreShift:
    """The field's centre against what batches of the reference's own clips do."""

    distance: float  # between the centres, each clip counting once
    usual: float  # mean of the reference's batches
    spread: float  # their standard deviation
    p: float  # by clip permutation

    @property
    def z(self) -> float:
        """Standard deviations above the usual; over 2 is the alarm. 0 where nothing varies."""
        off = self.distance - self.usual
        if self.spread > 0:
            return off / self.spread
        return math.copysign(math.inf, off) if abs(off) > 1e-12 else 0.0


def centre_shift(
    embeddings: ArrayLike, shuffle: ClipShuffle, *, batches: int = 500, seed: int = 0
) -> CentreShift:
    """
    Distance of the field's centre from the reference's, in units of same-size clip batches.

    A batch is as many reference clips as the field has, at most half of them, against the other
    reference clips. Both groups of such a pair are smaller than the two sets really compared, so
    its distance is scaled by sqrt((1/f + 1/r) / (1/b + 1/(r - b))), what independent clips would
    give. A mean is blind to a change of spread (methods 9.1): never the only test.

    Args:
        embeddings: shape (n, n_features), finite; rows of length 1 (`unlike.unit_rows`) so that
            no loud picture counts more.

    Raises:
        ValueError: fewer than 4 reference clips, which leave no two batches to compare. Under 10
            it answers, but the caller should call it not enough.

    Source:
        methods 9.1; the scaling is ours.
    """
    if shuffle.reference_clips < 4:
        raise ValueError(f"4 reference clips are needed, found {shuffle.reference_clips}")
    of_clip = clip_means(embeddings, shuffle)
    distances = _centre_distances(of_clip, shuffle.sides)
    ours = of_clip[~shuffle.sides[0]]
    batch = min(shuffle.field_clips, len(ours) // 2)
    rng = np.random.default_rng(seed)
    rows = rng.random((batches, len(ours))).argsort(axis=1)[:, :batch]
    picked = np.zeros((batches, len(ours)), dtype=bool)
    np.put_along_axis(picked, rows, True, axis=1)
    scale = (1 / shuffle.field_clips + 1 / len(ours)) / (1 / batch + 1 / (len(ours) - batch))
    null = _centre_distances(ours, picked) * math.sqrt(scale)
    return CentreShift(
        float(distances[0]), float(null.mean()), float(null.std(ddof=1)), shuffle.p_value(distances)
    )


def _centre_distances(of_clip: Floats, sides: NDArray[np.bool_]) -> Floats:
    field = sides @ of_clip
    ours = sides.sum(axis=1, keepdims=True)
    rest = (of_clip.sum(axis=0) - field) / (len(of_clip) - ours)
    return np.asarray(np.linalg.norm(field / ours - rest, axis=1))


def neighbour_shift(
    embeddings: ArrayLike, clip: ArrayLike, is_field: ArrayLike, *, k: int = 10,
    permutations: int = 499, seed: int = 0,
) -> ColumnShift:  # fmt: skip
    """
    Whether field frames lie farther from the reference than its own frames do, or nearer.

    Half the reference's clips, by seed, are the bank; the other half and the field are both
    measured against it. Measuring the reference against itself would not be the same thing: what
    is fitted on the frames it is compared with rings 12 to 35 times in 100 (methods 9.2).

    Args:
        embeddings: shape (n, n_features); of any length, compared by direction.
        clip, is_field, permutations, seed: as `clip_shuffle.clip_shuffle`.
        k: which nearest neighbour; fewer where the bank is smaller.

    Returns:
        `drift_tests.ColumnShift` of one column.

    Raises:
        ValueError: as `clip_shuffle`, or fewer than 2 reference clips.

    Source:
        Sun et al. 2022 for the distance; Kolmogorov-Smirnov on it as in methods 9.2.
    """
    whole = clip_shuffle(clip, is_field, permutations=1, seed=seed)
    if whole.reference_clips < 2:
        raise ValueError(f"2 reference clips are needed, found {whole.reference_clips}")
    reference = np.flatnonzero(~whole.sides[0])
    chosen = np.random.default_rng(seed).permutation(reference)[: len(reference) // 2]
    in_bank = np.isin(whole.clip, chosen)
    units = unit_rows(embeddings)
    far = neighbour_distance(units[~in_bank], units[in_bank], k=k)
    field = np.asarray(is_field, dtype=bool)
    rest = clip_shuffle(whole.clip[~in_bank], field[~in_bank], permutations=permutations, seed=seed)
    return column_shift(far[:, None], rest)


@dataclass(frozen=True, slots=True)
class KernelShift:
    """Maximum mean discrepancy: 0 where the two sides are alike in every way."""

    squared: float  # unbiased, can fall below 0
    p: float


def kernel_shift(
    embeddings: ArrayLike, shuffle: ClipShuffle, *, gamma: float | None = None
) -> KernelShift:
    """
    Squared maximum mean discrepancy with a Gaussian kernel, by clip permutation.

    Sees a change of spread, to which `centre_shift` is blind. Pairs of frames of one clip are left
    out, as the unbiased estimator leaves out a frame with itself; with clips of one frame it is
    that estimator.

    Args:
        embeddings: shape (n, n_features), finite. All pairs are compared: some thousand rows.
        gamma: 1 over the squared width; None: 1 over the median squared distance of all pairs.

    Raises:
        ValueError: a side has fewer than 2 clips.

    Source:
        Gretton et al. 2012, equation 3.
    """
    from scipy.spatial.distance import pdist, squareform

    ours, theirs = shuffle.field_clips, shuffle.reference_clips
    if min(ours, theirs) < 2:
        raise ValueError(f"2 clips a side are needed, found {ours} and {theirs}")
    apart = pdist(np.asarray(embeddings, dtype=np.float64), "sqeuclidean")
    middle = float(np.median(apart)) if gamma is None else 1 / gamma
    kernel = np.exp(-squareform(apart) / (middle or 1.0))
    of_clip = clip_means(clip_means(kernel, shuffle).T, shuffle)
    np.fill_diagonal(of_clip, 0.0)
    field = shuffle.sides.astype(np.float64)
    rest = 1.0 - field
    reach = field @ of_clip
    within_f, across = (reach * field).sum(axis=1), (reach * rest).sum(axis=1)
    within_r = ((rest @ of_clip) * rest).sum(axis=1)
    statistics = (
        within_f / (ours * (ours - 1))
        + within_r / (theirs * (theirs - 1))
        - 2 * across / (ours * theirs)
    )
    return KernelShift(float(statistics[0]), shuffle.p_value(statistics))
