"""The nonsense exam: pictures that show nothing, and what is made of the answers to them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from core.findings.statements import count_of, percent
from core.records import Image, State, Statement

VERSION = 1
"""Raised when a probe's pixels change, so that stored answers to the old ones are not used."""

Probe = tuple[str, Callable[[int, np.random.Generator], Image]]


def _plain(*colour: int) -> Callable[[int, np.random.Generator], Image]:
    return lambda side, _rng: np.full((side, side, 3), colour, dtype=np.uint8)


def _noise(side: int, rng: np.random.Generator) -> Image:
    return rng.integers(0, 256, (side, side, 3), dtype=np.uint8)


def _grain(side: int, rng: np.random.Generator) -> Image:
    return rng.normal(128, 40, (side, side, 3)).clip(0, 255).astype(np.uint8)


def _stripes(side: int, _rng: np.random.Generator) -> Image:
    rows = (np.arange(side) // max(1, side // 14) % 2 * 255).astype(np.uint8)
    return np.ascontiguousarray(np.broadcast_to(rows[:, None, None], (side, side, 3)))


def _upright(side: int, rng: np.random.Generator) -> Image:
    return np.ascontiguousarray(_stripes(side, rng).transpose(1, 0, 2))


def _squares(side: int, rng: np.random.Generator) -> Image:
    return np.where(_stripes(side, rng) == _upright(side, rng), 255, 0).astype(np.uint8)


def _lens_cap(side: int, rng: np.random.Generator) -> Image:
    return rng.normal(6, 2.5, (side, side, 3)).clip(0, 255).astype(np.uint8)


def _no_signal(side: int, _rng: np.random.Generator) -> Image:
    colours = np.array(
        [[191] * 3, [191, 191, 0], [0, 191, 191], [0, 191, 0], [191, 0, 191], [191, 0, 0],
         [0, 0, 191]], dtype=np.uint8,
    )  # fmt: skip
    column = np.minimum(np.arange(side) * len(colours) // side, len(colours) - 1)
    image = np.ascontiguousarray(np.broadcast_to(colours[column], (side, side, 3)))
    top, bottom = int(side * 0.42), int(side * 0.58)
    image[top:bottom] = 16
    scale = side / 320
    (wide, high), _ = cv2.getTextSize("NO SIGNAL", cv2.FONT_HERSHEY_SIMPLEX, scale, 2)
    place = ((side - wide) // 2, (side + high) // 2)
    cv2.putText(
        image, "NO SIGNAL", place, cv2.FONT_HERSHEY_SIMPLEX, scale, (235, 235, 235), 2, cv2.LINE_AA
    )
    return image


PROBES: dict[str, Probe] = {
    "black": ("a black picture", _plain(0, 0, 0)),
    "white": ("a white picture", _plain(255, 255, 255)),
    "grey": ("a grey picture", _plain(128, 128, 128)),
    "red": ("a plain red picture", _plain(255, 0, 0)),
    "green": ("a plain green picture", _plain(0, 255, 0)),
    "blue": ("a plain blue picture", _plain(0, 0, 255)),
    "noise": ("coloured noise", _noise),
    "grain": ("grey grain", _grain),
    "stripes": ("lying stripes", _stripes),
    "upright_stripes": ("upright stripes", _upright),
    "squares": ("a chessboard", _squares),
    "lens_cap": ("a covered lens", _lens_cap),
    "no_signal": ("a “no signal” card", _no_signal),
}
"""Probes by name: what it shows, and how it is drawn at a side in pixels."""


def probe_image(name: str, *, side: int, seed: int) -> Image:
    """One probe, square."""
    return PROBES[name][1](side, np.random.default_rng(seed))


def shuffled(image: Image, *, parts: int = 4, seed: int) -> Image:
    """A picture cut into parts x parts patches that are put back in another order."""
    high, wide = image.shape[0] // parts, image.shape[1] // parts
    patches = [
        image[row * high : (row + 1) * high, column * wide : (column + 1) * wide]
        for row in range(parts)
        for column in range(parts)
    ]
    order = np.random.default_rng(seed).permutation(len(patches))
    rows = [
        np.hstack([patches[place] for place in order[start : start + parts]])
        for start in range(0, len(order), parts)
    ]
    return np.ascontiguousarray(np.vstack(rows))


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """What the model made of one picture it was never meant to see."""

    name: str  # a key of PROBES, "shuffled", or a path in the person's folder
    title: str  # in words
    answer: str
    confidence: float
    strangeness: float | None  # 0..1; None without a reference
    caught_by: tuple[str, ...]  # in words; empty: it would pass unseen

    @property
    def is_caught(self) -> bool:
        """Whether the app's own checks would hold it back."""
        return bool(self.caught_by)


SURE = 0.5
"""Ours: from here on a person would take the answer for one."""


def exam_statement(results: list[ProbeResult]) -> Statement:
    """The grade in words, with the worst answer named."""
    if not results:
        return Statement(
            "The exam has not been sat yet.", "Start it: it takes seconds.", State.NOT_ENOUGH
        )
    passed = [result for result in results if not result.is_caught]
    surely = [result for result in passed if result.confidence >= SURE]
    of = count_of(len(results), "nonsense picture")
    if not passed:
        return Statement(
            f"Good: all {of} would be caught.",
            "A covered lens or a lost signal would not go unnoticed.",
            State.NONE_FOUND,
        )
    worst = max(passed, key=lambda result: result.confidence)
    example = (
        f"on {worst.title} it answers “{worst.answer}”, {percent(worst.confidence)} sure, and "
        "nothing here would stop it"
    )
    caught = f"{len(results) - len(passed):,} of {of} would be caught"
    if not surely:
        return Statement(
            f"Fair: {caught}; on the others it is not sure of its answer, for example {example}.",
            "Choose a mark above that, and they will read “not sure”.",
            State.SUSPECTED,
        )
    grade = "Poor" if len(surely) > len(results) / 4 else "Fair"
    return Statement(
        f"{grade}: {caught}; {example}.",
        "Have the training team teach it pictures of nothing, and watch the camera checks.",
        State.CONFIRMED if grade == "Poor" else State.SUSPECTED,
    )


def result_sentence(result: ProbeResult) -> str:
    """ "A black picture: 97 % sure it is pliers. Caught: the picture is too dark."."""
    verdict = f"Caught: {result.caught_by[0]}." if result.is_caught else "It would pass unseen."
    title = result.title[0].upper() + result.title[1:]
    return f"{title}: {percent(result.confidence)} sure it is {result.answer}. {verdict}"
