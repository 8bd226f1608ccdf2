"""Unusual pictures in sentences. "Unusual", never "unknown object": the scores cannot tell."""

from __future__ import annotations

from core.findings.statements import between, count_of, percent
from core.records import Accuracy, State, Statement
from core.settings import SETTINGS

CHANCE = 1 - SETTINGS.keeps_usual


def unusual_statement(found: Accuracy, *, where: str = "") -> Statement:
    """
    How many frames look unusual, against what chance alone gives.

    Args:
        found: `right` counts the unusual frames, of all answered ones.
        where: such as "cam3: "; before the sentence.
    """
    by_chance = CHANCE * found.of
    headline = (
        f"{where}{found.right:,} of {count_of(found.of, 'frame')} look unlike the reference "
        f"({percent(found.rate)}, {between(found.low, found.high)}); about {by_chance:,.0f} "
        "would by chance."
    )
    if found.clips < SETTINGS.min_clips:
        return Statement(
            headline,
            f"They come from only {count_of(found.clips, 'clip')}: look, but wait for more.",
            State.NOT_ENOUGH,
        )
    if found.low > SETTINGS.unusual_alarm:
        return Statement(
            headline,
            "Look at this camera's frames first."
            if where
            else "Look at them before you trust the answers: bad light, a dirty lens and new "
            "objects all look alike here.",
            State.CONFIRMED,
        )
    if found.rate > SETTINGS.unusual_alarm:
        return Statement(headline, "More than usual, perhaps by chance: look.", State.SUSPECTED)
    return Statement(headline, "No more than there must be.", State.NONE_FOUND)


def no_reference_statement(frames: int) -> Statement:
    """Why nothing can be called unusual."""
    if not frames:
        return Statement(
            "There are no reference pictures, so nothing can be called unlike them.",
            "Add a folder of reference pictures on the Overview page; labels are not needed.",
            State.NOT_ENOUGH,
        )
    return Statement(
        f"Only {count_of(frames, 'reference picture')}: too few to say what is usual.",
        "Add at least 19; some hundreds make it sharp.",
        State.NOT_ENOUGH,
    )


def sinking_statement(rows: list[dict[str, float]]) -> Statement:
    """
    Whether how sure it is falls as pictures get stranger.

    Args:
        rows: of the field, from `sureness_by_distance`.
    """
    usual = [row for row in rows if row["low"] < 0.5]
    strange = [row for row in rows if row["low"] >= 0.9]
    n_usual, n_strange = (int(sum(row["frames"] for row in part)) for part in (usual, strange))
    if min(n_usual, n_strange) < SETTINGS.min_bin_frames:
        return Statement(
            f"Only {count_of(n_strange, 'strange frame')} and {count_of(n_usual, 'ordinary one')}: "
            "too few to say whether it gets less sure as pictures get stranger.",
            "It shows when more frames have come in.",
            State.NOT_ENOUGH,
        )
    before, after = (
        sum(row["confidence"] * row["frames"] for row in part) / count
        for part, count in ((usual, n_usual), (strange, n_strange))
    )
    said = (
        f"On the {n_usual:,} most ordinary frames it says {before * 100:.0f} of 100 on average, on "
        f"the {n_strange:,} strangest {after * 100:.0f}"
    )
    if after > before - STAYS:
        return Statement(
            f"It stays as sure when pictures get strange. {said}.",
            "How sure it says it is will not warn you of strange pictures: keep the check for "
            "unusual ones on by choosing a mark.",
            State.CONFIRMED,
        )
    if after > SETTINGS.silent_confidence - 0.09:
        return Statement(
            f"It gets only a little less sure when pictures get strange. {said}.",
            "Do not take how sure it says it is for a warning.",
            State.SUSPECTED,
        )
    return Statement(
        f"It gets less sure as pictures get stranger. {said}.",
        "That is as it should be.",
        State.NONE_FOUND,
    )


STAYS = 0.03
"""Ours: a fall in mean confidence of less than three points is none."""
