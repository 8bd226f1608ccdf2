"""Turn the weather on one picture: the damaged picture, and what the model says of exactly it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.corruptions import CORRUPTIONS, corrupt, frame_seed
from core.engines.local import score_images
from core.errors import CorruptionError, DiskError, PictureError
from core.findings.statements import severity_word
from core.frames.hashing import content_hash
from core.frames.images import decode, encode_bmp, encode_png, working_image
from core.models.classifier import Classifier
from core.project import Project
from core.records import Answer, CorruptionSpec, Fidelity, Image, State, Statement
from core.settings import SETTINGS
from core.workflows.choices import choices_of
from core.workflows.live_answers import answer_json, live_answers
from core.workflows.models import classifier_of
from core.workflows.scores import picture_path


@dataclass(frozen=True)
class DialResult:
    """One picture under one corruption, and the model's answer to that very array."""

    image: Image
    answer: Answer
    logits: NDArray[np.float32]  # (n_classes,)
    embedding: NDArray[np.float32]  # (n_features,)


def dial(
    classifier: Classifier, image: Image, *, name: str, severity: float, seed: int
) -> DialResult:
    """
    Damage a working picture and ask the model.

    Args:
        image: RGB uint8 at the working size.
        seed: the frame's own seed (core.corruptions.frame_seed).

    Raises:
        CorruptionError: unknown name or severity outside 0..5.
    """
    damaged = corrupt(image, name, severity=severity, seed=seed)
    answers, logits, embeddings = score_images(classifier, [damaged])
    return DialResult(damaged, answers[0], logits[0], embeddings[0])


def breaking_point(ask: Callable[[float], str]) -> float | None:
    """
    First severity on the 0.5 grid at which the answer differs from severity 0, bisected; else None.

    Args:
        ask: the answer at a severity.

    Returns:
        Severity in (0, 5], to within 0.5 / 2**5.
    """
    clean = ask(0.0)
    steps = round(SETTINGS.severity_max / SETTINGS.severity_step)
    for step in range(1, steps + 1):
        high = step * SETTINGS.severity_step
        if ask(high) == clean:
            continue
        low = high - SETTINGS.severity_step
        for _ in range(SETTINGS.bisection_rounds):
            middle = (low + high) / 2
            low, high = (middle, high) if ask(middle) == clean else (low, middle)
        return high
    return None


def corruptions() -> dict[str, CorruptionSpec]:
    """Every corruption by name, in the order pages show them: what cameras meet, then the rest."""
    return dict(sorted(CORRUPTIONS.items(), key=lambda item: item[1].fidelity is not Fidelity.OURS))


def working_picture(project: Project, digest: str) -> Image:
    """
    A frame at the working size, by content hash; kept so that the dial need not decode again.

    Raises:
        PictureError: the file is gone or broken.
    """
    path = picture_path(project, digest)
    if path is None:
        raise PictureError("This picture's file is gone. Put it back, or choose another frame.")
    return _working(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=8)
def _working(path: Path, _modified_ns: int) -> Image:
    image = working_image(decode(path))
    image.flags.writeable = False
    return image


def dial_frame(
    project: Project, digest: str, *, name: str, severity: float, seed: int = 0
) -> DialResult:
    """`dial` for a frame of the project, with the frame's own seed."""
    return dial(
        classifier_of(project),
        working_picture(project, digest),
        name=name,
        severity=severity,
        seed=frame_seed(digest, seed),
    )


def dial_picture(
    project: Project, digest: str, *, name: str, severity: float
) -> tuple[bytes, dict[str, Any]]:
    """The damaged picture, lossless, and its answer as data; what the dial's route serves."""
    result = dial_frame(project, digest, name=name, severity=severity)
    return encode_bmp(result.image), shown_json(project, result)


def mark(project: Project) -> str:
    """The chosen mark, for addresses: browsers keep answers, which read otherwise under another."""
    threshold = choices_of(project).sure_threshold
    return "none" if threshold is None else f"{threshold:g}"


