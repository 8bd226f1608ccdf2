"""What other bars gain and cost per class, on frames they were not set on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from core.metrics.class_mix import mix_weights
from core.metrics.intervals import (
    clip_correlation,
    effective_of_clips,
)
from core.metrics.paired import mcnemar_p, paired_newcombe_interval
from core.metrics.weighted_share import weighted_share
from core.records import State
from core.settings import SETTINGS

PRICES: dict[str, str] = {
    "class": "str",
    "bar": "float64",
    "how": "str",  # "tuned", "by_rarity" or "usual"
    "frames": "int64",  # of the class, in the test part
    "effective": "float64",
    "clips": "int64",
    "found_before": "int64",  # of `frames`
    "found_after": "int64",
    "found_before_low": "float64",  # share found, 95 %
    "found_before_high": "float64",
    "found_after_low": "float64",
    "found_after_high": "float64",
    "answers_before": "int64",  # test frames answered so
    "answers_after": "int64",
    "holds_before": "float64",  # share of those that are right, in the field's mix; nan of none
    "holds_before_low": "float64",
    "holds_before_high": "float64",
    "holds_after": "float64",
    "holds_after_low": "float64",
    "holds_after_high": "float64",
    "alarms_before": "int64",  # frames of other classes answered so
    "alarms_after": "int64",
    "alarms_before_1000": "float64",  # per 1,000 frames in the field's mix
    "alarms_before_1000_low": "float64",
    "alarms_before_1000_high": "float64",
    "alarms_after_1000": "float64",
    "alarms_after_1000_low": "float64",
    "alarms_after_1000_high": "float64",
    "p": "float64",  # McNemar, two-sided, on the class's own frames
    "state": "str",
}

P_LIMIT = 0.05


@dataclass(frozen=True, slots=True)
class TotalPrice:
    """Right answers before and after, on the same test frames."""

    before: int
    after: int
    of: int
    effective: float
    clips: int
    low: float  # share right after minus before, 95 %, paired
    high: float
    gained: int
    lost: int
    p: float  # McNemar, two-sided


@dataclass(frozen=True)
class _Part:
    """The test part with its clips and weights."""

    labels: NDArray[np.intp]
    clips: NDArray[np.intp]
    weights: NDArray[np.float64]
    correlation: float

    def share(
        self, happened: NDArray[np.bool_], among: NDArray[np.bool_]
    ) -> tuple[float, float, float]:
        """A weighted share with its 95 % interval; nan, 0, 1 among no frames."""
        found = weighted_share(
            happened[among], self.weights[among], self.clips[among],
            correlation_if_unseen=self.correlation,
        )  # fmt: skip
        return found.rate, found.low, found.high

    def effective(self, happened: NDArray[np.bool_], among: NDArray[np.bool_]) -> float:
        """What the frames are worth for this event, 0..n."""
        n = int(self.clips.max()) + 1 if len(self.clips) else 0
        frames = np.bincount(self.clips[among], minlength=n)
        events = np.bincount(self.clips[among & happened], minlength=n)
        return effective_of_clips(events, frames, correlation_if_unseen=self.correlation)


def price_table(
    labels: ArrayLike,
    before: ArrayLike,
    after: ArrayLike,
    clip: ArrayLike,
    *,
    shares: ArrayLike,
    classes: Sequence[str],
    bars: ArrayLike,
    how: Sequence[str],
) -> pd.DataFrame:
    """
    One row per class: PRICES.

    Shares found are of the class's own frames and need no mix. False alarms and what holds hang on
    how common the other classes are, so there each frame counts for as many field frames as it
    stands for; counts stay those of the frames looked at.

    Args:
        labels, before, after: shape (n,), int: the true class, the usual answer, the new one.
        clip: shape (n,), one name per frame.
        shares: shape (n_classes,), the field's class mix.
        bars, how: of each class, as they are shown.

    Source:
        methods 11 and 1.2; McNemar 1947 on counts scaled to the effective count.
    """
    given = np.asarray(labels, dtype=np.intp)
    codes, _ = pd.factorize(pd.Series(clip, dtype="object"), use_na_sentinel=False)
    said, now = np.asarray(before, dtype=np.intp), np.asarray(after, dtype=np.intp)
    part = _Part(given, codes, mix_weights(given, shares), _correlation(said == given, codes))
    limits = np.asarray(bars, dtype=np.float64)
    rows = [
        {"class": name, "bar": limits[number], "how": how[number]} | _row(part, number, said, now)
        for number, name in enumerate(classes)
    ]
    return pd.DataFrame(rows, columns=list(PRICES)).astype(PRICES)


def _correlation(right: NDArray[np.bool_], codes: NDArray[np.intp]) -> float:
    if not len(codes):
        return 1.0
    seen = clip_correlation(np.bincount(codes, weights=right), np.bincount(codes))
    return 1.0 if np.isnan(seen) else seen


def _row(
    part: _Part, number: int, before: NDArray[np.intp], after: NDArray[np.intp]
) -> dict[str, object]:
    is_it = part.labels == number
    row: dict[str, object] = {"frames": int(is_it.sum())}
    row["clips"] = len(np.unique(part.clips[is_it]))
    row["effective"] = part.effective(before == number, is_it)
    everyone = np.ones(len(is_it), dtype=bool)
    for when, said in (("before", before), ("after", after)):
        named = said == number
        alarm = named & ~is_it
        _, found_low, found_high = part.share(named, is_it)  # alike weights cancel out
        holds, holds_low, holds_high = part.share(is_it, named)
        rate, low, high = part.share(alarm, everyone)
        row |= {
            f"found_{when}": int((is_it & named).sum()),
            f"found_{when}_low": found_low, f"found_{when}_high": found_high,
            f"answers_{when}": int(named.sum()),
            f"holds_{when}": holds, f"holds_{when}_low": holds_low,
            f"holds_{when}_high": holds_high,
            f"alarms_{when}": int(alarm.sum()),
            f"alarms_{when}_1000": 1000 * rate,
            f"alarms_{when}_1000_low": 1000 * low, f"alarms_{when}_1000_high": 1000 * high,
        }  # fmt: skip
    gained = int((is_it & (after == number) & (before != number)).sum())
    lost = int((is_it & (before == number) & (after != number)).sum())
    worth = float(str(row["effective"])) / max(int(is_it.sum()), 1)
    row["p"] = two_sided_mcnemar(round(worth * lost), round(worth * gained))
    row["state"] = _state(row, gained - lost)
    return row


def _state(row: dict[str, object], more: int) -> str:
    effective, clips = float(str(row["effective"])), int(str(row["clips"]))
    if effective < SETTINGS.min_effective or clips < SETTINGS.min_clips:
        return State.NOT_ENOUGH.value
    if more <= 0:
        return State.NONE_FOUND.value
    is_proven = float(str(row["p"])) <= P_LIMIT
    return State.CONFIRMED.value if is_proven else State.SUSPECTED.value


def two_sided_mcnemar(lost: int, gained: int) -> float:
    """McNemar's exact p, two-sided: twice the smaller tail, at most 1."""
    return min(1.0, 2 * mcnemar_p(max(lost, gained), min(lost, gained)))


