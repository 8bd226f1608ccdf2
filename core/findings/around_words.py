"""The sentences about what lies around a frame: its clip, its look-alikes, what the model sees."""

from __future__ import annotations

from collections.abc import Sequence

from core.findings.around import majority
from core.findings.statements import count_of, percent
from core.records import Accuracy, State, Statement
from core.settings import SETTINGS

HERE = "this one"
FEWEST = 3  # look-alikes of which a majority says anything

NO_EMBEDDINGS = Statement(
    "No look-alikes: this model gives answers only, no description of a picture to compare by.",
    "Go by the picture and its clip.",
    State.NOT_ENOUGH,
)
NO_ANSWER = Statement(
    "No look-alikes yet: the model has not answered this frame.",
    "They come once it has.",
    State.NOT_ENOUGH,
)
METHOD = (
    "Look-alikes: cosine similarity of embeddings; labelled or reviewed frames of other clips, one "
    "a clip, of both folders. A review counts before the label that came; frames marked unsure do "
    "not count, nor do frames locked by a hold-out. Tries: the same with 200 labelled frames, each "
    "without its own clip; of those whose look-alikes agreed, how many had that label."
)


def offset(seconds: float) -> str:
    """How far from this frame in time: "−6 s", "+2 min", "−3 h", "+5 days"."""
    sign, gap = "−" if seconds < 0 else "+", abs(seconds)
    if gap < 0.05:
        return "same time"
    if gap < 9.95 and gap != round(gap):
        return f"{sign}{gap:.1f} s"
    for limit, size, unit in ((59.5, 1, "s"), (3570, 60, "min"), (48 * 3600, 3600, "h")):
        if gap < limit:
            return f"{sign}{gap / size:.0f} {unit}"
    return f"{sign}{count_of(round(gap / 86_400), 'day')}"


def clip_title(count: int, *, shown: int, has_times: bool) -> str:
    """What the strip shows when the frame's clip has several frames."""
    title = f"This clip: {count_of(count, 'frame')}"
    if not has_times:
        title = f"{count_of(count, 'frame')} that look nearly alike; no times known"
    return f"{title}, the {shown} nearest" if shown < count else title


def alone_title(camera: str | None, *, neighbours: int, has_time: bool) -> str:
    """What the strip shows when the frame is alone in its clip."""
    if not has_time:
        return "Alone: it has no time, so nothing is known before or after it"
    where = f" of {camera}" if camera else ""
    if not neighbours:
        return f"Alone: the only timed frame{where}"
    return f"Alone in its clip; the nearest{where} before and after"


def seen(width: int, height: int, *, cut_off: float) -> str:
    """What the model gets of the picture, by its size in px and the share cut off."""
    what = f"The model sees {width} × {height} pixels"
    if cut_off < 0.005:
        return f"{what} of the whole picture."
    return f"{what}; {percent(cut_off)} of the picture at its edges is cut off."


def alike(labels: Sequence[str], *, clips: int, tried: Accuracy) -> Statement:
    """
    What the most similar labelled frames say of this one.

    Args:
        labels: of the look-alikes.
        clips: how many labelled clips there are to look among.
        tried: labelled frames on which such a majority was the label.
    """
    if len(labels) < FEWEST:
        return Statement(
            f"Too few labelled frames of other clips to suggest anything ({len(labels)}).",
            "Label a few more clips first.",
            State.NOT_ENOUGH,
        )
    agreed = majority(labels)
    if agreed is None:
        return Statement(
            f"The {len(labels)} most similar labelled frames do not agree.",
            "Go by the picture.",
            State.NOT_ENOUGH,
        )
    return Statement(
        _agreed(labels, agreed),
        _trust(tried, clips),
        State.NOT_ENOUGH if clips < SETTINGS.min_clips else State.SUSPECTED,
    )


def _agreed(labels: Sequence[str], agreed: str) -> str:
    count = list(labels).count(agreed)
    of = f"All {len(labels)}" if count == len(labels) else f"{count} of the {len(labels)}"
    return f"{of} most similar labelled frames are {agreed}."


def _trust(tried: Accuracy, clips: int) -> str:
    if clips < SETTINGS.min_clips:
        return f"From only {count_of(clips, 'labelled clip')}: do not lean on it."
    if not tried.of:
        return "Labelled frames themselves never had such agreement: do not lean on it."
    return f"Such agreement named the label in {tried.right:,} of {tried.of:,} tries."
