"""How often it is right where nobody has labelled, and which frames to label for a sure figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.findings.statements import between, count_of
from core.metrics.intervals import Z_95
from core.metrics.label_free import (
    accuracy_by_difference,
    accuracy_by_threshold,
    best_allocation,
    stratified_share,
    threshold_of_errors,
)
from core.records import Accuracy, State, Statement
from core.settings import SETTINGS

Floats = NDArray[np.float64]

DRAWS = 300
STRATA = 5
FEWEST_WRONG = 10
"""Ours: the threshold is set by the wrong reference frames alone; its error is about 1/sqrt(n)."""


@dataclass(frozen=True, slots=True)
class LabelFree:
    """Two guesses at the share right on frames without labels, 0..1, with 95 % limits."""

    by_threshold: float  # ATC
    threshold_low: float
    threshold_high: float
    by_difference: float  # difference of confidences
    difference_low: float
    difference_high: float
    frames: int  # the field frames spoken of
    clips: int
    reference: int  # labelled reference frames
    reference_clips: int
    reference_wrong: int

    @property
    def low(self) -> float:
        """The lower of the two lower limits: either assumption may be the wrong one."""
        return min(self.threshold_low, self.difference_low)

    @property
    def high(self) -> float:
        """The higher of the two upper limits."""
        return max(self.threshold_high, self.difference_high)

    @property
    def is_learnt(self) -> bool:
        """Whether the reference shows it wrong often enough to learn from."""
        return self.reference_wrong >= FEWEST_WRONG

    @property
    def may_be_told(self) -> bool:
        """Whether there are clips enough, besides, to say how far off the guess may be."""
        return self.is_learnt and min(self.clips, self.reference_clips) >= SETTINGS.min_clips

    @property
    def counts(self) -> str:
        """ "353 to 371 of 400": both guesses."""
        ends = sorted((self.by_threshold, self.by_difference))
        low, high = (round(share * self.frames) for share in ends)
        counts = f"{low:,}" if low == high else f"{low:,} to {high:,}"
        return f"{counts} of {self.frames:,}"

    @property
    def words(self) -> str:
        """ "353 to 371 of 400 (between 82 and 96 %)": both guesses, and the limits of both."""
        return f"{self.counts} ({between(self.low, self.high)})"


def estimate(
    reference: pd.DataFrame, field: pd.DataFrame, *, draws: int = DRAWS, seed: int = 0
) -> LabelFree:
    """The estimates for one set of field frames; see `estimates`."""
    (found,) = estimates(reference, [field], draws=draws, seed=seed)
    return found


def estimates(
    reference: pd.DataFrame, fields: Sequence[pd.DataFrame], *, draws: int = DRAWS, seed: int = 0
) -> list[LabelFree]:
    """
    Both estimates for each set of field frames, learnt once, in the order of `fields`.

    The percentile intervals come from drawing whole clips of both sides again.

    Args:
        reference: labelled frames with confidence, is_right (bool) and clip; at least one.
        fields: frames with confidence and clip; at least one each.

    Source:
        Garg et al. 2022 (ATC); Guillory et al. 2021 (difference of confidences); clip bootstrap,
        methods 1.2.
    """
    known = reference["confidence"].to_numpy(np.float64)
    right = reference["is_right"].to_numpy(bool)
    threshold = threshold_of_errors(known, right)
    rng = np.random.default_rng(seed)
    learnt = _learnt(known, right, _clip_weights(reference["clip"], draws, rng))
    found = []
    for field in fields:
        asked = field["confidence"].to_numpy(np.float64)
        drawn = _drawn(learnt, asked, _clip_weights(field["clip"], draws, rng))
        limits = [np.quantile(values, [0.025, 0.975]) for values in drawn]
        found.append(
            LabelFree(
                by_threshold=accuracy_by_threshold(asked, threshold),
                threshold_low=float(limits[0][0]),
                threshold_high=float(limits[0][1]),
                by_difference=accuracy_by_difference(known, right, asked),
                difference_low=float(limits[1][0]),
                difference_high=float(limits[1][1]),
                frames=len(field),
                clips=int(field["clip"].nunique()),
                reference=len(reference),
                reference_clips=int(reference["clip"].nunique()),
                reference_wrong=int((~right).sum()),
            )
        )
    return found


def _clip_weights(clip: pd.Series[str], draws: int, rng: np.random.Generator) -> Floats:
    codes, names = pd.factorize(clip, use_na_sentinel=False)
    times = rng.multinomial(len(names), np.full(len(names), 1 / len(names)), size=draws)
    return np.asarray(times[:, codes], dtype=np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class _Learnt:
    """What each draw of the reference teaches; each shape (draws,)."""

    cut: Floats  # the score under which as much weight lies as is wrong; -inf with nothing wrong
    wrong: Floats  # share
    stated: Floats  # mean confidence


def _learnt(known: Floats, right: NDArray[np.bool_], weight: Floats) -> _Learnt:
    order = np.argsort(known)
    sorted_known = known[order]
    cuts, wrongs = np.empty(len(weight)), weight @ ~right
    for draw, (w, wrong) in enumerate(zip(weight, wrongs, strict=True)):
        place = int(np.searchsorted(np.cumsum(w[order]), wrong - 1e-9))
        cuts[draw] = -np.inf if wrong == 0 else sorted_known[min(place, len(known) - 1)]
    total = weight.sum(axis=1)
    return _Learnt(cuts, wrongs / total, weight @ known / total)


def _drawn(learnt: _Learnt, asked: Floats, weight: Floats) -> tuple[Floats, Floats]:
    order = np.argsort(asked)
    below = np.searchsorted(asked[order], learnt.cut, side="right")
    atc = np.empty(len(weight))
    for draw, (v, end) in enumerate(zip(weight, below, strict=True)):
        atc[draw] = 1 - v[order][:end].sum() / v.sum()
    fall = learnt.stated - weight @ asked / weight.sum(axis=1)
    return atc, np.clip(1 - learnt.wrong - fall, 0, 1)


def estimate_statement(found: LabelFree) -> Statement:
    """The estimate in words; never confirmed, because it stands on an assumption."""
    headline = (
        f"Nobody has labelled these {count_of(found.frames, 'frame')}. Going by how sure it says "
        f"it is, two ways of guessing give {found.words} right."
    )
    if not found.is_learnt:
        return Statement(
            headline,
            f"Worth little: it is wrong in only {found.reference_wrong:,} of the reference's "
            f"{found.reference:,} frames, too few to learn from. Label some frames instead.",
            State.NOT_ENOUGH,
        )
    if not found.may_be_told:
        return Statement(
            headline, "Too few clips to say how far off this may be.", State.NOT_ENOUGH
        )
    return Statement(headline, ASSUMPTION, State.SUSPECTED)


def part_words(found: LabelFree | None) -> tuple[str, str]:
    """
    The estimate for a part of the frames: a sentence marked as an estimate, and what it rests on.

    Args:
        found: None without a labelled reference to learn from.
    """
    if found is None:
        return "", (
            "Nobody has labelled these, and there is no labelled reference to learn an estimate "
            "from: how sure it says it is, is not how often it is right."
        )
    if not found.is_learnt:
        return "", (
            f"No estimate: it is wrong in only {found.reference_wrong:,} of the reference's "
            f"{found.reference:,} frames, too few to learn from. Label some of these instead."
        )
    if not found.may_be_told:
        return (
            f"Estimate without labels: right in {found.counts}.",
            "Too few clips to say how far off this may be: label some of these to know.",
        )
    return (
        f"Estimate without labels: right in {found.words}.",
        "It holds only if being so sure means the same here as on the reference. Label some of "
        "these to know.",
    )


ASSUMPTION = (
    "This holds only if being so sure means the same here as on the reference. Where the field "
    "leaves the model sure and wrong, the guess is too high, and nothing in it warns you: label "
    "the frames below to know."
)


def check_statement(found: LabelFree, truth: Accuracy) -> Statement:
    """
    The same guess made on frames that are labelled, against what the labels say.

    Args:
        found: the estimate for the labelled field frames, made without their labels.
        truth: their accuracy.
    """
    headline = (
        f"Tried on the {count_of(truth.of, 'field frame')} that are labelled, the guess is "
        f"{found.words} right; in truth {truth.right:,} of {truth.of:,} are "
        f"({between(truth.low, truth.high)})."
    )
    if truth.clips < SETTINGS.min_clips:
        return Statement(headline, "Too few clips to judge the guess by.", State.NOT_ENOUGH)
    if found.low > truth.high:
        return Statement(
            headline, "The guess flatters the model here: do not go by it.", State.CONFIRMED
        )
    if found.high < truth.low:
        return Statement(headline, "The guess is too gloomy here.", State.CONFIRMED)
    return Statement(headline, "The guess fits what is known.", State.NONE_FOUND)


@dataclass(frozen=True, slots=True)
class Stratum:
    """Frames about which it is about equally sure."""

    low: float  # confidence of the least sure
    high: float
    frames: int
    spread: float  # standard deviation of right and wrong expected
    hashes: tuple[str, ...]  # in the order in which they are drawn


def strata_of(frames: pd.DataFrame, *, parts: int = STRATA, seed: int = 0) -> list[Stratum]:
    """
    The frames in parts of about equal size by confidence, each in a random order of its own.

    Args:
        frames: unlabelled frames with confidence and content_hash, one per picture.
        parts: at most; equal confidences stay together.
        seed: of the orders.
    """
    if frames.empty:
        return []
    ordered = frames.sort_values(["confidence", "content_hash"])
    sure = ordered["confidence"].to_numpy(np.float64)
    starts = np.unique([part[0] for part in np.array_split(sure, parts) if len(part)])
    part_of = np.searchsorted(starts, sure, side="right")
    rng = np.random.default_rng(seed)
    found = []
    for part in np.unique(part_of):
        inside = ordered[part_of == part]
        stated = float(inside["confidence"].mean())
        found.append(
            Stratum(
                low=float(inside["confidence"].min()),
                high=float(inside["confidence"].max()),
                frames=len(inside),
                # Nearer to a coin toss than it says: the most that is lost is a little precision.
                spread=float(np.sqrt(max(stated * (1 - stated), 0.05))),
                hashes=tuple(rng.permutation(inside["content_hash"].to_numpy(object))),
            )
        )
    return found


def draw_plan(strata: list[Stratum], *, count: int) -> list[tuple[str, int]]:
    """
    Which frames to label next: (content hash, place of its stratum), in the order to label them.

    Random within each stratum, so that the estimate from them stays unbiased; most from where they
    tell most; mixed over the strata, so that stopping early leaves a fair sample too.

    Args:
        count: in all; fewer if there are fewer frames.
    """
    if not strata:
        return []
    given = best_allocation(
        [part.frames for part in strata], [part.spread for part in strata], draws=count
    )
    picks = [
        (digest, place, (rank + 0.5) / max(1, number))
        for place, (part, number) in enumerate(zip(strata, given, strict=True))
        for rank, digest in enumerate(part.hashes[:number])
    ]
    return [(digest, place) for digest, place, _ in sorted(picks, key=lambda pick: pick[2])]


@dataclass(frozen=True, slots=True)
class PlanResult:
    """What the plan's labels say so far."""

    done: int  # of the plan's frames labelled
    planned: int
    share: float  # right, of all the plan speaks for; nan while a stratum has no label
    low: float
    high: float
    frames: int  # the plan speaks for
    missing: int  # strata without a label