def total_price(
    labels: ArrayLike, before: ArrayLike, after: ArrayLike, clip: ArrayLike
) -> TotalPrice:
    """
    Right answers before and after, on the same frames, unweighted.

    Args:
        as `price_table`.
    """
    given = np.asarray(labels, dtype=np.intp)
    was = np.asarray(before, dtype=np.intp) == given
    now = np.asarray(after, dtype=np.intp) == given
    codes, names = pd.factorize(pd.Series(clip, dtype="object"), use_na_sentinel=False)
    part = _Part(given, codes, np.ones(len(given)), _correlation(was, codes))
    everyone = np.ones(len(given), dtype=bool)
    effective = min(part.effective(was, everyone), part.effective(now, everyone))
    worth = effective / max(len(given), 1)
    gained, lost = int((now & ~was).sum()), int((was & ~now).sum())
    cells = (int((was & now).sum()), gained, lost, int((~was & ~now).sum()))
    low, high = paired_newcombe_interval(*(worth * n for n in cells))
    return TotalPrice(
        before=int(was.sum()), after=int(now.sum()), of=len(given), effective=effective,
        clips=len(names), low=low, high=high, gained=gained, lost=lost,
        p=two_sided_mcnemar(round(worth * lost), round(worth * gained)),
    )  # fmt: skip
