"""What the queue says of a frame and of itself; page and command line say the same."""

from __future__ import annotations

import math
from typing import Any

from core.findings.statements import answer_sentence, count_of
from core.findings.suspicion import Suspicion

LOOK_FIRST = "Look first: the answer is hidden until you decide."
NO_AGREEING = (
    "This frame is asked blind: the answer is hidden, so there is nothing to agree with yet. "
    "Name the class you see."
)
METHOD = (
    "Most suspicious first: (1) wrong at 99 % or more, surest first; (2) labels a learner that "
    "never saw the frame doubts, if that was learnt on Label doubts; (3) other answers against "
    "the label, surest first; (4) frames whose near copy in the same clip (at most 6 of 64 dHash "
    "bits) has another label or answer; (5) frames unlike the reference (mean of two ranks, see "
    "Confidence; on projects where measuring them would take long, only once a mark is chosen "
    "there or where the pixels alone tell it); (6) unlabelled, least sure first. A frame stands "
    "under its strongest reason. Audit: frames in the order of their content hashes (SHA-256), "
    "the next undecided one each time; its places are drawn, one in every 1/share. Only the start "
    "of that order that is decided throughout may be used as a random sample. Blind: drawn by "
    "content hash. Second look: frames settled on an earlier day or at least 100 decisions ago, "
    "in an order drawn by content hash, each once."
)


def reason(row: dict[Any, Any]) -> str:
    """
    Why a frame deserves a look, in words.

    Args:
        row: answer, confidence, label (None if there is none), shown, is_unusual; and what
            `ranked_by_suspicion` adds, where the order is by suspicion.
    """
    told = answer_sentence(
        row["answer"], row["confidence"], row["label"],
        shown=row["shown"], is_unusual=row["is_unusual"],
    )  # fmt: skip
    told = told[0].upper() + told[1:] + "."
    match row.get("suspicion"):
        case Suspicion.SILENT:
            return f"Very sure, yet it disagrees with the label. {told}"
        case Suspicion.LABEL:
            return f"Judged by the other frames it looks like {row['other']}. {told}"
        case Suspicion.COPIES:
            return f"{_copy(row)} {told}"
        case Suspicion.UNLIKE:
            return f"Unlike anything in the reference. {told}"
    return told


def _copy(row: dict[Any, Any]) -> str:
    said = f"is labelled {row['copy_says']}" if row["copy_about"] == "label" else (
        f"is answered {row['copy_says']}"
    )  # fmt: skip
    return f"Its near copy {_when(row['copy_seconds'], row['copy_beside'])} {said}."


def _when(seconds: float, beside: str) -> str:
    if math.isnan(seconds):
        return beside.rsplit("/", 1)[-1]
    whole = abs(round(seconds))
    if not whole:
        return "of the same second"
    gap = count_of(whole, "second") if whole < 120 else f"{round(whole / 60)} minutes"
    return f"{gap} {'later' if seconds > 0 else 'earlier'}"


def progress_sentence(done: int, total: int, seconds: float | None) -> str:
    """
    How far a queue is: "132 of 400, about 22 minutes left".

    Args:
        seconds: one decision takes this reviewer; None if that is not known.
    """
    if not total:
        return "No frames in it"
    if done >= total:
        return f"All {total:,} decided"
    told = f"{done:,} of {total:,}"
    if seconds is None:
        return f"{told}; how long the rest takes shows after your first decisions"
    return f"{told}, {minutes_left((total - done) * seconds)} left"


def minutes_left(seconds: float) -> str:
    """ "about a minute", "about 22 minutes", "about 3 hours"."""
    minutes = math.ceil(seconds / 60)
    if minutes <= 1:
        return "about a minute"
    if minutes < 100:
        return f"about {minutes} minutes"
    return f"about {round(minutes / 60)} hours"
