"""The sentences about how far looks at the same frame agree."""

from __future__ import annotations

import math
from collections.abc import Sequence

from core.findings.statements import between, count_of, percent
from core.records import Accuracy, State, Statement
from core.settings import SETTINGS

METHOD = (
    "Two looks agree if they name the same class (labelling with a class and agreeing with the "
    "answer come to the same; “unclear” counts as a class of its own, skips are left "
    "out). With yourself: a second look, asked without showing the first decision, against the "
    "decision before it by the same reviewer. With others: each reviewer's first decision on a "
    "frame; one made with the other's in sight is no independent look and cannot be told apart "
    "here, except that what settles a conflict is left out. Interval: 95 % Wilson on the effective "
    "count of clips. Kappa: Cohen 1960, agreement beyond what both sides' habits would give by "
    "chance; 1 is perfect, 0 is chance, no figure where only one class was ever named."
)


def kappa_words(kappa: float) -> str:
    """Agreement beyond chance, for the fold."""
    if math.isnan(kappa):
        return "Beyond chance: no figure, because only one thing was ever said."
    return f"Beyond chance (Cohen's kappa): {kappa:.2f}."


def pair_words(pairs: Sequence[tuple[str, str, int]], *, most: int = 5) -> list[str]:
    """The pairs named differently, most often first: "Hammer and Wrench: 3 times"."""
    return [
        f"{one} and {other}: {'once' if n == 1 else f'{n:,} times'}"
        for one, other, n in pairs[:most]
    ]


def self_statement(
    same: Accuracy, pairs: Sequence[tuple[str, str, int]], *, reviewer: str
) -> Statement:
    """How often one reviewer says the same again."""
    if not same.of:
        return Statement(
            f"No frame was shown to {reviewer} a second time yet.",
            "A few settled frames come back by themselves after a day, or all at once in the order "
            "“Second look”.",
            State.NOT_ENOUGH,
        )
    return _statement(
        f"{reviewer} said the same again on {_counted(same)}.", same, pairs, "the two looks"
    )


def others_statement(same: Accuracy, pairs: Sequence[tuple[str, str, int]]) -> Statement:
    """How often two reviewers say the same."""
    if not same.of:
        return Statement(
            "No frame was decided by two reviewers yet.",
            "Let someone else take the order “Second look”, or merge another laptop's reviews.",
            State.NOT_ENOUGH,
        )
    return _statement(
        f"Two reviewers said the same on {_counted(same)}.", same, pairs, "the reviewers"
    )


def _counted(same: Accuracy) -> str:
    return (
        f"{same.right:,} of {count_of(same.of, 'frame')} ({percent(same.rate)}, "
        f"{between(same.low, same.high)})"
    )


def _statement(
    headline: str, same: Accuracy, pairs: Sequence[tuple[str, str, int]], who: str
) -> Statement:
    if same.clips < SETTINGS.min_clips:
        return Statement(
            headline,
            f"They come from only {count_of(same.clips, 'clip')}: too few to judge by.",
            State.NOT_ENOUGH,
        )
    if same.rate >= SETTINGS.agreement_wanted:
        state = State.NONE_FOUND
    else:
        state = State.CONFIRMED if same.high < SETTINGS.agreement_wanted else State.SUSPECTED
    if not pairs:
        return Statement(headline, "Nothing to clear up.", state)
    one, other, _ = pairs[0]
    return Statement(
        headline,
        f"Most often told apart differently: {pair_words(pairs, most=1)[0]}. Agree on what tells "
        f"{one} from {other}, and settle the frames {who} differ on in the order “Two sides "
        "disagree”.",
        state,
    )
