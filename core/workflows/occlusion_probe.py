"""Where does covering flip the answer? One frame, as the dial shows it, covered place by place."""

from __future__ import annotations

from functools import lru_cache

from core.engines.local import score_images
from core.findings.dial_words import occlusion_statement
from core.findings.occlusion import (
    OcclusionMap,
    covered,
    draw_occlusion,
    occlusion_map,
    patch_grid,
)
from core.frames.images import encode_jpeg
from core.metrics.classification import softmax
from core.project import Project
from core.records import Chain, Image, ProgressCallback, Statement
from core.settings import SETTINGS
from core.workflows.choices import choices_of
from core.workflows.dial import dial_frame
from core.workflows.models import classifier_of


def occlusion_probe(
    project: Project,
    digest: str,
    *,
    chain: Chain,
    short_side: int = SETTINGS.working_short_side,
    on_progress: ProgressCallback = lambda done, total: None,
) -> tuple[OcclusionMap, Image]:
    """
    The map of one frame under a chain, and the picture that was covered.

    Args:
        on_progress: gets places asked and places in all.

    Raises:
        CorruptionError, PictureError, ModelError: as the dial.
    """
    classifier = classifier_of(project)
    shown = dial_frame(project, digest, chain=chain, short_side=short_side)
    grid = patch_grid(*shown.image.shape[:2])
    boxes = [box for row in grid for box in row]
    place = classifier.spec.classes.index(shown.answer.label)
    answers: list[str] = []
    confidences: list[float] = []
    for start in range(0, len(boxes), SETTINGS.batch_size):
        pictures = [covered(shown.image, box) for box in boxes[start : start + SETTINGS.batch_size]]
        found, logits, _ = score_images(classifier, pictures)
        answers += [answer.label for answer in found]
        confidences += [float(p) for p in softmax(logits)[:, place]]
        on_progress(len(answers), len(boxes))
    return (
        occlusion_map(
            grid,
            answer=shown.answer.label,
            confidence=shown.answer.confidence,
            answers=answers,
            confidences=confidences,
        ),
        shown.image,
    )


def occlusion_picture(
    project: Project, digest: str, *, chain: Chain, short_side: int = SETTINGS.working_short_side
) -> tuple[bytes, Statement]:
    """The map drawn on the frame (JPEG) and said in words; kept while the model stays."""
    model_id = choices_of(project).model_id or ""
    return _occlusion_picture(project, digest, chain, short_side, model_id)


@lru_cache(maxsize=16)
def _occlusion_picture(
    project: Project, digest: str, chain: Chain, short_side: int, _model_id: str
) -> tuple[bytes, Statement]:
    found, image = occlusion_probe(project, digest, chain=chain, short_side=short_side)
    return encode_jpeg(draw_occlusion(image, found)), occlusion_statement(found)
