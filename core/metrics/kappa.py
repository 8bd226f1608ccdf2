"""How far two raters agree beyond what chance would give."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence


def cohen_kappa(first: Sequence[str], second: Sequence[str]) -> float:
    """
    Agreement corrected for chance, up to 1; nan without pairs or where both only ever said one
    and the same thing.

    Args:
        first, second: what each said of the same items, in the same order.

    Raises:
        ValueError: the two differ in length.

    Source:
        Cohen 1960: (observed - expected) / (1 - expected), expected from both sides' shares.
    """
    if len(first) != len(second):
        raise ValueError(f"{len(first)} against {len(second)} items")
    n = len(first)
    if not n:
        return math.nan
    shares, others = Counter(first), Counter(second)
    expected = sum(shares[name] * others[name] for name in shares) / n**2
    if expected == 1:
        return math.nan
    observed = sum(a == b for a, b in zip(first, second, strict=True)) / n
    return (observed - expected) / (1 - expected)
