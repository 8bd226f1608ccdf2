"""The severity at which an answer flips, found by asking as seldom as possible."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from core.settings import SETTINGS


@dataclass(frozen=True, slots=True)
class BreakingPoint:
    """Where one frame's answer flips: the last severity that holds, the first that does not."""

    survives: float  # 0..5
    fails: float  # 0..5; 0: it fails before this damage is turned on
    answer: str  # what it says at `fails`


def breaking_point(
    ask: Callable[[float], str], *, clean: str | None = None
) -> BreakingPoint | None:
    """
    First severity on the 0.5 grid at which the answer differs from the clean one, bisected.

    Args:
        ask: the answer at a severity.
        clean: the answer to compare with; None takes the one at severity 0.

    Returns:
        The two severities around the flip, 0.5 / 2**5 apart; None if it holds up to 5.
    """
    at_zero = ask(0.0)
    clean = at_zero if clean is None else clean
    if at_zero != clean:
        return BreakingPoint(0.0, 0.0, at_zero)
    steps = round(SETTINGS.severity_max / SETTINGS.severity_step)
    for step in range(1, steps + 1):
        high = step * SETTINGS.severity_step
        found = ask(high)
        if found == clean:
            continue
        low = high - SETTINGS.severity_step
        for _ in range(SETTINGS.bisection_rounds):
            middle = (low + high) / 2
            said = ask(middle)
            if said == clean:
                low = middle
            else:
                high, found = middle, said
        return BreakingPoint(low, high, found)
    return None
