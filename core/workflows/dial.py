"""Turn the weather on one picture: the damaged picture, and what the model says of exactly it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core import corruptions as damage
from core.corruptions import (
    CORRUPTIONS,
    chain_text,
    condition_name,
    corrupt,
    corrupt_chain,
    frame_seed,
    parse_chain,
)
from core.engines.local import score_images
from core.errors import CorruptionError, DiskError, PictureError
from core.findings import dial_words as words
from core.findings.breaking import BreakingPoint, breaking_point
from core.frames.hashing import content_hash
from core.frames.images import decode, encode_bmp, encode_png, working_image
from core.models.classifier import Classifier
from core.models.preprocessing import seen_image
from core.project import Project
from core.records import (
    Answer,
    Chain,
    Condition,
    CorruptionSpec,
    Fidelity,
    Image,
    Option,
    Statement,
)
from core.settings import SETTINGS
from core.workflows.choices import choices_of
from core.workflows.live_answers import answer_json, live_answers
from core.workflows.models import classifier_of
from core.workflows.scores import picture_path

SIZES = (SETTINGS.working_short_side, SETTINGS.reference_side)
"""Short sides, px, a picture can be damaged at; the second is what ImageNet-C was made at."""

CHAIN_MAX = SETTINGS.chain_max


__all__ = [
    "CHAIN_MAX", "SIZES", "DialResult", "answer_json", "breaking_words",
    "chain_breaking_point", "chain_of", "chain_words", "checked_size", "corruption_rows",
    "corruptions", "dial", "dial_frame", "dial_pictures", "dial_report", "frame_breaking_point",
    "mark", "named", "nearest_step", "option_steps", "parse_chain", "report_lines", "shown_json",
    "technical", "turned", "warm_up", "washed_out_words", "working_picture", "write_png",
]  # fmt: skip


@dataclass(frozen=True)
class DialResult:
    """One picture under a chain, and the model's answer to that very array."""

    image: Image
    answer: Answer
    logits: NDArray[np.float32]  # (n_classes,)
    embedding: NDArray[np.float32]  # (n_features,)


def dial(classifier: Classifier, image: Image, *, chain: Chain, seed: int) -> DialResult:
    """
    Damage a working picture and ask the model.

    Args:
        image: RGB uint8 at the working size.
        chain: one to three conditions, applied in order.
        seed: the frame's own seed (core.corruptions.frame_seed).

    Raises:
        CorruptionError: as core.corruptions.corrupt_chain.
    """
    damaged = corrupt_chain(image, chain, seed=seed)
    answers, logits, embeddings = score_images(classifier, [damaged])
    return DialResult(damaged, answers[0], logits[0], embeddings[0])


def checked_size(text: str) -> int:
    """
    The short side asked for; the working size where nothing is.

    Raises:
        CorruptionError: it is none of SIZES.
    """
    if not text:
        return SETTINGS.working_short_side
    if text not in map(str, SIZES):
        known = " or ".join(map(str, SIZES))
        raise CorruptionError(f"'{text}' is no size to damage pictures at. Choose {known} pixels.")
    return int(text)


def corruptions() -> dict[str, CorruptionSpec]:
    """Every corruption by name, in the order pages show them: what cameras meet, then the rest."""
    return dict(sorted(CORRUPTIONS.items(), key=lambda item: item[1].fidelity is not Fidelity.OURS))


def working_picture(
    project: Project, digest: str, *, short_side: int = SETTINGS.working_short_side
) -> Image:
    """
    A frame at the working size, by content hash; kept so that the dial need not decode again.

    Raises:
        PictureError: the file is gone or broken.
    """
    path = picture_path(project, digest)
    if path is None:
        raise PictureError("This picture's file is gone. Put it back, or choose another frame.")
    return _working(path, path.stat().st_mtime_ns, short_side)


@lru_cache(maxsize=8)
def _working(path: Path, _modified_ns: int, short_side: int) -> Image:
    image = working_image(decode(path), short_side=short_side)
    image.flags.writeable = False
    return image


