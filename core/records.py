"""The nouns of the glossary as frozen records. No I/O, nothing imported from core."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
"""RGB, shape (height, width, 3), 0..255."""


class Folder(StrEnum):
    """Which of a project's two frame folders a path is relative to."""

    FIELD = "field"
    REFERENCE = "reference"


class State(StrEnum):
    """How far a finding may be believed. Never a bare red or green."""

    CONFIRMED = "confirmed"
    SUSPECTED = "suspected"
    NOT_ENOUGH = "not_enough"
    NONE_FOUND = "none_found"


@dataclass(frozen=True, slots=True)
class InputSpec:
    """What a model expects of RGB uint8, in order: resize, crop, scale to 0..1, mean, std."""

    channels: str = "RGB"  # "RGB", "BGR" or "L" (one grey channel)
    resize: int | None = 256  # short side in pixels; None leaves the size
    interpolation: str = "bilinear"  # "nearest", "bilinear", "bicubic" or "lanczos", antialiased
    crop: int | None = 224  # centre square in pixels; None leaves the size
    mean: tuple[float, ...] = (0.485, 0.456, 0.406)  # in the order of `channels`
    std: tuple[float, ...] = (0.229, 0.224, 0.225)


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """How a model file is to be read; what a person confirmed, or its sidecar says."""

    classes: tuple[str, ...]
    input: InputSpec
    architecture: str | None = None  # "timm:NAME" or "torchvision:NAME"; only weights need it


@dataclass(frozen=True, slots=True)
class LabelConfidence:
    """One class and how sure the model is of it, 0..1."""

    label: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Answer:
    """What the model says about one picture."""

    label: str
    confidence: float
    top3: tuple[LabelConfidence, ...]
    entropy: float  # nats


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Right answers with their 95 % Wilson interval on the effective count (clips, not frames)."""

    right: int
    of: int
    effective: float
    clips: int
    low: float
    high: float

    @property
    def rate(self) -> float:
        """Share right, 0..1; nan when nothing was counted."""
        return self.right / self.of if self.of else float("nan")


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence for a person: what, how much of it, how sure, and what to do next."""

    headline: str
    next_step: str
    state: State
    is_behind: bool = False  # behind the rest, though no weak spot: never shown as all well


@dataclass(frozen=True, slots=True)
class BrokenFrame:
    """A picture that could not be read."""

    folder: Folder
    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Review:
    """One decision by one person about one picture."""

    id: str  # UUID made on the laptop
    client: str  # the tab or command that made it
    sequence: int  # 1, 2, 3 ... within the client
    content_hash: str
    action: str  # an Action value
    value: str | None
    reviewer: str
    at: datetime  # UTC
    undoes: str | None = None  # the id of the review this one takes back
    asked: str | None = None  # how a decision was asked for: one of ASKED; None openly


@dataclass(frozen=True, slots=True)
class SliceRule:
    """
    Which frames belong to a slice: those for which every condition holds; an empty rule holds all.

    Values of one condition are alternatives.
    """

    where: tuple[tuple[str, tuple[str, ...]], ...] = ()  # column: values as slices name them
    sure_from: float = 0.0  # confidence, 0..1
    sure_to: float = 1.0
    day_from: str = ""  # ISO date, inclusive
    day_to: str = ""
    tags: tuple[str, ...] = ()
    outcome: str = ""  # "right" or "wrong": labelled frames only
    slices: tuple[str, ...] = ()  # names of saved slices, all of which must hold the frame
    hashes: tuple[str, ...] | None = None  # content hashes, as picked by hand


@dataclass(frozen=True, slots=True)
class SavedSlice:
    """A slice a person named and kept."""

    name: str
    rules: tuple[SliceRule, ...]  # all must hold
    origin: str  # "filter", "click", "found", "lasso" or "frozen"
    made_at: datetime  # UTC


@dataclass(frozen=True, slots=True)
class FailureMode:
    """One way pictures fail, for which hard cases are gathered; its name is the tag it counts."""

    name: str
    about: str  # what it looks like, in one line
    target: int  # frames
    also: tuple[str, ...] = ()  # names it had before: frames tagged so still count


