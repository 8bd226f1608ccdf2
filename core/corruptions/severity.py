"""From a place on the dial, 0..5, to a row of parameters."""

from __future__ import annotations

import math

from core.errors import CorruptionError
from core.settings import SETTINGS


def parameter_at(rows: tuple[tuple[float, ...], ...], severity: float) -> tuple[float, ...]:
    """
    The parameters at a severity: whole numbers are the row itself, between two it is linear.

    Args:
        rows: six rows of equal length, severity 0..5.
        severity: 0..5.

    Raises:
        CorruptionError: severity is outside 0..5 or not a number.
    """
    below = math.floor(checked_severity(severity))
    share = severity - below
    if share == 0:
        return rows[below]
    return tuple(
        (1 - share) * low + share * high
        for low, high in zip(rows[below], rows[below + 1], strict=True)
    )


def checked_severity(severity: float) -> float:
    """
    The severity as it came.

    Raises:
        CorruptionError: it is outside 0..5 or not a number.
    """
    if not 0 <= severity <= SETTINGS.severity_max:
        raise CorruptionError(
            f"Severity goes from 0 (untouched) to {SETTINGS.severity_max:g} (severe); "
            f"found {severity:g}."
        )
    return severity