def shown_json(project: Project, result: DialResult) -> dict[str, Any]:
    """The answer as data, "not sure" where the project's chosen mark says so."""
    ((shown, is_unusual),) = live_answers(
        project,
        [result.answer],
        [result.image],
        logits=result.logits[None],
        embeddings=result.embedding[None],
    )
    return answer_json(result.answer, shown=shown, is_unusual=is_unusual)


def warm_up(project: Project) -> None:
    """Bring in the model and what the corruptions need, so that the first dial step is quick."""
    classifier = classifier_of(project)
    small = np.zeros((64, 64, 3), np.uint8)
    for name in CORRUPTIONS:
        corrupt(small, name, severity=1.0, seed=0)
    score_images(classifier, [small])


def frame_breaking_point(project: Project, digest: str, *, name: str) -> float | None:
    """The breaking point of one frame under one corruption; kept while the model stays."""
    return _breaking_point(project, digest, name, choices_of(project).model_id or "")


@lru_cache(maxsize=512)
def _breaking_point(project: Project, digest: str, name: str, _model_id: str) -> float | None:
    return breaking_point(
        lambda severity: dial_frame(project, digest, name=name, severity=severity).answer.label
    )


def breaking_statement(title: str, point: float | None, label: str) -> Statement:
    """The breaking point in words."""
    if point is None:
        return Statement(
            f"{title} alone does not tip this frame: it still says {label} at severity 5.",
            "Try another damage, or another frame.",
            State.NONE_FOUND,
        )
    return Statement(
        f"{title} tips this frame from severity {max(point, 0.1):.1f} of 5 on "
        f"({severity_word(point)}).",
        "If the field looks like that, label frames of it: this is one frame, not a rate.",
        State.SUSPECTED if point > 1 else State.CONFIRMED,
    )


def dial_report(
    classifier: Classifier,
    picture: Path,
    *,
    name: str,
    severity: float,
    seed: int = 0,
    project: Project | None = None,
) -> tuple[dict[str, Any], Image]:
    """
    What `fieldcheck dial --json` prints (product.md), and the damaged picture.

    Args:
        project: whose chosen mark decides what reads "not sure"; None shows every answer.
    """
    if name not in CORRUPTIONS:
        corrupt(np.zeros((8, 8, 3), np.uint8), name, severity=0, seed=0)  # raises with a suggestion
    if not 0 <= severity <= SETTINGS.severity_max:
        raise CorruptionError(f"Severity must be between 0 and 5, but {severity} was given.")
    image = working_image(decode(picture))
    own_seed = frame_seed(content_hash(picture), seed)

    def at(level: float) -> DialResult:
        return dial(classifier, image, name=name, severity=level, seed=own_seed)

    def shown(result: DialResult) -> dict[str, Any]:
        return answer_json(result.answer) if project is None else shown_json(project, result)

    damaged = at(severity)
    report = {
        **shown(damaged),
        "clean": shown(at(0.0)),
        "breaking_point": breaking_point(lambda level: at(level).answer.label),
        "corruption": name,
        "severity": severity,
        "seed": seed,
    }
    return report, damaged.image


def report_lines(report: dict[str, Any]) -> list[str]:
    """The dial report in words."""
    spec = CORRUPTIONS[report["corruption"]]
    clean = report["clean"]
    point = breaking_statement(spec.title, report["breaking_point"], clean["leaning"])
    return [
        f"As it is: {clean['words']}.",
        f"{spec.title}, severity {report['severity']:g}: {report['words']}.",
        point.headline,
    ]


def corruption_rows() -> list[dict[str, Any]]:
    """What `fieldcheck corruptions --json` prints."""
    return [
        {
            "name": spec.name,
            "title": spec.title,
            "looks_like": spec.looks_like,
            "group": spec.group,
            "mark": spec.mark.value,
            "fidelity": spec.fidelity.value,
            "parameters": [list(row) for row in spec.parameters],
            "unit": spec.unit,
            "source": spec.source,
        }
        for spec in CORRUPTIONS.values()
    ]


def write_png(image: Image, path: Path) -> None:
    """
    Write a picture.

    Raises:
        DiskError: it cannot be written there.
    """
    try:
        path.write_bytes(encode_png(image))
    except OSError as error:
        raise DiskError(f"{path} cannot be written ({error.strerror}).") from error