def dial_frame(
    project: Project,
    digest: str,
    *,
    chain: Chain,
    seed: int = 0,
    short_side: int = SETTINGS.working_short_side,
) -> DialResult:
    """`dial` for a frame of the project, with the frame's own seed."""
    image = working_picture(project, digest, short_side=short_side)
    return dial(classifier_of(project), image, chain=chain, seed=frame_seed(digest, seed))


def dial_pictures(
    project: Project, digest: str, *, chain: Chain, short_side: int = SETTINGS.working_short_side
) -> tuple[bytes, bytes, dict[str, Any]]:
    """
    What the dial's route serves, lossless.

    Returns:
        The damaged picture, what of it the model sees (resized and cropped), and its answer.
    """
    classifier = classifier_of(project)  # once: each look into the project costs a millisecond
    image = working_picture(project, digest, short_side=short_side)
    result = dial(classifier, image, chain=chain, seed=frame_seed(digest, 0))
    seen = seen_image(result.image, classifier.spec.input)
    return encode_bmp(result.image), encode_bmp(seen), shown_json(project, result)


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


def turned(chain: Chain, place: int, severity: float) -> Chain:
    """The chain with the severity of one of its conditions changed."""
    return tuple(
        replace(condition, severity=severity) if number == place else condition
        for number, condition in enumerate(chain)
    )


def frame_breaking_point(
    project: Project,
    digest: str,
    *,
    chain: Chain,
    place: int = 0,
    short_side: int = SETTINGS.working_short_side,
) -> BreakingPoint | None:
    """
    Where one frame's answer flips as one condition of a chain is turned up, the others as they are.

    Compared is with the answer to the untouched frame. Kept while the model stays.
    """
    model_id = choices_of(project).model_id or ""
    return _breaking_point(project, digest, turned(chain, place, 0.0), place, short_side, model_id)


@lru_cache(maxsize=512)
def _breaking_point(
    project: Project, digest: str, chain: Chain, place: int, short_side: int, _model_id: str
) -> BreakingPoint | None:
    def ask(asked: Chain) -> str:
        return dial_frame(project, digest, chain=asked, short_side=short_side).answer.label

    return chain_breaking_point(ask, chain, place=place)


def chain_breaking_point(
    ask: Callable[[Chain], str], chain: Chain, *, place: int = 0
) -> BreakingPoint | None:
    """`frame_breaking_point` of whatever `ask` asks."""
    clean = ask(tuple(Condition(condition.name, 0.0) for condition in chain))
    return breaking_point(lambda severity: ask(turned(chain, place, severity)), clean=clean)


def breaking_words(
    project: Project,
    digest: str,
    *,
    chain: Chain,
    place: int = 0,
    short_side: int = SETTINGS.working_short_side,
) -> Statement:
    """The breaking point of one frame in words."""
    point = frame_breaking_point(project, digest, chain=chain, place=place, short_side=short_side)
    clean = (Condition(chain[place].name, 0.0),)
    answer = dial_frame(project, digest, chain=clean, short_side=short_side).answer.label
    return words.breaking_statement(CORRUPTIONS[chain[place].name].title, point, answer)


def washed_out_words(
    project: Project, digest: str, *, chain: Chain, short_side: int = SETTINGS.working_short_side
) -> str | None:
    """A warning where a chain leaves too little of the picture to judge the model by; else None."""
    image = working_picture(project, digest, short_side=short_side)
    if all(condition.severity == 0 for condition in chain):
        return None
    is_lost = damage.is_washed_out(image, chain, seed=frame_seed(digest, 0))
    return words.WASHED_OUT if is_lost else None


