"""Labels that look wrong: which, in which events, beside which look-alikes, and what came of it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from core.metrics.intervals import accuracy
from core.metrics.nearest import ranked
from core.records import Accuracy
from core.settings import SETTINGS

LABEL_ERROR, MODEL_ERROR = "label_error", "model_error"
UNCLEAR, NO_ERROR = "unclear", "no_error"


def suspects(
    labels: ArrayLike, probabilities: NDArray[np.float64], *, most: int = SETTINGS.most_suspects
) -> NDArray[np.intp]:
    """
    Rows whose label disagrees with the answer, most doubtful first.

    Args:
        labels: shape (n,), 0 .. n_classes - 1.
        probabilities: shape (n, n_classes), out-of-sample; rows sum to 1.

    Returns:
        At most `most` row numbers; none with fewer than two classes or without rows.

    Source:
        cleanlab's label quality by normalised margin, and its rule "predicted is not given"
        (Northcutt et al. 2021). The margin, not the label's own probability, because a picture on
        which the learner knows nothing is a hard picture and no doubt about its label.
    """
    numbers = np.asarray(labels, dtype=np.int64)
    if not len(numbers) or probabilities.shape[1] < 2:
        return np.empty(0, dtype=np.intp)
    disagrees = probabilities.argmax(axis=1) != numbers
    if not disagrees.any():
        return np.empty(0, dtype=np.intp)
    from cleanlab.rank import get_label_quality_scores

    quality = get_label_quality_scores(numbers, probabilities, method="normalized_margin")
    order = np.argsort(quality, kind="stable")
    return np.asarray(order[disagrees[order]][:most], dtype=np.intp)


def event_groups(
    labels: Sequence[str], clips: Sequence[str], looks: NDArray[np.uint64], is_blank: ArrayLike
) -> NDArray[np.intp]:
    """
    Event number of each suspect, in order of first appearance.

    Two belong to one event if they share a label, and a clip or (directly or through others) a
    look. Frames of different labels never do: one key must be able to settle an event.

    Args:
        looks: shape (n,), 64-bit picture hashes; near are those that differ in at most
            `near_copy_bits`.
        is_blank: shape (n,), True where the look says nothing.

    Source:
        methods 10: union of near copies.
    """
    n = len(labels)
    if not n:
        return np.empty(0, dtype=np.intp)
    from scipy.sparse.csgraph import connected_components

    named, filmed = pd.factorize(np.asarray(labels))[0], pd.factorize(np.asarray(clips))[0]
    blank = np.asarray(is_blank, dtype=bool)
    near = np.bitwise_count(looks[:, None] ^ looks[None, :]) <= SETTINGS.near_copy_bits
    near &= ~(blank[:, None] | blank[None, :])
    linked = (near | (filmed[:, None] == filmed[None, :])) & (named[:, None] == named[None, :])
    _, found = connected_components(linked, directed=False)
    return np.asarray(pd.factorize(found)[0], dtype=np.intp)


def nearest(
    of: NDArray[np.float32],
    among: NDArray[np.float32],
    clips: Sequence[str],
    allowed: NDArray[np.bool_],
    *,
    most: int,
) -> NDArray[np.intp]:
    """
    Rows of `among` most alike to one embedding, nearest first; only allowed ones, one a clip.

    Args:
        of: shape (n_features,).
        among: shape (n, n_features).
        clips: shape (n,); frames of one clip would all show the same.
        allowed: shape (n,).

    Source:
        Cosine similarity (metrics.nearest).
    """
    rows = np.flatnonzero(allowed)
    if not len(rows):
        return rows
    ordered, _ = ranked(of, among[rows], rows, count=len(rows))
    _, first = np.unique(np.asarray(clips, dtype=object)[ordered].astype(str), return_index=True)
    return np.asarray(ordered[np.sort(first)[:most]], dtype=np.intp)


def random_check(content_hashes: Sequence[str], *, count: int, seed: int) -> list[str]:
    """
    The pictures of the random check, in its order: drawn whatever the model says of them.

    A frame's place depends on its content and the seed alone, so frames added later do not change
    the order of the others, and every laptop draws the same.
    """
    places = {
        digest: hashlib.sha256(f"{seed}:{digest}".encode()).hexdigest() for digest in content_hashes
    }
    return sorted(places, key=places.__getitem__)[:count]


def finished_part(is_decided: Sequence[bool], *, step: int = SETTINGS.check_step) -> int:
    """
    How many frames of the random check count: the longest beginning that is decided throughout.

    In whole steps only, or all: a beginning that ends where someone happened to stop, while
    suspects further on are decided already, would hold too many suspects.
    """
    done = next((at for at, decided in enumerate(is_decided) if not decided), len(is_decided))
    return done if done == len(is_decided) else done // step * step


def outcome(
    decision: str | None, label_now: str | None, given: str, *, is_right: bool
) -> str | None:
    """
    What came of one doubt; None while undecided.

    Args:
        decision: what stands for the frame.
        label_now: the class decided on, if any.
        given: the label as the data came.
        is_right: whether the model's answer equals `given`.
    """
    if decision is None:
        return None
    if label_now is None:
        return UNCLEAR
    if label_now != given:
        return LABEL_ERROR
    return NO_ERROR if is_right else MODEL_ERROR


def share(outcomes: Sequence[str], clips: Sequence[str], wanted: str) -> Accuracy:
    """Decided frames with one outcome (`right` of `of`), its interval on the effective count."""
    return accuracy([found == wanted for found in outcomes], list(clips))
