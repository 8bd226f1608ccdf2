"""Compositions become frames: the studio style of reference and training, and the field's clips."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from builder import covers
from builder.conditions import DirtyLens, Exposure, developed, lens_cap, photographed
from builder.cutouts import CLUTTER, TOOLS, cutout
from builder.plan import CAMERAS, CLASSES, Camera, Clip
from builder.scene import SIZE, Pose, box_of, laid_on, lighting, placed
from builder.surfaces import SURFACES, Picture, Rng, stained

Frame = NDArray[np.uint8]
"""RGB, 240 x 320."""

THICKNESS = {"Multimeter": 13.0, "Measuring tape": 11.0, "Hammer": 10.0}
"""Px of the drawn scene by which a tool stands over the bench; 7 for the flat ones."""

STUDIO_SURFACES = ("paper", "paper", "cloth", "beech", "oak", "steel", "concrete")


def studio_frame(seed: int, stage: int, number: int) -> tuple[str, Frame]:
    """
    One composition in the reference style: even light, the whole tool in view, classes in turn.

    Args:
        stage: tells training from reference; no composition is in both.
    """
    rng = np.random.default_rng([seed, 10 + stage, number])
    label = CLASSES[number % len(CLASSES)]
    photos = TOOLS[label]
    sprite = cutout(photos[(number // len(CLASSES)) % len(photos)])
    scene = SURFACES[str(rng.choice(STUDIO_SURFACES))](rng, SIZE)
    pose = _fitting(rng, sprite, length=(150, 420), spread=(50, 40), tilt=0.25)
    light = rng.uniform(0, 360)
    scene = laid_on(scene, placed(sprite, pose), light=light, thickness=THICKNESS.get(label, 7.0))
    exposure = Exposure(
        light=rng.uniform(0.55, 1.1), tint=tuple(rng.normal(1, 0.03, 3)), blur=rng.uniform(0.3, 0.5)
    )
    shape = lighting(rng, light=light, slope=rng.uniform(0, 0.18), vignette=0.1)
    return label, developed(photographed(scene, shape, exposure, rng), exposure, rng)


def _fitting(
    rng: Rng,
    sprite: Frame,
    *,
    length: tuple[float, float],
    spread: tuple[float, float],
    tilt: float,
) -> Pose:
    """A pose that keeps the whole object in view; `spread` is how far off the middle, px (x, y)."""
    height, width = SIZE
    pose = Pose(
        x=width / 2,
        y=height / 2,
        length=rng.uniform(*length),
        angle=rng.uniform(0, 360),
        is_mirrored=bool(rng.random() < 0.5),
        tilt=rng.uniform(0, tilt),
        lean=rng.uniform(0, 360),
    )
    wide, high = box_of(sprite, pose)
    factor = min(1.0, (width - 40) / wide, (height - 40) / high)
    room = np.array([width - 30 - wide * factor, height - 30 - high * factor]) / 2
    x, y = np.clip(rng.normal(0, spread), -room, room)
    return replace(pose, length=pose.length * factor, x=width / 2 + x, y=height / 2 + y)


@cache
def _bench(seed: int, camera: Camera, surface: str) -> Picture:
    """A camera's bench, larger than it sees."""
    rng = np.random.default_rng([seed, 20, CAMERAS.index(camera), list(SURFACES).index(surface)])
    bench = SURFACES[surface](rng, (SIZE[0] + 120, SIZE[1] + 120))
    return stained(rng, bench, count=6)


def _bench_seen(seed: int, rng: Rng, clip: Clip) -> Picture:
    """What the camera sees of its bench; a clip's view differs by a knock of a few pixels."""
    main, other = clip.camera.surfaces
    surface = other if rng.random() < 0.35 else main
    bench = _bench(seed, clip.camera, surface)
    y, x = 60 + rng.integers(-50, 51, 2)
    return bench[y : y + SIZE[0], x : x + SIZE[1]].copy()


def _exposure(rng: Rng, clip: Clip) -> Exposure:
    """Light of the hour through this clip's camera."""
    tint = np.array(clip.camera.tint)
    if clip.light == "night":
        level = rng.uniform(0.012, 0.035)
        tint = tint * (1.18, 1.0, 0.68)
        gain = rng.uniform(0.16, 0.32) / level
        return Exposure(level, gain, tuple(tint), 5000.0, clip.camera.blur + 0.25, 0.75)
    if clip.light == "dusk":
        level = rng.uniform(0.06, 0.16)
        tint = tint * (0.86, 0.97, 1.18)
        gain = rng.uniform(0.22, 0.48) / level
        return Exposure(level, gain, tuple(tint), 5000.0, clip.camera.blur + 0.1, 0.85)
    hour = clip.times[0].hour + clip.times[0].minute / 60
    sun = 1 - 0.35 * abs(hour - 12.5) / 5
    level = sun * rng.uniform(0.7, 1.15)
    tint = tint * (1 + 0.04 * abs(hour - 12.5) / 5, 1.0, 1.0)
    return Exposure(level, 1.0, tuple(tint), 5000.0, clip.camera.blur)


