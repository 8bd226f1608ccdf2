"""
Frames laid out on a plane so that those which look alike lie close together.

Three ways. Main directions come at once and show the broad lie of things; the other two take
longer and pull kinds apart, at the price that distances between far groups mean nothing.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Plane = NDArray[np.float64]
SEED = 0


def by_main_directions(rows: ArrayLike) -> Plane:
    """
    The first two principal components, shape (n, 2); the same every time.

    Args:
        rows: shape (n, n_features), finite.

    Source:
        PCA by the covariance's eigenvectors; each turned so that its largest weight is positive,
        as scikit-learn does.
    """
    wide = np.asarray(rows, dtype=np.float64)
    if len(wide) < 2 or wide.shape[1] < 2:
        return np.zeros((len(wide), 2))
    off = wide - wide.mean(axis=0)
    _, vectors = np.linalg.eigh(off.T @ off)
    first = vectors[:, ::-1][:, :2]
    largest = first[np.abs(first).argmax(axis=0), [0, 1]]
    return np.asarray(off @ (first * np.where(largest < 0, -1, 1)))


def by_neighbours(rows: ArrayLike, *, seed: int = SEED) -> Plane:
    """
    t-SNE, shape (n, 2), by scikit-learn; some seconds for a few thousand rows.

    Source:
        van der Maaten and Hinton 2008; started from the main directions (Kobak and Berens 2019).
    """
    from sklearn.manifold import TSNE

    wide = np.asarray(rows, dtype=np.float32)
    if len(wide) < FEWEST:
        return by_main_directions(wide)
    perplexity = min(30.0, (len(wide) - 1) / 3)
    made = TSNE(perplexity=perplexity, init="pca", random_state=seed).fit_transform(wide)
    return np.asarray(made, dtype=np.float64)


def by_umap(rows: ArrayLike, *, seed: int = SEED) -> Plane:
    """
    UMAP, shape (n, 2), by umap-learn.

    Raises:
        ImportError: umap-learn is not installed.

    Source:
        McInnes, Healy and Melville 2018.
    """
    from umap import UMAP

    wide = np.asarray(rows, dtype=np.float32)
    if len(wide) < FEWEST:
        return by_main_directions(wide)
    made = UMAP(
        n_neighbors=min(15, len(wide) - 1), metric="cosine", random_state=seed, n_jobs=1
    ).fit_transform(wide)
    return np.asarray(made, dtype=np.float64)


FEWEST = 10
"""With fewer rows than this neither has neighbours to go by."""
