"""Are rare classes failed more? Error by how often a class was trained on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.metrics.intervals import accuracy, clip_correlation, clip_counts
from core.records import State, Statement
from core.settings import SETTINGS

RARE: dict[str, str] = {
    "group": "str",  # a class, or "classes 1 to 3 of 30" by rarity
    "classes": "int64",
    "count": "float64",  # training frames, mean over the classes
    "frames": "int64",  # of the classes, labelled
    "wrong": "int64",
    "effective": "float64",
    "clips": "int64",
    "error": "float64",  # mean over the classes that have frames
    "low": "float64",  # 95 % clip bootstrap; Wilson for a single class
    "high": "float64",
}

FEW_CLASSES = 20
"""Below it every class stands for itself: tenths of fewer make no groups."""

DRAWS = 2000
TIMES = 3.0
"""House rule of the issue: the rarest at three times the commonest's error or more."""

ENDS = 3
"""Under 20 classes the rarest and the commonest one in so many are compared; ours."""

ALIKE = 2.0
"""Commonest over rarest count up to which no class counts as rare; ours."""


@dataclass(frozen=True)
class RareReport:
    """Error by rarity, rarest first."""

    table: pd.DataFrame  # RARE
    rho: float  # Spearman, training count against error, over classes; nan if it cannot be told
    p: float
    statement: Statement


def rare_report(
    frames: pd.DataFrame, counts: Mapping[str, int], *, source: str, seed: int = 0
) -> RareReport:
    """
    Error per class, or per tenth of 20 classes or more, and whether rarity explains it.

    Args:
        frames: label, is_right and clip.
        counts: training frames of every class.
        source: where the counts are from, in words: "the training list".

    Source:
        methods 11: groups of equally many classes (Liu et al. 2019), macro error with a bootstrap
        of whole clips, Spearman's rho over classes.
    """
    classes = sorted(counts, key=lambda name: (counts[name], name))
    draws = _drawn_errors(frames, classes, seed)
    groups = _groups(classes)
    table = pd.DataFrame(
        [_row(frames, classes, counts, places, draws) for places in groups], columns=list(RARE)
    ).astype(RARE)
    errors = 1 - frames["is_right"].groupby(frames["label"].astype("object")).mean().astype(float)
    rho, p = spearman(
        [counts[name] for name in classes], [float(errors.get(name, np.nan)) for name in classes]
    )
    ends = _ends(classes, counts, groups)
    statement = _statement(
        [_row(frames, classes, counts, places, draws) for places in ends],
        _means(draws[:, ends[0]]) - TIMES * _means(draws[:, ends[1]]) if classes else None,
        source=source,
        rho=rho,
    )
    return RareReport(table, rho, p, statement)


def spearman(counts: Sequence[float], errors: Sequence[float]) -> tuple[float, float]:
    """
    Spearman's rank correlation and its two-sided p; nan where fewer than three or all alike.

    Classes whose error is nan are left out.
    """
    from scipy import stats  # 0.2 s, too much for the app's start

    a, b = np.asarray(counts, dtype=np.float64), np.asarray(errors, dtype=np.float64)
    a, b = a[~np.isnan(b)], b[~np.isnan(b)]
    if len(a) < 3 or np.ptp(a) == 0 or np.ptp(b) == 0:
        return float("nan"), float("nan")
    found = stats.spearmanr(a, b)
    return float(found.statistic), float(found.pvalue)


def _groups(classes: Sequence[str]) -> list[NDArray[np.intp]]:
    n = len(classes)
    parts = n if n < FEW_CLASSES else 10
    return [part for part in np.array_split(np.arange(n), max(parts, 1)) if len(part)]


