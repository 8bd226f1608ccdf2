"""What is photographed when: 14 days of four cameras as clips, every planted fact decided here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import pairwise

import numpy as np

from builder.cutouts import ANIMALS, TOOLS
from builder.surfaces import Rng

FIRST_DAY = date(2026, 3, 2)
DAYS = 14
CLASSES = tuple(sorted(TOOLS))


@dataclass(frozen=True)
class Camera:
    """One fixed camera: where it hangs and what it looks down on."""

    name: str
    place: str
    surfaces: tuple[str, ...]
    tint: tuple[float, float, float]  # its white balance
    blur: float  # px


CAMERAS = (
    Camera("cam1", "tool counter", ("oak", "cutting_mat"), (1.02, 1.0, 0.97), 0.30),
    Camera("cam2", "assembly bench", ("steel", "beech"), (0.97, 1.0, 1.04), 0.35),
    Camera("cam3", "workshop wall", ("pegboard", "oak"), (1.05, 1.0, 0.93), 0.35),
    Camera("cam4", "loading door", ("concrete", "ribbed_mat"), (0.98, 1.0, 1.02), 0.55),
)

DIRTY_FROM = datetime(2026, 3, 10)  # camera 3, day 9
STUCK = (datetime(2026, 3, 7, 10), datetime(2026, 3, 8, 20))  # camera 2
COMPRESSED = (datetime(2026, 3, 6), datetime(2026, 3, 9))  # camera 4
COVERED_SHARE = 0.14
GOOD_QUALITY = 90  # JPEG
WRONG_LABELS = 12


@dataclass(frozen=True)
class Clip:
    """Frames of one camera a few seconds apart, of one composition."""

    number: int
    camera: Camera
    times: tuple[datetime, ...]
    light: str  # "day", "dusk" or "night"
    label: str  # the tool's class; empty for what has none
    subject: str  # the photo's name; empty for a blank
    cover: str = ""  # "hand" or "cloth"
    quality: int = GOOD_QUALITY
    is_dirty: bool = False
    is_stuck: bool = False
    kind: str = "tool"  # "tool", "animal" or "blank"

    @property
    def paths(self) -> tuple[str, ...]:
        """Of its frames, relative to field/."""
        name = self.camera.name
        return tuple(f"{name}/{t:%Y-%m-%d}/{name}_{t:%Y%m%d_%H%M%S}.jpg" for t in self.times)


HOURS = {"day": (7.0, 17.1), "dusk": (17.4, 19.0), "night": (19.3, 22.5)}
"""Local time in March: the sun sets shortly before six."""


def field_clips(seed: int) -> list[Clip]:
    """All clips of the field, by camera and time."""
    rng = np.random.default_rng([seed, 1])
    clips: list[Clip] = []
    bag: list[str] = []
    for camera in CAMERAS:
        for day in range(DAYS):
            for light, start in _starts(rng, FIRST_DAY + timedelta(days=day)):
                bag = bag or rng.permutation(CLASSES).tolist()
                label = bag.pop()
                subject = TOOLS[label][rng.integers(len(TOOLS[label]))]
                clip = Clip(len(clips), camera, _burst(rng, start), light, label, subject)
                clips.append(_befallen(rng, clip))
    clips = _with_strangers(rng, clips)
    clips.sort(key=lambda clip: clip.times[0])
    clips.sort(key=lambda clip: clip.camera.name)
    frozen = next(clip for clip in clips if clip.is_stuck)
    shown = {"label": frozen.label, "subject": frozen.subject}
    return [
        replace(clip, number=number, **(shown if clip.is_stuck else {}))
        for number, clip in enumerate(clips)
    ]


def _starts(rng: Rng, day: date) -> list[tuple[str, datetime]]:
    """When the clips of one camera and day begin, at least ten minutes apart."""
    count = 3 + int(rng.random() < 0.5)
    while True:
        lights = rng.choice(["day", "dusk", "night"], count, p=[0.62, 0.19, 0.19])
        starts = [
            (str(light), datetime.combine(day, time()) + timedelta(seconds=int(3600 * hour)))
            for light, hour in ((light, rng.uniform(*HOURS[light])) for light in lights)
        ]
        starts.sort(key=lambda start: start[1])
        gaps = [b[1] - a[1] for a, b in pairwise(starts)]
        if min(gaps) >= timedelta(minutes=10):
            return starts


def _burst(rng: Rng, start: datetime, *, count: int | None = None) -> tuple[datetime, ...]:
    """Times of a clip's frames, 2 to 8 seconds apart."""
    steps = rng.integers(2, 9, (count or int(rng.integers(3, 7))) - 1)
    offsets = [0, *np.cumsum(steps).tolist()]
    return tuple(start + timedelta(seconds=int(offset)) for offset in offsets)


