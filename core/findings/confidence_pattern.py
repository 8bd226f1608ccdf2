"""
Where confidence fell: on everything at once, on one kind of object, or on one camera.

Confidence is temperature-scaled throughout. Five points of it are not five points of accuracy: in
one study it fell 7 points when accuracy fell 16, and 11 when it fell 53 (methods 9.3). This reads
where to look, never how bad it is.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from core.metrics.clip_shuffle import clip_shuffle
from core.metrics.clip_values import clip_medians, effective_of_values, sign_test
from core.metrics.intervals import benjamini_hochberg
from core.records import State
from core.settings import SETTINGS

FALL = 0.05
"""How far a median must fall to count, as a fraction; methods 9.3."""

MOST = 0.8
"""Share of the judged classes that must fall for the site to be the cause; methods 9.3."""

LEVEL = 0.05
"""Of the sign test, of the permutation and of Benjamini-Hochberg; methods 9.3."""


class Pattern(StrEnum):
    """What the falls have in common."""

    SITE = "site"  # all at once: the site, light or lens changed
    CLASS = "class"  # one kind of object
    CAMERA = "camera"  # one camera
    BOTH = "both"  # one kind of object and one camera
    SEVERAL = "several"  # more than one, and not most
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Fall:
    """The confidence of one class, or of one camera, now against the reference."""

    name: str
    frames: int
    clips: int
    effective: float
    reference_median: float
    median: float
    drop: float  # reference minus now, of the frames' medians
    p: float  # one-sided Mann-Whitney on clip medians; nan where not judged
    q: float  # Benjamini-Hochberg over those judged
    is_judged: bool
    missing: int  # frames short of being judged, at what a frame has been worth; 0 if judged

    @property
    def is_down(self) -> bool:
        """Fallen by 5 points or more, and not by chance."""
        return self.is_judged and self.drop >= FALL and self.q <= LEVEL


@dataclass(frozen=True, slots=True)
class PatternReading:
    """What the falls say together."""

    pattern: Pattern
    state: State
    classes: tuple[Fall, ...]
    cameras: tuple[Fall, ...]
    name_class: str  # of CLASS and BOTH
    name_camera: str  # of CAMERA and BOTH
    fallen: int  # judged classes that fell at all
    judged: int  # classes judged
    median_drop: float  # over judged classes; nan without any
    sign_p: float
    clip_p: float  # of the median drop, by clip permutation; nan without any


def falls(
    frames: pd.DataFrame, *, by: str, reference: pd.DataFrame | None = None
) -> tuple[Fall, ...]:
    """
    How far confidence fell in each group, the largest first; groups not judged last.

    Args:
        frames: one row per frame with `confidence` (0..1, temperature-scaled), `clip`, `is_field`
            and the column `by` (`answer`, or `camera`).
        reference: rows that every group is compared with, as where a camera is new to the
            reference; None: the group's own reference rows.

    Raises:
        ValueError: a confidence is outside 0..1 or missing.

    Source:
        methods 9.3: medians by predicted class, one-sided Mann-Whitney on clip medians,
        Benjamini-Hochberg; nothing is said with fewer than 30 effective frames or 10 clips a side.
    """
    values = frames["confidence"].to_numpy(dtype=np.float64)
    if not ((values >= 0) & (values <= 1)).all():
        raise ValueError("every confidence must lie in 0..1")
    field = frames["is_field"].to_numpy(dtype=bool)
    found = []
    for name, now in frames[field].groupby(by, sort=True):
        before = (
            frames[~field & (frames[by] == name).to_numpy()] if reference is None else reference
        )
        found.append((str(name), now, before))
    tested = [_tested(name, now, before) for name, now, before in found]
    q = benjamini_hochberg([fall.p for fall in tested])
    full = [replace(fall, q=float(one)) for fall, one in zip(tested, q, strict=True)]
    return tuple(sorted(full, key=lambda f: (not f.is_judged, -f.drop if f.is_judged else 0)))


def _tested(name: str, now: pd.DataFrame, before: pd.DataFrame) -> Fall:
    sides = [now, before]
    worth = [effective_of_values(side["confidence"], side["clip"]) for side in sides]
    clips = [side["clip"].nunique() for side in sides]
    is_judged = min(worth) >= SETTINGS.min_effective and min(clips) >= SETTINGS.min_clips
    medians = [float(side["confidence"].median()) if len(side) else math.nan for side in sides]
    return Fall(
        name, len(now), clips[0], worth[0], medians[1], medians[0], medians[1] - medians[0],
        p=_lower_p(now, before) if is_judged else math.nan,
        q=math.nan,
        is_judged=is_judged,
        missing=_missing(len(now), worth[0], clips[0]),
    )  # fmt: skip


def _lower_p(now: pd.DataFrame, before: pd.DataFrame) -> float:
    from scipy.stats import mannwhitneyu

    ours = clip_medians(now["confidence"], now["clip"])
    theirs = clip_medians(before["confidence"], before["clip"])
    return float(mannwhitneyu(ours, theirs, alternative="less").pvalue)


def _missing(frames: int, effective: float, clips: int) -> int:
    worth = max(effective, 1.0) / max(frames, 1)
    per_clip = frames / max(clips, 1)
    short = max(
        (SETTINGS.min_effective - effective) / worth, (SETTINGS.min_clips - clips) * per_clip, 0.0
    )
    return math.ceil(short)


def read_pattern(
    classes: tuple[Fall, ...], cameras: tuple[Fall, ...], *, clip_p: float
) -> PatternReading:
    """
    What the falls have in common; the first that fits.

    One camera down while another that could be judged is not: that camera, however many classes
    fell with it. Else at least 80 % of the judged classes fell, more than a
    sign test leaves to chance, by 5 points in the middle: the site, light or lens. Else one class
    down: that class. Else several. With nothing judged: not enough.

    Classes share their clips, so the sign test alone believes too much: the site is confirmed only
    if `clip_p` agrees.

    Args:
        classes, cameras: of `falls`.
        clip_p: of `median_drop_p`; nan if it could not be made.

    Source:
        methods 9.3; the order, the camera that comes first and `clip_p` are ours.
    """
    judged = [fall for fall in classes if fall.is_judged]
    fallen = sum(fall.drop > 0 for fall in judged)
    middle = float(np.median([fall.drop for fall in judged])) if judged else math.nan
    sign_p = sign_test(fallen, len(judged))
    is_site = len(judged) > 1 and fallen >= MOST * len(judged) and middle >= FALL
    is_sure = sign_p < LEVEL and clip_p <= LEVEL
    site = State.CONFIRMED if is_sure else State.SUSPECTED
    found = (
        _one_camera([camera for camera in cameras if camera.is_judged])
        or ((Pattern.SITE, site, "", "") if is_site else None)
        or _some_class(judged, [camera for camera in cameras if camera.is_down])
    )
    if not judged and not any(camera.is_judged for camera in cameras):
        found = Pattern.NONE, State.NOT_ENOUGH, "", ""
    return PatternReading(
        found[0],
        found[1],
        classes,
        cameras,
        name_class=found[2],
        name_camera=found[3],
        fallen=fallen,
        judged=len(judged),
        median_drop=middle,
        sign_p=sign_p,
        clip_p=clip_p,
    )


_Found = tuple[Pattern, State, str, str]
"""The pattern, its state, the class and the camera it names."""


def _one_camera(cameras: list[Fall]) -> _Found | None:
    ill = [camera.name for camera in cameras if camera.is_down]
    if len(ill) != 1 or not any(camera.drop < FALL for camera in cameras):
        return None
    return Pattern.CAMERA, State.CONFIRMED, "", ill[0]


def _some_class(judged: list[Fall], ill: list[Fall]) -> _Found:
    down = [fall.name for fall in judged if fall.is_down]
    if len(down) == 1:
        return Pattern.CLASS, State.CONFIRMED, down[0], ""
    if down or ill:
        return Pattern.SEVERAL, State.CONFIRMED, "", ""
    return _unproven(judged)


def _unproven(judged: list[Fall]) -> _Found:
    """A class that fell by what is not chance alone, but may be with so many looked at."""
    doubtful = [fall.name for fall in judged if fall.drop >= FALL and fall.p <= LEVEL]
    if doubtful:
        return Pattern.CLASS, State.SUSPECTED, doubtful[0], ""
    return Pattern.NONE, State.NONE_FOUND, "", ""


def median_drop_p(
    frames: pd.DataFrame, *, classes: ArrayLike, permutations: int = 499, seed: int = 0
) -> float:
    """
    p-value of the middle class's drop, clips dealt out anew between the two sides.

    Args:
        frames: as `falls`, with `answer`.
        classes: names of the judged classes; nan comes back without any.
    """
    names = [str(name) for name in np.asarray(classes).ravel()]
    if not names:
        return math.nan
    shuffle = clip_shuffle(frames["clip"], frames["is_field"], permutations=permutations, seed=seed)
    table = pd.DataFrame(
        {
            "clip": shuffle.clip,
            "answer": frames["answer"].astype(str).to_numpy(),
            "confidence": frames["confidence"].to_numpy(dtype=np.float64),
        }
    )
    drops = []
    for name in names:
        medians = table[table["answer"] == name].groupby("clip")["confidence"].median()
        sides = shuffle.sides[:, medians.index.to_numpy()]
        values = medians.to_numpy(dtype=np.float64)
        drops.append(_side_medians(values, ~sides) - _side_medians(values, sides))
    with np.errstate(invalid="ignore"):
        middle = np.nanmedian(np.array(drops), axis=0)
    return shuffle.p_value(np.nan_to_num(middle, nan=-1.0))


def _side_medians(values: NDArray[np.float64], side: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Median of the values on one side of every draw, shape (n_draws,); nan where none are."""
    ordered = np.sort(np.where(side, values[None, :], np.inf), axis=1)
    count = side.sum(axis=1)
    rows = np.arange(len(side))
    low, high = np.maximum(count - 1, 0) // 2, np.minimum(count // 2, side.shape[1] - 1)
    middle = (ordered[rows, low] + ordered[rows, high]) / 2
    return np.asarray(np.where(count > 0, middle, np.nan))


