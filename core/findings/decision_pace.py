"""How long a person takes over one decision."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from core.settings import SETTINGS

LATEST = 300  # decisions looked at: how fast a person is now, not in their first week


def seconds_a_decision(times: ArrayLike) -> float | None:
    """
    The middle gap between one reviewer's decisions; None while too few were made in a row.

    Args:
        times: shape (n,), seconds, oldest first. Gaps above `pause_seconds` were pauses, and gaps
            of nothing many frames decided at once.
    """
    gaps = np.diff(np.asarray(times, dtype=np.float64)[-LATEST:])
    gaps = gaps[(gaps > 0.02) & (gaps <= SETTINGS.pause_seconds)]
    return float(np.median(gaps)) if len(gaps) >= SETTINGS.pace_after else None
