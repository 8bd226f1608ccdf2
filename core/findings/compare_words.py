"""The sentence about two slices side by side."""

from __future__ import annotations

from core.findings.statements import count_of, frames_to_label, right_in
from core.records import Accuracy, State, Statement


def compared_statement(
    names: tuple[str, str],
    accuracies: tuple[Accuracy, Accuracy],
    low: float,
    high: float,
    *,
    shared: int = 0,
) -> Statement:
    """
    Which of two slices does better, by how much, and how sure that is.

    Args:
        low: lower limit of first minus second, 0..1 (Newcombe on effective counts).
        high: upper limit.
        shared: frames in both; they pull the two together, so the interval is too wide then,
            never too narrow.
    """
    (one, other), (a, b) = names, accuracies
    counts = "; ".join(
        f"{name}: {right_in(found)[0].lower()}{right_in(found)[1:]}"
        for name, found in zip(names, accuracies, strict=True)
    )
    note = f" {count_of(shared, 'frame')} in both." if shared else ""
    more = max(frames_to_label(a), frames_to_label(b))
    if more:
        return Statement(
            f"Too few frames to compare. {counts}.{note}", f"Label {more} more.", State.NOT_ENOUGH
        )
    if high < 0:
        (one, other), (low, high) = (other, one), (-high, -low)
    gap = abs(a.rate - b.rate)
    if low > 0:
        return Statement(
            f"It is right {gap * 100:.0f} points more often on {one} than on {other} "
            f"(between {low * 100:.0f} and {high * 100:.0f} points). {counts}.{note}",
            f"Look at the frames of {other}.",
            State.CONFIRMED,
        )
    return Statement(
        f"These frames cannot tell {one} and {other} apart. {counts}.{note}",
        "Label more of both to settle it.",
        State.NONE_FOUND if max(abs(low), abs(high)) < 0.1 else State.SUSPECTED,
    )
