"""The same frames shown otherwise: another decoder, without the crop, larger, with white set."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.errors import ModelError, PictureError
from core.findings.doctor import COLOUR_MATTERS, changed_state, colour_cast, paired
from core.frames.decoders import decode_by_opencv
from core.frames.images import working_image
from core.metrics.intervals import wilson_interval
from core.models.preprocessing import preprocess
from core.models.variants import larger
from core.models.views import balanced, cut_off, shrunk_by_opencv, whole, window_only
from core.records import Folder, Image, InputSpec, State
from core.settings import SETTINGS
from core.workflows.doctor_asking import Asking, Tensor
from core.workflows.sweep import FrameFile

Found = dict[str, Any]
Said = NDArray[np.object_]

_LEAST_CUT = 0.02  # share of a picture; below, nothing worth a look is left out
_CUT_MATTERS = 0.05  # share of unlabelled frames that change, from which it is told


def decoders(asking: Asking, frames: pd.DataFrame, spec: InputSpec) -> Found:
    """Answers where OpenCV reads, and where it shrinks too, against Pillow's: counts of changes."""
    asking.plan(3 * len(frames))

    def read(file: FrameFile, _: Image) -> Tensor:
        return preprocess(working_image(decode_by_opencv(asking.path(file))), spec)

    def shrunk(file: FrameFile, _: Image) -> Tensor:
        return shrunk_by_opencv(decode_by_opencv(asking.path(file)), spec)

    as_is = asking.answers(frames, spec)
    by_opencv = asking.answers(frames, spec, view="opencv", prepare=read)
    by_both = asking.answers(frames, spec, view="opencv shrink", prepare=shrunk)
    there = np.asarray([None not in row for row in zip(as_is, by_opencv, by_both, strict=True)])
    return {
        "frames": int(there.sum()),
        "opencv_changed": int((there & (as_is != by_opencv)).sum()),
        "opencv_shrink_changed": int((there & (as_is != by_both)).sum()),
    }


def crop(asking: Asking, frames: pd.DataFrame, spec: InputSpec) -> Found | None:
    """
    How often what the centre crop leaves out decides; None where it leaves out next to nothing.

    It decides in a frame where the whole picture gets another answer than the crop, and the whole
    picture with the left-out part painted over gets the crop's again: so it is not the scale.
    """
    left_out = _left_out(frames, spec)
    if left_out < _LEAST_CUT:
        return None
    asking.plan(2 * len(frames))
    cropped = asking.answers(frames, spec)
    every = asking.answers(frames, spec, view="whole", prepare=lambda _, image: whole(image, spec))
    changed = np.asarray(
        [None not in pair and pair[0] != pair[1] for pair in zip(cropped, every, strict=True)],
        dtype=bool,
    )
    asking.plan(int(changed.sum()))
    covered = asking.answers(
        frames[changed], spec, view="window", prepare=lambda _, image: window_only(image, spec)
    )
    changed[changed] = covered == cropped[changed]
    return {
        "left_out": left_out,
        **_against(frames, cropped, np.where(changed, every, cropped)),
        "frames_changed": _named(frames, changed, cropped, every),
    }


def _left_out(frames: pd.DataFrame, spec: InputSpec) -> float:
    """Mean share of the pictures that the crop leaves out."""
    shares = []
    for height, width in zip(frames["height"], frames["width"], strict=True):
        scale = min(1.0, SETTINGS.working_short_side / min(height, width))
        shares.append(cut_off(round(scale * height), round(scale * width), spec))
    return float(np.mean(shares)) if shares else 0.0


def larger_input(asking: Asking, frames: pd.DataFrame, spec: InputSpec) -> Found | None:
    """Answers at a larger input against the present ones; None where the model takes none."""
    other = larger(spec)
    if other is None:
        return None
    asking.plan(2 * len(frames))
    try:
        at_larger = asking.answers(frames, other)
    except ModelError:
        asking.plan(-2 * len(frames))
        return None
    return {
        "side": other.crop or other.resize,
        "instead_of": spec.crop or spec.resize,
        **_against(frames, asking.answers(frames, spec), at_larger),
    }


