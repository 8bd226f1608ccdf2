"""Answers for frames from a simple learner that has seen neither them nor their clips."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike, NDArray

FOLDS = 5
SOFTNESS = 0.01  # C of the regression: small, so that single wrong labels cannot bend it

Part = tuple[NDArray[np.intp], NDArray[np.intp]]


def crossed_parts(labels: ArrayLike, clips: ArrayLike, *, seed: int) -> list[Part]:
    """
    Rows to learn from and rows to answer, by fold; no clip stands on both sides.

    Args:
        labels: shape (n,), class numbers.
        clips: shape (n,), one name per frame.

    Returns:
        At most FOLDS pairs of row numbers; none with fewer than two clips or classes, or with
        one frame a class.
    """
    from sklearn.model_selection import StratifiedGroupKFold

    numbers, names = np.asarray(labels), np.asarray(clips, dtype=str)
    classes, counts = np.unique(numbers, return_counts=True)
    if len(classes) < 2:
        return []
    folds = min(FOLDS, len(np.unique(names)), int(counts.max()))
    if folds < 2:
        return []
    import warnings

    cutter = StratifiedGroupKFold(folds, shuffle=True, random_state=seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # rarer classes than folds: dealt with below
        return list(cutter.split(numbers[:, None], numbers, names))


def crossed_answers(
    embeddings: NDArray[np.float32], labels: ArrayLike, parts: list[Part], *, n_classes: int
) -> Iterator[tuple[NDArray[np.intp], NDArray[np.float64]]]:
    """
    Fold after fold: rows and their probabilities, shape (rows, n_classes).

    Rows of a class that the other folds do not show are left out: nothing could speak for their
    label. So are all rows of a fold whose other folds show one class only.

    Args:
        embeddings: shape (n, n_features).
        labels: shape (n,), 0 .. n_classes - 1.
        parts: as `crossed_parts` gives them, or those of them still to do.

    Source:
        Out-of-sample probabilities by cross-validation as confident learning asks for (Northcutt
        et al. 2021); a multinomial logistic regression on standardised embeddings.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    numbers = np.asarray(labels)
    for learn, answer in parts:
        shown = np.unique(numbers[learn])
        rows = answer[np.isin(numbers[answer], shown)]
        told = np.zeros((len(rows), n_classes))
        if len(rows) and len(shown) > 1:
            learner = make_pipeline(
                StandardScaler(), LogisticRegression(C=SOFTNESS, max_iter=300)
            ).fit(embeddings[learn], numbers[learn])
            told[:, learner.classes_] = learner.predict_proba(embeddings[rows])
        else:
            rows, told = rows[:0], told[:0]
        yield rows, told
