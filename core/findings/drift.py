"""Has the field changed? Four tests of one batch against the reference, judged together."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.metrics.clip_shuffle import ClipShuffle, alike_clips, clip_shuffle
from core.metrics.drift_tests import column_shift, count_shift
from core.metrics.embedding_shift import centre_shift, neighbour_shift
from core.metrics.intervals import holm
from core.metrics.unlike import unit_rows
from core.records import State
from core.settings import SETTINGS

ALPHA = 0.05
"""Chance that any test of any planned look rings though nothing changed; methods 1.6 and 9."""

CENTRE_ALARM = 2.0
"""Standard deviations of same-size clip batches; methods 9.1."""


@dataclass(frozen=True, slots=True)
class DriftTest:
    """One test of field against reference."""

    name: str  # "sureness", "answers", "centre" or "neighbours"
    size: float  # sureness, neighbours: distance 0..1; answers: share moved 0..1; centre: z
    p: float  # by itself
    p_held: float  # held to one claim with the other tests (Holm)
    state: State
    widest: int | None = None  # "sureness": the class that moved most


@dataclass(frozen=True, slots=True)
class DriftReading:
    """What the tests say of one batch."""

    state: State  # the strongest of the tests'
    tests: tuple[DriftTest, ...]  # empty with too few clips
    frames: int  # of the field, as given
    clips: int
    reference_frames: int
    reference_clips: int
    level: float  # what p_held is judged at

    @property
    def missing_clips(self) -> int:
        """Field clips short of a judgement."""
        return max(0, SETTINGS.min_clips - self.clips)


def drift_reading(
    probabilities: ArrayLike, clip: ArrayLike, is_field: ArrayLike, *,
    embeddings: ArrayLike | None = None, looks: int = 1, permutations: int = 499, seed: int = 0,
) -> DriftReading:  # fmt: skip
    """
    The field's answers and embeddings against the reference's, by clip permutation.

    Confirmed: a test holds at 0.05 / looks after Holm over the tests made (the centre must lie
    over 2 standard deviations off besides). Suspected: a test holds at 0.05 by itself. Clips are
    first made about equally long (`alike_clips`). More draws are made than asked for where the
    level needs them.

    What it cannot see: a class that goes missing while the others look the same is under 15 in 100
    at 100 frames (methods 9.2); conditions that last longer than a clip make clips of one stretch
    alike, which no dealing out of clips allows for.

    Args:
        probabilities: shape (n, n_classes), softmax.
        clip: shape (n,).
        is_field: shape (n,), bool.
        embeddings: shape (n, n_features); None, as in a log without them, leaves two tests.
        looks: planned looks over which the chance of a false alarm is split, 1 or more.

    Raises:
        ValueError: shapes do not fit, a value is not finite, or looks is under 1.

    Source:
        methods 1.4, 1.6 and 9.
    """
    if looks < 1:
        raise ValueError(f"looks must be 1 or more, got {looks}")
    field = np.asarray(is_field, dtype=bool)
    whole = clip_shuffle(clip, field, permutations=1, seed=seed)
    level = ALPHA / looks
    counted = DriftReading(
        State.NOT_ENOUGH, (), int(field.sum()), whole.field_clips, int((~field).sum()),
        whole.reference_clips, level,
    )  # fmt: skip
    if min(whole.field_clips, whole.reference_clips) < SETTINGS.min_clips:
        return counted
    kept = alike_clips(clip, field)
    n_tests = 2 if embeddings is None else 4
    draws = max(permutations, math.ceil(2 * n_tests / level) - 1)
    shuffle = clip_shuffle(whole.clip[kept], field[kept], permutations=draws, seed=seed)
    tests = _of_answers(np.asarray(probabilities, dtype=np.float64)[kept], shuffle)
    if embeddings is not None:
        units = unit_rows(embeddings)[kept]
        tests += _of_embeddings(units, shuffle, field[kept], draws=draws, seed=seed)
    judged = _judged(tests, level)
    states = {test.state for test in judged}
    strongest = next(s for s in (State.CONFIRMED, State.SUSPECTED, State.NONE_FOUND) if s in states)
    return replace(counted, state=strongest, tests=judged)


def _of_answers(p: NDArray[np.float64], shuffle: ClipShuffle) -> list[DriftTest]:
    moved = column_shift(p, shuffle)
    counted = count_shift(p.argmax(axis=1), shuffle, n_classes=p.shape[1])
    return [
        _test("sureness", float(moved.distance.max()), moved.joint, widest=moved.widest),
        _test("answers", counted.moved, counted.p),
    ]


def _of_embeddings(
    units: NDArray[np.float32], shuffle: ClipShuffle, field: NDArray[np.bool_], *, draws: int,
    seed: int,
) -> list[DriftTest]:  # fmt: skip
    centre = centre_shift(units, shuffle, seed=seed)
    near = neighbour_shift(
        units, shuffle.clip, field, k=SETTINGS.neighbours, permutations=draws, seed=seed
    )
    return [
        _test("centre", centre.z, centre.p),
        _test("neighbours", float(near.distance[0]), near.joint),
    ]


def _test(name: str, size: float, p: float, *, widest: int | None = None) -> DriftTest:
    return DriftTest(name, size, p, p, State.NONE_FOUND, widest)


def _judged(tests: list[DriftTest], level: float) -> tuple[DriftTest, ...]:
    held = holm([test.p for test in tests])
    return tuple(
        replace(test, p_held=float(p), state=_state(test, float(p), level))
        for test, p in zip(tests, held, strict=True)
    )


def _state(test: DriftTest, p_held: float, level: float) -> State:
    is_far = test.name != "centre" or test.size > CENTRE_ALARM
    if p_held <= level and is_far:
        return State.CONFIRMED
    if test.name == "centre":
        return State.SUSPECTED if is_far else State.NONE_FOUND
    return State.SUSPECTED if test.p <= ALPHA else State.NONE_FOUND
