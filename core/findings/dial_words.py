"""What the dial found about one frame, in sentences."""

from __future__ import annotations

import math

from core.findings.breaking import BreakingPoint
from core.findings.occlusion import OcclusionMap, places_that_flip
from core.findings.statements import severity_word
from core.records import State, Statement


def breaking_statement(title: str, point: BreakingPoint | None, label: str) -> Statement:
    """
    "Survives fog 2.3, fails at 2.4 (moderate): there it says pliers."

    Rounded outwards, so that both severities named do as is said.

    Args:
        title: the corruption's everyday name.
        label: the answer to the untouched frame.
    """
    name = title.lower()
    if point is None:
        return Statement(
            f"Survives {name} up to 5, the most there is: it still says {label}.",
            "Try another damage, or another frame.",
            State.NONE_FOUND,
        )
    if point.fails == 0:
        return Statement(
            f"The other damages alone already tip it to {point.answer}, without {name}.",
            "Turn them down to see what this one does.",
            State.SUSPECTED,
        )
    low, high = math.floor(10 * point.survives) / 10, math.ceil(10 * point.fails) / 10
    survived = f"Survives {name} {low:g}, fails" if low > 0 else f"With {name} it fails"
    return Statement(
        f"{survived} at {high:g} of 5 ({severity_word(high)}): there it says {point.answer}.",
        "If the field looks like that, label frames of it: this is one frame, not a rate.",
        State.SUSPECTED if high > 1 else State.CONFIRMED,
    )


WASHED_OUT = (
    "Little of the picture is left under this: nobody could tell what it shows, so a wrong answer "
    "says nothing about the model. Less is more: turn one of the damages down."
)


def occlusion_statement(found: OcclusionMap) -> Statement:
    """Where covering the frame flips its answer, and what that may mean."""
    asked, flips = found.flips.size, int(found.flips.sum())
    if not flips:
        return Statement(
            f"Covered at {asked} places one after the other, it says {found.answer} every time.",
            "No single spot carries the answer.",
            State.NONE_FOUND,
        )
    return Statement(
        f"Covering one spot flips the answer {found.answer} at {flips} of {asked} places, most of "
        f"them {places_that_flip(found)}.",
        "Is that the object? If not, it goes by something beside it.",
        State.SUSPECTED,
    )