def _ends(
    classes: Sequence[str], counts: Mapping[str, int], groups: Sequence[NDArray[np.intp]]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The rarest and the commonest classes to compare; classes of equal count stay together."""
    n = len(classes)
    if n >= FEW_CLASSES:
        return groups[0], groups[-1]
    size = np.array([counts[name] for name in classes], dtype=np.float64)
    part = max(1, n // ENDS)
    if not n:
        return np.arange(0), np.arange(0)
    return np.flatnonzero(size <= size[part - 1]), np.flatnonzero(size >= size[-part])


def _drawn_errors(frames: pd.DataFrame, classes: Sequence[str], seed: int) -> NDArray[np.float64]:
    """Error of every class in draws of whole clips, shape (DRAWS, n_classes)."""
    place = {name: number for number, name in enumerate(classes)}
    kept = frames[frames["label"].isin(classes)]
    clips, names = pd.factorize(kept["clip"])
    codes = kept["label"].map(place).to_numpy(dtype=np.intp)
    if not len(names):
        return np.full((DRAWS, len(classes)), np.nan)
    from scipy.sparse import csr_array  # most clips hold few of the classes

    shape = (len(names), len(classes))
    is_wrong = ~kept["is_right"].to_numpy(dtype=bool)
    n = csr_array((np.ones(len(codes)), (clips, codes)), shape=shape)
    wrong = csr_array((is_wrong.astype(np.float64), (clips, codes)), shape=shape)
    rng = np.random.default_rng(seed)
    weights = rng.multinomial(len(names), np.full(len(names), 1 / len(names)), size=DRAWS)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray((weights @ wrong) / (weights @ n))


def _row(
    frames: pd.DataFrame,
    classes: Sequence[str],
    counts: Mapping[str, int],
    places: NDArray[np.intp],
    draws: NDArray[np.float64],
) -> dict[str, object]:
    names = [classes[place] for place in places]
    mine = frames[frames["label"].isin(names)]
    right, clip = mine["is_right"].to_numpy(bool), mine["clip"].to_numpy(object)
    seen = clip_correlation(*clip_counts(frames["is_right"], frames["clip"]))
    found = accuracy(right, clip, correlation_if_unseen=1.0 if np.isnan(seen) else seen)
    errors = mine["is_right"].groupby(mine["label"].astype("object")).mean()
    many = len(names) != 1
    low, high = _mean_interval(draws[:, places]) if many else (1 - found.high, 1 - found.low)
    group = f"classes {places[0] + 1} to {places[-1] + 1} by rarity" if len(names) > 1 else ""
    return {
        "group": group or "".join(names),
        "classes": len(names),
        "count": float(np.mean([counts[name] for name in names])) if names else 0.0,
        "frames": found.of, "wrong": found.of - found.right, "effective": found.effective,
        "clips": found.clips,
        "error": float(1 - errors.mean()) if found.of else float("nan"),
        "low": low, "high": high,
    }  # fmt: skip


def _mean_interval(draws: NDArray[np.float64]) -> tuple[float, float]:
    means = _means(draws)
    means = means[~np.isnan(means)]
    if not len(means):
        return 0.0, 1.0
    low, high = np.quantile(means, [0.025, 0.975])
    return float(low), float(high)


def _means(draws: NDArray[np.float64]) -> NDArray[np.float64]:
    n = (~np.isnan(draws)).sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.nansum(draws, axis=1) / np.where(n, n, np.nan))


def _statement(
    ends: Sequence[dict[str, object]],
    beyond: NDArray[np.float64] | None,
    *,
    source: str,
    rho: float,
) -> Statement:
    rare, common = (_End.of(end) for end in ends)
    if beyond is None or common.count < ALIKE * max(rare.count, 1):
        return Statement(
            f"No class is much rarer than another in {source}, so rarity explains nothing here.",
            "",
            State.NONE_FOUND,
        )
    counted = f"the rarest, {rare.words}; the commonest, {common.words}"
    if rare.is_thin or common.is_thin:
        return Statement(
            f"Too few frames to say whether rare classes fail more ({counted}).",
            "Label more frames of the rare classes, from other clips.",
            State.NOT_ENOUGH,
        )
    low = float(np.nanquantile(beyond, 0.025))
    if rare.error > 0 and rare.error >= TIMES * common.error:
        return Statement(
            f"Rare classes fail at least three times as often as common ones ({counted}; by how "
            f"common they are in {source}).",
            "Collect more of the rare ones, or lower their bar below and look at the price.",
            State.CONFIRMED if low > 0 else State.SUSPECTED,
        )
    leaning = " Mistakes do lean towards rare classes." if rho < -0.5 else ""
    return Statement(
        f"Rare classes do not fail three times as often as common ones ({counted}).{leaning}",
        "",
        State.NONE_FOUND,
    )


@dataclass(frozen=True)
class _End:
    """The rarest or the commonest classes, pooled."""

    classes: int
    count: float
    frames: int
    wrong: int
    error: float
    is_thin: bool

    @classmethod
    def of(cls, row: Mapping[str, object]) -> _End:
        effective, clips = float(str(row["effective"])), int(str(row["clips"]))
        return cls(
            int(str(row["classes"])),
            float(str(row["count"])),
            int(str(row["frames"])),
            int(str(row["wrong"])),
            float(str(row["error"])),
            effective < SETTINGS.min_effective or clips < SETTINGS.min_clips,
        )

    @property
    def words(self) -> str:
        """ "3 classes: wrong in 20 of 120 frames"."""
        which = "1 class" if self.classes == 1 else f"{self.classes} classes"
        return f"{which}: wrong in {self.wrong:,} of {self.frames:,} frames"
