"""What is said of the worst-light hundred: its gap to the reference, and how much is left to do."""

from __future__ import annotations

from core.findings.statements import between, count_of, frames_to_label, percent
from core.metrics.intervals import newcombe_interval
from core.records import Accuracy, State, Statement

PICKED = "Picked for their light, not for being wrong: true of frames like these only."

METHOD = (
    "The **worst-light hundred**: of every clip the field frame with the worst light, then the "
    "hundred worst of these (of every clip two, three ... only where clips are fewer), no camera "
    "with more than twice its even share while others have frames left. Worst light is the mean of "
    "three shares: how far the mean brightness is from the middle, how many pixels are lost in "
    "black (luma at most 0.10) or burnt out (at least 0.98), how much of full contrast is missing "
    "(a spread of 0.25). The queue shows them in the order of their content hashes, and only its "
    "start without a gap counts, so that a part of the set speaks for the whole of it. The gap to "
    "the reference is Newcombe's interval on effective counts. It may be claimed for frames like "
    "these, not for the field: they were picked for their light."
)


def worst_light_statement(
    reference: Accuracy,
    checked: Accuracy,
    as_labelled: Accuracy,
    *,
    of: int,
    decided: int,
    unclear: int,
) -> Statement:
    """
    The gap between the reference and the worst-light set.

    Args:
        reference: as labelled.
        checked: of the set's frames, those a person decided, without a break in its order.
        as_labelled: of the set, by the labels as they came.
        of: frames in the set.
        decided: frames of it a person decided.
        unclear: of the decided, those without a class.
    """
    name = f"the worst-light {of if of != 100 else 'hundred'}"
    left = of - decided
    is_checked = not frames_to_label(checked)
    found = checked if is_checked else as_labelled
    next_step = _next(name, left=left, decided=decided, unclear=unclear)
    if not of:
        return Statement(
            "No frame's light has been measured yet.", "Score the frames first.", State.NOT_ENOUGH
        )
    if frames_to_label(found):
        more = min(left, max(5, frames_to_label(checked)))
        return Statement(
            f"Worst light: {_known(checked, decided)}, too few to say how it does there.",
            f"Label {more} more of {name}." if more else "Collect more frames in bad light.",
            State.NOT_ENOUGH,
        )
    by = "" if is_checked else " by the labels as they came"
    here = (
        f"worst light {percent(found.rate)} ({found.right:,} of {found.of:,}{by}, {_limits(found)})"
    )
    if frames_to_label(reference):
        return Statement(f"{here[0].upper()}{here[1:]}.", next_step, State.CONFIRMED)
    low, _ = newcombe_interval(
        reference.rate * reference.effective, reference.effective,
        found.rate * found.effective, found.effective,
    )  # fmt: skip
    headline = (
        f"Reference {percent(reference.rate)} ({reference.right:,} of {reference.of:,}); {here}"
    )
    if low > 0:
        return Statement(f"{headline}: that gap is your work.", next_step, State.CONFIRMED)
    if found.rate < reference.rate:
        return Statement(f"{headline}: a gap, if it is no chance.", next_step, State.SUSPECTED)
    return Statement(f"{headline}: no gap to be seen.", next_step, State.NONE_FOUND)


def _known(checked: Accuracy, decided: int) -> str:
    if not decided:
        return "nobody has looked at these frames yet"
    return f"right in {checked.right:,} of {count_of(checked.of, 'frame')} looked at"


def _limits(found: Accuracy) -> str:
    return between(found.low, found.high)


def _next(name: str, *, left: int, decided: int, unclear: int) -> str:
    if left:
        return f"Label {left:,} more of {name} ({decided:,} done)."
    open_ones = f" {count_of(unclear, 'frame')} of it nobody could tell." if unclear else ""
    return (
        f"All of {name} are looked at.{open_ones} Keep what the wrong ones share as hard cases, "
        "and collect more in such light."
    )