def _befallen(rng: Rng, clip: Clip) -> Clip:
    """The clip with what its camera and its hour do to it."""
    camera, start = clip.camera.name, clip.times[0]
    cover = str(rng.choice(["hand", "cloth"])) if rng.random() < COVERED_SHARE else ""
    quality = int(rng.integers(10, 19))
    if camera == "cam2" and STUCK[0] <= start < STUCK[1]:
        return replace(clip, is_stuck=True)
    is_compressed = camera == "cam4" and COMPRESSED[0] <= start < COMPRESSED[1]
    return replace(
        clip,
        cover=cover,
        quality=quality if is_compressed else clip.quality,
        is_dirty=camera == "cam3" and start >= DIRTY_FROM,
    )


def _with_strangers(rng: Rng, clips: list[Clip]) -> list[Clip]:
    """The clips with animals and blanks, which have no label, put between them."""
    strangers = [
        (day, camera, name)
        for day, camera, name in zip((3, 9, 12), (0, 1, 3), ANIMALS, strict=True)
    ]
    blanks = [(2, 2, ""), (7, 0, ""), (10, 3, "")]
    for day, camera, name in strangers + blanks:
        midnight = datetime.combine(FIRST_DAY + timedelta(days=day), time())
        taken = [clip.times[0] for clip in clips if clip.camera is CAMERAS[camera]]
        while True:
            start = midnight + timedelta(seconds=int(3600 * rng.uniform(8, 16.5)))
            if all(abs(start - other) > timedelta(minutes=10) for other in taken):
                break
        times = _burst(rng, start, count=3 if name else 4)
        kind = "animal" if name else "blank"
        stranger = Clip(len(clips), CAMERAS[camera], times, "day", "", name, kind=kind)
        clips.append(
            replace(stranger, is_dirty=camera == 2 and start >= DIRTY_FROM) if name else stranger
        )
    return clips


def wrong_labels(seed: int, clips: list[Clip]) -> dict[str, str]:
    """Twelve frames and the wrong class each is given: clip, frame and class drawn uniformly."""
    rng = np.random.default_rng([seed, 2])
    labelled = [clip for clip in clips if clip.label]
    wrong = {}
    for k in rng.choice(len(labelled), WRONG_LABELS, replace=False):
        clip = labelled[int(k)]
        path = clip.paths[int(rng.integers(len(clip.paths)))]
        others = [name for name in CLASSES if name != clip.label]
        wrong[path] = others[int(rng.integers(len(others)))]
    return wrong


def planted(clips: list[Clip], wrong: dict[str, str]) -> list[dict[str, object]]:
    """Every planted fact, as planted.json holds it: by clip, by stretch, wrong labels by frame."""
    compressed = [clip for clip in clips if clip.quality < GOOD_QUALITY]
    return [
        *(fact for clip in clips for fact in _clip_facts(clip)),
        _fact("dirty_lens", [clip for clip in clips if clip.is_dirty], truth="dirty lens"),
        _fact("stuck", [clip for clip in clips if clip.is_stuck], truth="one picture repeated"),
        _fact("jpeg_compression", compressed, truth="JPEG quality 10 to 18"),
        *(
            _fact("wrong_label", [replace(clip, times=(taken_at,))], truth=clip.label)
            for clip in clips
            for path, taken_at in zip(clip.paths, clip.times, strict=True)
            if path in wrong
        ),
    ]


def _clip_facts(clip: Clip) -> list[dict[str, object]]:
    facts = []
    if clip.light != "day" and not clip.is_stuck:
        facts.append(_fact(clip.light, [clip], truth=clip.light))
    if clip.cover:
        facts.append(_fact("covered", [clip], truth=clip.cover))
    if clip.kind == "animal":
        facts.append(_fact("animal", [clip], truth=clip.subject.replace("_", " ")))
    if clip.kind == "blank":
        facts.append(_fact("blank", [clip], truth="lens cap"))
    return facts


def _fact(kind: str, clips: list[Clip], *, truth: str) -> dict[str, object]:
    return {
        "kind": kind,
        "folder": "field",
        "paths": [path for clip in clips for path in clip.paths],
        "camera": clips[0].camera.name,
        "start": clips[0].times[0].isoformat(),
        "end": clips[-1].times[-1].isoformat(),
        "truth": truth,
    }