def confidence_pattern(
    frames: pd.DataFrame, *, permutations: int = 499, seed: int = 0
) -> PatternReading:
    """
    `falls` by answer and by camera, read together.

    Args:
        frames: one row per frame with `confidence`, `answer`, `clip`, `is_field`, and `camera`
            where it is known. If any camera is new to the reference, all are compared with the
            whole of it.
    """
    classes = falls(frames, by="answer")
    cameras: tuple[Fall, ...] = ()
    if "camera" in frames and frames["camera"].notna().any():
        field = frames["is_field"].to_numpy(dtype=bool)
        seen = set(frames.loc[~field, "camera"].dropna())
        own = set(frames.loc[field, "camera"].dropna()) <= seen
        cameras = falls(frames, by="camera", reference=None if own else frames[~field])
    judged = [fall.name for fall in classes if fall.is_judged]
    p = median_drop_p(frames, classes=judged, permutations=permutations, seed=seed)
    reading = read_pattern(classes, cameras, clip_p=p)
    return _narrowed(reading, frames) if cameras else reading


def _narrowed(reading: PatternReading, frames: pd.DataFrame) -> PatternReading:
    """BOTH where a single class is down and, within it, a single one of the judged cameras."""
    down = [fall.name for fall in reading.classes if fall.is_down]
    if reading.pattern not in (Pattern.CLASS, Pattern.CAMERA) or len(down) != 1:
        return reading
    within = falls(frames[(frames["answer"].astype(str) == down[0])], by="camera")
    found = _one_camera([camera for camera in within if camera.is_judged])
    if found is None or reading.name_camera not in ("", found[3]) or reading.judged < 2:
        return reading
    return replace(reading, pattern=Pattern.BOTH, name_class=down[0], name_camera=found[3])