def plan_result(sizes: list[int], right: list[int], done: list[int], *, planned: int) -> PlanResult:
    """
    The unbiased estimate from the frames labelled by plan.

    Args:
        sizes, right, done: per stratum: frames in all, right of those labelled, labelled.
        planned: frames of the plan.
    """
    missing = sum(1 for count in done if not count)
    share, low, high = float("nan"), 0.0, 1.0
    if sizes and not missing:
        share, error = stratified_share(right, done, sizes)
        low, high = max(0.0, share - Z_95 * error), min(1.0, share + Z_95 * error)
    return PlanResult(sum(done), planned, share, low, high, sum(sizes), missing)


def plan_statement(found: PlanResult) -> Statement:
    """What the plan's labels say, and how many are left."""
    left = found.planned - found.done
    if found.missing:
        return Statement(
            f"{found.done:,} of {found.planned:,} planned frames are labelled; not yet from every "
            "part, so there is no figure.",
            "Go on in the queue: each one counts for many.",
            State.NOT_ENOUGH,
        )
    headline = (
        f"From {found.done:,} labels, it is right in about {found.share * found.frames:,.0f} of "
        f"{found.frames:,} frames ({between(found.low, found.high)}). This needs no assumption."
    )
    if found.done < SETTINGS.min_effective:
        return Statement(
            headline,
            f"Few labels: {left:,} of the plan are left.",
            State.NOT_ENOUGH,
        )
    next_step = f"{left:,} of the plan are left." if left else "The plan is done."
    return Statement(headline, next_step, State.CONFIRMED)