def colour(asking: Asking, field: pd.DataFrame, reference: pd.DataFrame, spec: InputSpec) -> Found:
    """
    Is the field's light warmer or colder than the reference's, and do answers change without that?

    White is set per camera, so that the same kinds of things are as warm and as green as on the
    reference.
    """
    here, there = _casts(asking, field), _casts(asking, reference)
    warmer, low, high = colour_cast(here, there, column="warm")
    is_told = not np.isnan(warmer) and not low <= 0 <= high and abs(warmer) >= COLOUR_MATTERS
    found: Found = {
        "warmer": None if np.isnan(warmer) else warmer,
        "low": None if np.isnan(warmer) else low,
        "high": None if np.isnan(warmer) else high,
        "reference_frames": len(there),
    }
    as_is = asking.answers(field, spec)
    if not is_told:
        return {**found, **_against(field, as_is, as_is), "state": State.NONE_FOUND.value}
    white = as_is.copy()
    asking.plan(len(field))
    for rows in _cameras(field):
        gains = _gains(here.iloc[rows], there)
        name = "white " + " ".join(f"{gain:.3f}" for gain in gains)
        white[rows] = asking.answers(
            field.iloc[rows], spec, view=name, prepare=partial(_white, gains=gains, spec=spec)
        )
    compared = _against(field, as_is, white)
    is_better = compared["state"] == State.CONFIRMED.value
    state = State.CONFIRMED if is_better else State.SUSPECTED
    return {**found, **compared, "state": state.value}


def _white(
    _: FrameFile, image: Image, *, gains: tuple[float, float, float], spec: InputSpec
) -> Tensor:
    return preprocess(balanced(image, gains), spec)


def _casts(asking: Asking, frames: pd.DataFrame) -> pd.DataFrame:
    """Clip, kind, warm (log red over blue) and green (log green over both) of each frame."""
    rows = []
    kinds = frames["label"].fillna(frames["answer"])
    for file, clip, kind in zip(asking.files(frames), frames["clip"], kinds, strict=True):
        mean = np.full(3, np.nan)
        try:
            mean = np.log(asking.picture(file).reshape(-1, 3).mean(axis=0) + 1.0)
        except PictureError as error:
            asking.broken[file.content_hash] = str(error)
        red, green, blue = mean
        rows.append((clip, kind, red - blue, green - (red + blue) / 2))
    return pd.DataFrame(rows, columns=["clip", "kind", "warm", "green"])


def _gains(here: pd.DataFrame, there: pd.DataFrame) -> tuple[float, float, float]:
    """What red, green and blue are multiplied by; their mean is 1."""
    warm, green = (
        np.nan_to_num(colour_cast(here, there, column=name)[0]) for name in ("warm", "green")
    )
    gains = np.exp([-warm / 2, -green, warm / 2])
    red, middle, blue = (float(gain) for gain in gains / gains.mean())
    return red, middle, blue


def _cameras(frames: pd.DataFrame) -> list[NDArray[np.intp]]:
    """Rows of each camera with ten clips or more, and of all the others together."""
    names = frames["camera"].fillna("")
    clips = frames.groupby(names)["clip"].nunique()
    enough = set(clips[clips >= SETTINGS.min_clips].index)
    group = names.where(names.isin(list(enough)), "")
    return [np.flatnonzero(group == name) for name in sorted(set(group))]


def _against(frames: pd.DataFrame, before: Said, after: Said) -> Found:
    """Counts of changed, mended and broken answers, with what they are worth."""
    there = np.asarray([None not in pair for pair in zip(before, after, strict=True)], dtype=bool)
    label = frames["label"].to_numpy(dtype=object)
    is_labelled = there & frames["is_right"].notna().to_numpy(dtype=bool)
    changed = there & (before != after)
    was, is_ = (np.asarray(said == label, dtype=bool)[is_labelled] for said in (before, after))
    compared = paired(was, is_, frames["clip"].to_numpy(dtype=object)[is_labelled])
    state = changed_state(compared) if is_labelled.any() else _unlabelled(changed, there)
    return {
        "folder": Folder(frames["folder"].iloc[0]).value,
        "frames": int(there.sum()),
        "changed": int(changed.sum()),
        "labelled": int(is_labelled.sum()),
        "mended": int((is_ & ~was).sum()),
        "broken": int((was & ~is_).sum()),
        "state": state.value,
    }


def _unlabelled(changed: NDArray[np.bool_], there: NDArray[np.bool_]) -> State:
    """Without labels nobody knows which answer is right; many changes are worth a look."""
    if there.sum() < SETTINGS.min_effective:
        return State.NOT_ENOUGH
    low, _ = wilson_interval(float(changed.sum()), float(there.sum()))
    return State.SUSPECTED if low > _CUT_MATTERS else State.NONE_FOUND


def _named(
    frames: pd.DataFrame, changed: NDArray[np.bool_], cropped: Said, every: Said
) -> Sequence[Found]:
    """The changed frames, those first that are right as a whole."""
    rows = frames[changed].assign(cropped=cropped[changed], other=every[changed])
    is_mended = (rows["other"] == rows["label"]).to_numpy(dtype=bool)
    rows = rows.iloc[np.argsort(~is_mended, kind="stable")]
    return [
        {
            "folder": folder,
            "path": path,
            "content_hash": digest,
            "on_crop": on_crop,
            "on_whole": whole,
        }
        for folder, path, digest, on_crop, whole in rows[
            ["folder", "path", "content_hash", "cropped", "other"]
        ].itertuples(index=False)
    ]