def dial_report(
    classifier: Classifier,
    picture: Path,
    *,
    chain: Chain,
    seed: int = 0,
    short_side: int = SETTINGS.working_short_side,
    project: Project | None = None,
) -> tuple[dict[str, Any], Image]:
    """
    What `fieldcheck dial --json` prints (product.md), and the damaged picture.

    The breaking point is that of the first condition, the others as they are.

    Args:
        project: whose chosen mark decides what reads "not sure"; None shows every answer.
    """
    damage.checked_chain(chain)
    image = working_image(decode(picture), short_side=short_side)
    own_seed = frame_seed(content_hash(picture), seed)

    def at(asked: Chain) -> DialResult:
        return dial(classifier, image, chain=asked, seed=own_seed)

    def shown(result: DialResult) -> dict[str, Any]:
        return answer_json(result.answer) if project is None else shown_json(project, result)

    damaged = at(chain)
    point = chain_breaking_point(lambda asked: at(asked).answer.label, chain)
    report = {
        **shown(damaged),
        "clean": shown(at(turned(chain[:1], 0, 0.0))),
        "breaking_point": point and point.fails,
        "survives": SETTINGS.severity_max if point is None else point.survives,
        "breaking_answer": point and point.answer,
        "corruption": chain[0].name if len(chain) == 1 else None,
        "severity": chain[0].severity if len(chain) == 1 else None,
        "chain": chain_text(chain),
        "washed_out": damage.is_washed_out(image, chain, seed=own_seed),
        "short_side": min(image.shape[:2]),
        "seed": seed,
    }
    return report, damaged.image


def report_lines(report: dict[str, Any]) -> list[str]:
    """The dial report in words."""
    chain = parse_chain(report["chain"])
    clean = report["clean"]
    point = (
        None
        if report["breaking_point"] is None
        else BreakingPoint(report["survives"], report["breaking_point"], report["breaking_answer"])
    )
    broken = words.breaking_statement(CORRUPTIONS[chain[0].name].title, point, clean["leaning"])
    lines = [
        f"As it is: {clean['words']}.",
        f"{chain_words(chain)}: {report['words']}.",
        broken.headline,
    ]
    return [*lines, words.WASHED_OUT] if report["washed_out"] else lines


def chain_of(
    names: Sequence[str],
    severities: Sequence[float],
    options: Mapping[str, Mapping[str, float]] | None = None,
) -> Chain:
    """
    The chain of these corruptions at these severities; those without one are off.

    Args:
        options: of each corruption, those that are chosen.
    """
    levels = [*severities, *[0.0] * len(names)]
    chosen = options or {}
    return tuple(
        Condition(name, levels[place], tuple(sorted(chosen.get(name, {}).items())))
        for place, name in enumerate(names)
    )


def option_steps(option: Option) -> list[float]:
    """The values a person may choose: twelve steps for degrees, ten for shares."""
    n = 12 if option.high > 1 else 10
    return [round(option.low + step * (option.high - option.low) / n, 2) for step in range(n + 1)]


def nearest_step(option: Option, value: float | None) -> float | None:
    """The value a person may choose that is nearest to one typed elsewhere; None stays."""
    if value is None:
        return None
    return min(option_steps(option), key=lambda step: abs(step - value))


def named(
    names: Sequence[str], options: Mapping[str, Mapping[str, float]]
) -> list[tuple[str, CorruptionSpec]]:
    """Each corruption with its name in a chain, chosen options included."""
    chain = chain_of(names, [], options)
    return [(condition_name(c), CORRUPTIONS[c.name]) for c in chain]


def technical(chain: Chain, *, short_side: int) -> str:
    """How the dial's picture and figures are made, in technical terms."""
    made = "\n".join(
        f"- `{spec.name}`, fidelity **{spec.fidelity.value}**, {spec.source} "
        f"Parameter: {spec.unit}."
        for spec in (CORRUPTIONS[condition.name] for condition in chain)
    )
    return (
        f"{made}\n\nThe picture is damaged at a short side of at most {short_side} pixels "
        "(pixel-sized parameters scale with short side / 224), one damage after the other, and "
        "the answer is to exactly the array shown. The breaking point is the first severity on "
        "the 0.5 grid at which the answer differs from the untouched frame's, bisected, the "
        "other damages as they stand. Covering: a patch of a quarter of the short side in the "
        "picture's mean colour, moved by half of itself (Zeiler and Fergus 2014)."
    )


def chain_words(chain: Chain) -> str:
    """ "Dusk and night 3, then fog 2"."""
    parts = [f"{CORRUPTIONS[c.name].title} {c.severity:g}" for c in chain]
    return ", then ".join([parts[0], *(part[0].lower() + part[1:] for part in parts[1:])])


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
            "options": [asdict(option) for option in spec.options],
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
