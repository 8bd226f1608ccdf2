"""
How often the model is right on all frames, told from those decided by chance alone.

Frames a person looks at first are picked because they look wrong, so what is right among them says
nothing of the rest. Only the decided start of the audit order feeds the estimate (findings/audit).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.findings.statements import between, count_of, frames_to_label, percent, right_in
from core.metrics.intervals import accuracy
from core.records import Accuracy, State, Statement

METHOD = (
    "Frames you look at first were picked because they look wrong, and relabelling them repairs "
    "what counted against the model. So the share right *after review, on what you looked at* says "
    "nothing of those you did not look at, and the share right *as labelled* keeps every wrong "
    "label. The estimate uses neither. It uses the **random check**: field frames in the order of "
    "their content hashes, which is as good as a lottery, up to the first one nobody has decided. "
    "Whatever else was decided, in whatever order, the share right in that part is an unbiased "
    "estimate for all (inverse sampling, Haldane 1945). The interval is Wilson's 95 % on the "
    "effective number of frames, as frames of one clip repeat each other; under 10 clips there is "
    "no estimate. Frames nobody could tell (skipped, or unclear) are counted against the "
    "model for the lower limit and for it for the upper one."
)


@dataclass(frozen=True, slots=True)
class Honest:
    """Three figures that must not be mixed up, and what the last one rests on."""

    as_labelled: Accuracy  # by the labels as they came
    looked_at: Accuracy  # frames a person gave a class, by that class; flattering or damning
    audited: Accuracy  # the random check's frames with a class
    low: float  # 95 % limits for all frames, what nobody could tell counted both ways
    high: float
    unclear: int  # frames of the random check nobody could tell
    frames: int  # all the estimate is for
    waiting: int  # of the random check's order, frames not decided yet

    @property
    def is_enough(self) -> bool:
        """Whether there is an estimate."""
        return frames_to_label(self.audited) == 0


def limits(audited: pd.DataFrame, unclear: pd.DataFrame) -> tuple[float, float]:
    """
    95 % limits, 0..1, of the share right if every frame could be told.

    Args:
        audited: columns is_right (bool) and clip; frames with a class.
        unclear: column clip; frames without one, counted wrong for the lower limit and right for
            the upper one.
    """
    clip = np.concatenate([audited["clip"].to_numpy(object), unclear["clip"].to_numpy(object)])
    right = audited["is_right"].to_numpy(bool)
    sides = (np.concatenate([right, np.full(len(unclear), as_right)]) for as_right in (False, True))
    worst, best = (accuracy(side, clip) for side in sides)
    return worst.low, best.high


def honest_statement(found: Honest) -> Statement:
    """ "As labelled 91 % ..., after review 94 % on what you looked at; for all 2,000: 92 %"."""
    said = [part for part in (_as_labelled(found), _looked_at(found)) if part]
    begins = "; ".join(said)
    begins = f"{begins[0].upper()}{begins[1:]}. " if begins else ""
    if not found.looked_at.of and not found.audited.of:
        return Statement(f"{begins}Nothing is reviewed yet.", _more(found), State.NOT_ENOUGH)
    if not found.is_enough:
        return Statement(
            f"{begins}No estimate for all {found.frames:,} frames yet: {_basis(found)}.",
            _more(found),
            State.NOT_ENOUGH,
        )
    whole = "every frame is decided" if not found.waiting else _basis(found)
    return Statement(
        f"{begins}Unbiased estimate for all {found.frames:,} frames: "
        f"{percent(found.audited.rate)} ({between(found.low, found.high)}; {whole}).",
        _sharper(found),
        State.CONFIRMED,
    )


def _as_labelled(found: Honest) -> str:
    one = found.as_labelled
    return _counted("as labelled", one)


def _looked_at(found: Honest) -> str:
    one = found.looked_at
    return _counted("after review, on what you looked at,", one)


def _counted(what: str, one: Accuracy) -> str:
    if not one.of:
        return ""
    return f"{what} {percent(one.rate)} ({one.right:,} of {count_of(one.of, 'frame')})"


def _basis(found: Honest) -> str:
    one = found.audited
    if not one.of:
        return "none of the random check is decided"
    words = right_in(one, "random-check frames").split(" (")[0]
    told = f"{words[0].lower()}{words[1:]}, from {count_of(one.clips, 'clip')}"
    return f"{told}; {found.unclear:,} more nobody could tell" if found.unclear else told


def _more(found: Honest) -> str:
    more = min(frames_to_label(found.audited), found.waiting)
    if not more:
        return "Every frame is looked at: collect frames from more clips."
    return f"Label {more:,} more random-check frames, in the queue's order “Random check”."


def _sharper(found: Honest) -> str:
    if not found.waiting:
        return "Only the random check feeds it."
    return (
        "Only the random check feeds it, as the other frames were picked because they look wrong. "
        "More random-check frames make it sharper."
    )
