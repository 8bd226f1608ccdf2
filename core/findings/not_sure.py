"""When an answer reads "not sure": one rule for every page, export and command."""

from __future__ import annotations

NOT_SURE = "not sure"
"""What stands in place of an answer that nobody should go by."""


def percent(fraction: float) -> str:
    """`0.614` as "61 %". Never rounds up to "100 %" or down to "0 %" what is not quite there."""
    if 0 < fraction <= 0.005:
        return "under 1 %"
    if 0.995 <= fraction < 1:
        return "over 99 %"
    return f"{fraction * 100:.0f} %"


def shown_answer(
    answer: str, confidence: float, *, threshold: float | None, is_unusual: bool = False
) -> str:
    """
    The answer as it may be shown: itself, or "not sure".

    Args:
        answer: the class the model leans to.
        confidence: 0..1; nan counts as not sure.
        threshold: chosen for the project; None hides nothing.
        is_unusual: the picture is unlike the reference.
    """
    if threshold is None:
        return answer
    return answer if confidence >= threshold and not is_unusual else NOT_SURE


def answer_words(
    answer: str, confidence: float, *, shown: str | None = None, is_unusual: bool = False
) -> str:
    """
    How sure it is and of what: "97 % sure it is pliers", "not sure: only 62 % sure it is pliers".

    Args:
        answer: the class the model leans to.
        confidence: 0..1.
        shown: what `shown_answer` made of it; None shows the answer.
        is_unusual: then the reason given is the picture, not how sure it is.
    """
    sure = f"{percent(confidence)} sure it is {answer}"
    if shown != NOT_SURE:
        return sure
    if is_unusual:
        return f"not sure, the picture is unusual: it says {sure}"
    return f"not sure: only {sure}"
