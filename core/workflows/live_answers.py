"""An answer made just now, as it may be shown: itself, or "not sure"."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.findings.not_sure import answer_words, shown_answer
from core.findings.pixel_rules import PixelFacts, pixel_facts, pixel_reasons
from core.frames.images import working_image
from core.project import Project
from core.records import Answer, Image
from core.workflows.choices import choices_of
from core.workflows.reserved import reserved_hashes
from core.workflows.scores import Scores, scores
from core.workflows.unlike import gauge_of

FACTS_SIDE = 128  # px; the rules look for nothing finer


def answer_json(
    answer: Answer, *, shown: str | None = None, is_unusual: bool = False
) -> dict[str, Any]:
    """
    An answer as data: `answer` as it may be shown, `leaning` the class in any case.

    Args:
        shown: what `shown_answer` made of it; None shows the answer.
        is_unusual: the picture is unlike the reference.
    """
    return {
        "answer": answer.label if shown is None else shown,
        "leaning": answer.label,
        "confidence": answer.confidence,
        "top3": [asdict(top) for top in answer.top3],
        "words": answer_words(answer.label, answer.confidence, shown=shown, is_unusual=is_unusual),
    }


def live_answers(
    project: Project,
    answers: list[Answer],
    images: list[Image],
    *,
    logits: NDArray[np.float32],
    embeddings: NDArray[np.float32],
) -> list[tuple[str, bool]]:
    """
    What may be shown of each answer, and whether its picture is unusual.

    Args:
        images: the very pictures answered, at the working size.
        logits: shape (n, n_classes).
        embeddings: shape (n, n_features).
    """
    threshold = choices_of(project).sure_threshold
    if threshold is None or not answers:
        return [(answer.label, False) for answer in answers]
    found = scores(project)
    unusual = unusual_pictures(found, images, logits=logits, embeddings=embeddings)
    return [
        (
            shown_answer(answer.label, answer.confidence, threshold=threshold, is_unusual=flag),
            flag,
        )
        for answer, flag in zip(answers, unusual, strict=True)
    ]


def unusual_pictures(
    found: Scores,
    images: list[Image],
    *,
    logits: NDArray[np.float32],
    embeddings: NDArray[np.float32],
) -> list[bool]:
    """Which pictures are unlike the reference, or useless by their pixels alone."""
    gauge = gauge_of(
        found.project, found.choices, found.frames, locked=reserved_hashes(found.project)
    )
    flags = np.zeros(len(images), dtype=bool)
    if gauge is not None:
        flags |= gauge.is_unusual(gauge.measure(logits, embeddings))
    by_pixels = [bool(pixel_reasons(facts_of(image))) for image in images]
    return [bool(flag) or other for flag, other in zip(flags, by_pixels, strict=True)]


def facts_of(image: Image, *, width: int | None = None, height: int | None = None) -> PixelFacts:
    """
    Pixel facts of a picture, measured on a small copy of it.

    Args:
        width, height: of the file, where `image` is a smaller copy already; else its own.
    """
    here_high, here_wide = image.shape[:2]
    small = working_image(image, short_side=FACTS_SIDE)
    return pixel_facts(small, width=width or here_wide, height=height or here_high)
