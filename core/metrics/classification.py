"""From a network's raw outputs to probabilities, and how spread out they are."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def softmax(logits: ArrayLike) -> NDArray[np.float64]:
    """
    Probabilities that sum to 1 over the last axis, in double precision.

    Single precision would round everything above 0.99999997 to 1 and make silent failures alike.

    Args:
        logits: shape (..., n_classes), finite.
    """
    from scipy import special  # 0.2 s, too much for the app's start

    return np.asarray(special.softmax(np.asarray(logits, dtype=np.float64), axis=-1))


def entropy(probabilities: ArrayLike) -> NDArray[np.float64]:
    """
    How spread out the probabilities are, in nats: 0 (one class has all) .. ln(n_classes).

    Args:
        probabilities: shape (..., n_classes), each 0..1.
    """
    values = np.asarray(probabilities, dtype=np.float64)
    from scipy import special

    return np.asarray(special.entr(values).sum(axis=-1))