@dataclass(frozen=True, slots=True)
class FrozenFrame:
    """One frame of a frozen set, as it was at freezing."""

    content_hash: str
    path: str
    clip: str
    label: str | None  # as reviewed, else as the data came
    answer: str | None  # of the model of that day


@dataclass(frozen=True, slots=True)
class FrozenSet:
    """One version of a set of hard cases; it never changes again."""

    id: str  # SHA-256 of all it says
    name: str
    version: int  # 1, 2, 3 ... of the name
    origin: str  # what it was made of, in words
    model_id: str | None
    reviewer: str
    made_at: datetime  # UTC
    follows: str | None  # id of the version before
    frames: int


class Action(StrEnum):
    """What a review does."""

    LABEL = "label"  # value: the class
    AGREE = "agree"  # value: the answer agreed with
    UNSURE = "unsure"  # "unclear": wrong without knowing what is right, or nobody can tell
    SKIP = "skip"
    HARD_CASE = "hard_case"  # value: "on" or "off"
    TAG = "tag"  # value: the tag
    UNTAG = "untag"  # value: the tag that is taken off
    NOTE = "note"  # value: the text; empty clears it
    UNDO = "undo"


DECISIONS = frozenset({Action.LABEL, Action.AGREE, Action.UNSURE, Action.SKIP})
"""Actions that settle a frame and move the queue on; the others add to it."""


BLIND, SECOND, BLIND_SECOND = "blind", "second", "blind second"
ASKED = frozenset({BLIND, SECOND, BLIND_SECOND})
"""Ways to ask for a decision: the answer hidden, once more for a settled frame, or both."""


class Mark(StrEnum):
    """What kind of change a corruption is."""

    SPATIAL = "spatial"
    SPECTRAL = "spectral"
    TEMPORAL = "temporal"


class Cue(StrEnum):
    """What an answer may rest on."""

    TEXTURE = "texture"
    COLOUR = "colour"
    SHAPE = "shape"
    BACKGROUND = "background"


@dataclass(frozen=True, slots=True)
class Foreground:
    """Where the object of a picture is thought to be, and why not to believe it."""

    mask: NDArray[np.bool_]  # (height, width), True on the object
    doubt: str | None  # None: to be believed; else the reason in everyday words


@dataclass(frozen=True, slots=True)
class CueChange:
    """One change that takes a cue away, or leaves little else."""

    name: str
    title: str  # everyday name
    looks_like: str  # one line: what is left of the picture
    needs_object: bool  # only for pictures whose object is found
    apply: Callable[[Image, NDArray[np.bool_], np.random.Generator], Image]
    source: str


class Fidelity(StrEnum):
    """Whether a corruption equals a published one."""

    IMAGENET_C = "imagenet-c"
    OURS = "ours"


@dataclass(frozen=True, slots=True)
class Option:
    """Something about a damage that chance decides unless a person chooses it."""

    name: str  # "angle"
    title: str  # everyday name
    low: float
    high: float
    unit: str


@dataclass(frozen=True, slots=True)
class CorruptionSpec:
    """
    One named damage. `apply(image, parameter, scale, rng)` gets the interpolated parameter, and
    each option that was chosen by keyword.
    """

    name: str  # ImageNet-C's name, or ours ("field_..." where they share an idea)
    title: str  # everyday name
    looks_like: str  # one line: what it looks like in the field
    group: str  # "noise", "blur", "weather", "digital", "camera" or "view"
    mark: Mark
    fidelity: Fidelity
    parameters: tuple[tuple[float, ...], ...]  # six rows, severity 0..5; row 0 is "no damage"
    unit: str  # what the parameters mean, with units
    apply: Callable[..., Image]
    source: str
    is_monotone: bool = True  # False: the published rows do not do more damage from one to the next
    options: tuple[Option, ...] = ()


@dataclass(frozen=True, slots=True)
class Condition:
    """One corruption at one severity."""

    name: str  # a key of CORRUPTIONS
    severity: float  # 0..5
    options: tuple[tuple[str, float], ...] = ()  # chosen ones; chance decides the rest


Chain = tuple[Condition, ...]
"""One to three conditions, applied in order; no corruption twice."""

ProgressCallback = Callable[[int, int], None]
"""on_progress(done, total)."""

StopCallback = Callable[[], bool]
"""should_stop(): True asks long work to end and keep what is done."""