def clip_frames(seed: int, clip: Clip) -> Iterator[Frame]:
    """The frames of a clip: one composition, nudged and lit anew from frame to frame."""
    rng = np.random.default_rng([seed, 21, clip.number])
    if clip.kind == "blank":
        for _ in clip.times:
            yield lens_cap(rng)
        return
    bench = _with_clutter(rng, _bench_seen(seed, rng, clip))
    sprite = cutout(clip.subject)
    pose = _field_pose(rng, sprite, clip)
    light = rng.uniform(0, 360)
    lamp = {"day": 0.0, "dusk": 0.25, "night": 0.7}[clip.light]
    shape = lighting(rng, light=light, slope=rng.uniform(0.05, 0.4), lamp=lamp, vignette=0.22)
    exposure = _exposure(rng, clip)
    cover, cover_pose = _cover(rng, clip, sprite, pose)
    lens = _dirty_lens(seed) if clip.is_dirty else None
    for _ in clip.times:
        pose = _nudged(rng, pose, 3.0)
        layer = placed(sprite, pose)
        scene = laid_on(bench, layer, light=light, thickness=THICKNESS.get(clip.label, 7.0))
        if cover is not None:
            cover_pose = _nudged(rng, cover_pose, 5.0)
            layer = placed(cover, cover_pose, anchor=_anchor(clip))
            scene = laid_on(scene, layer, light=light, thickness=20.0, depth=0.45)
        lit = replace(exposure, light=exposure.light * rng.normal(1, 0.04))
        linear = photographed(scene, shape, lit, rng)
        if clip.light == "night" and rng.random() < 0.35:
            linear = _shaken(rng, linear)
        yield developed(lens.over(linear) if lens else linear, lit, rng)


@cache
def _dirty_lens(seed: int) -> DirtyLens:
    return DirtyLens(np.random.default_rng([seed, 22]))


def _field_pose(rng: Rng, sprite: Frame, clip: Clip) -> Pose:
    """As people put things down: near or far, at any angle, sometimes half out of view."""
    if clip.kind == "animal":
        return Pose(rng.uniform(280, 360), rng.uniform(225, 275), 400, rng.uniform(-8, 8))
    pose = _fitting(rng, sprite, length=(170, 420), spread=(85, 60), tilt=0.35)
    if rng.random() < 0.08:
        side = 1 if pose.x > SIZE[1] / 2 else -1
        pose = replace(pose, x=SIZE[1] / 2 + side * (SIZE[1] / 2 - 0.12 * pose.length))
    return pose


def _nudged(rng: Rng, pose: Pose, pixels: float) -> Pose:
    dx, dy, turn = rng.normal(0, 1, 3) * (pixels, pixels, 0.5 * pixels)
    return replace(pose, x=pose.x + dx, y=pose.y + dy, angle=pose.angle + turn)


def _with_clutter(rng: Rng, bench: Picture) -> Picture:
    """The bench, in half of the clips with a wrench or tweezers near the rim."""
    if rng.random() < 0.5:
        return bench
    sprite = cutout(str(rng.choice(CLUTTER)))
    rim = rng.integers(4)
    along = rng.uniform(0.1, 0.9)
    out = rng.uniform(-0.02, 0.08)
    x = (along, along, out, 1 - out)[rim] * SIZE[1]
    y = (out, 1 - out, along, along)[rim] * SIZE[0]
    pose = Pose(x, y, rng.uniform(150, 260), rng.uniform(0, 360), bool(rng.random() < 0.5))
    return laid_on(bench, placed(sprite, pose), light=rng.uniform(0, 360), thickness=6.0)


def _anchor(clip: Clip) -> tuple[float, float]:
    """The point of the cover's picture that is put on the tool: a hand's palm, a cloth's middle."""
    return (0.5, 0.38) if clip.cover == "hand" else (0.5, 0.5)


def _cover(rng: Rng, clip: Clip, sprite: Frame, pose: Pose) -> tuple[Picture | None, Pose]:
    """What covers the tool, off its middle by up to a third of its length."""
    if not clip.cover:
        return None, pose
    turn = np.radians(pose.angle)
    along = rng.uniform(-0.33, 0.33) * pose.length
    x, y = pose.x + along * np.cos(turn), pose.y - along * np.sin(turn)
    height, width = sprite.shape[:2]
    if height > width:
        x, y = pose.x + along * np.sin(turn), pose.y + along * np.cos(turn)
    if clip.cover == "hand":
        return covers.hand(rng), Pose(x, y, rng.uniform(430, 520), rng.normal(0, 35), tilt=0.05)
    length = np.clip(rng.uniform(0.5, 0.75) * pose.length, 120, 300)
    return covers.rag(rng), Pose(x, y, float(length), rng.uniform(0, 360))


def _shaken(rng: Rng, linear: Picture) -> Picture:
    """Blurred along a short line, as by a long exposure."""
    length = int(rng.integers(3, 8))
    kernel = np.zeros((9, 9), np.float32)
    turn = rng.uniform(0, np.pi)
    reach = np.array([np.cos(turn), np.sin(turn)]) * length / 2
    start, end = (np.rint(4 + sign * reach).astype(int).tolist() for sign in (-1, 1))
    cv2.line(kernel, start, end, 1.0, 1, cv2.LINE_AA)
    return cv2.filter2D(linear, -1, kernel / kernel.sum())
