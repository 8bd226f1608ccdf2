"""Sun, rain and fog."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from core.corruptions.patterns import Field, ambient_light, clouds, mixed, smooth_step
from core.corruptions.pixels import rounded, truncated
from core.records import Image

_STREAKS = 700  # per square of one short side
_DROPS = 18


def brightness(
    image: Image, parameter: tuple[float, ...], _scale: float, _rng: np.random.Generator
) -> Image:
    """
    `parameter[0]` added to the brightness (HSV value, 0..1); hue and saturation stay.

    Keeping both means multiplying all three channels by new value / old value.
    """
    (added,) = parameter
    value = np.arange(256)[:, None] / 255
    raised = np.minimum(value + added, 1)
    channel = np.arange(256)[None, :] / 255
    ratio = np.divide(channel, value, out=np.ones((256, 256)), where=value > 0)
    table = truncated(ratio * raised * 255)
    red, green, blue = cv2.split(image)
    row = cv2.max(cv2.max(red, green), blue).astype(np.int32) << 8
    bright: Image = table.ravel().take(row[..., None] | image)
    return bright


def field_fog(
    image: Image, parameter: tuple[float, ...], _scale: float, rng: np.random.Generator
) -> Image:
    """
    Drifting fog of optical depth `parameter[0]`, somewhat thicker towards the top.

    Source:
        Koschmieder 1924: seen = object * t + airlight * (1 - t), t = exp(-optical depth).
    """
    (depth,) = parameter
    height = image.shape[0]
    banks = clouds(rng, image.shape)
    distance = np.linspace(1.25, 0.75, height, dtype=np.float32)[:, None]
    fog: Field = 1 - np.exp(np.float32(-depth) * distance * (np.float32(0.4) + 1.2 * banks))
    light = 0.6 * ambient_light(image) + 0.4 * np.float32(225)
    return rounded(mixed(image, light, fog))


def field_rain(
    image: Image, parameter: tuple[float, ...], scale: float, rng: np.random.Generator
) -> Image:
    """
    Streaks that lean with the wind, drops on the lens, and a slight haze.

    Parameters: share of the streaks that fall; share of the picture's contrast lost to haze;
    drops on the lens.
    """
    falling, haze, drops = parameter
    wind = rng.uniform(-20, 20)  # degrees from straight down
    light = ambient_light(image)
    streak_light = 0.5 * light + 0.5 * np.float32(255) * light / max(float(light.max()), 1.0)
    far = _streaks(
        image.shape,
        n=_STREAKS,
        falling=falling,
        px=9 * scale,
        width=0.45 * scale,
        wind=wind,
        rng=rng,
    )
    near = _streaks(
        image.shape,
        n=_STREAKS // 8,
        falling=falling,
        px=26 * scale,
        width=0.9 * scale,
        wind=wind,
        rng=rng,
    )
    hazy = image + (light - image) * np.float32(haze)
    rainy = mixed(hazy, streak_light, np.maximum(0.55 * far, 0.7 * near))
    return _with_drops(rounded(rainy), drops=drops, scale=scale, rng=rng)


def field_snow(
    image: Image, parameter: tuple[float, ...], scale: float, rng: np.random.Generator
) -> Image:
    """
    Flakes, near ones large and soft, blown one way, and the air white with far ones.

    Parameters: share of the flakes that fall; share of the picture lost to white air.
    """
    falling, white = parameter
    wind = rng.uniform(-50, 50)
    air = mixed(image, np.full(3, 235, np.float32), np.full(image.shape[:2], white, np.float32))
    cover = np.zeros(image.shape[:2], np.float32)
    for n, px, width in ((1400, 1.6, 0.8), (300, 3.5, 1.7), (50, 7.0, 4.2)):
        layer = _streaks(
            image.shape, n=n, falling=falling, px=px * scale, width=width * scale, wind=wind,
            rng=rng,
        )  # fmt: skip
        cover = np.maximum(cover, layer)
    return rounded(mixed(air, np.full(3, 250, np.float32), np.float32(0.95) * cover))


def lens_drops(
    image: Image, parameter: tuple[float, ...], scale: float, rng: np.random.Generator
) -> Image:
    """`parameter[0]` drops of water on the lens, each showing its surroundings upside down."""
    return _with_drops(image, drops=parameter[0], scale=1.9 * scale, rng=rng)


def _streaks(
    shape: tuple[int, ...],
    *,
    n: int,
    falling: float,
    px: float,
    width: float,
    wind: float,
    rng: np.random.Generator,
) -> Field:
    """How much of each pixel is streak, 0..1: points drawn out along the wind."""
    height, wide = shape[:2]
    short = min(height, wide)
    n = round(n * height * wide / short**2)
    rows = (rng.random(n) * height).astype(int)
    columns = (rng.random(n) * wide).astype(int)
    strength = rng.uniform(0.4, 1.0, n) * np.clip(falling * n - np.arange(n), 0, 1)
    points = np.zeros((height, wide), np.float32)
    np.maximum.at(points, (rows, columns), strength.astype(np.float32))
    kernel = _trail(px=px, width=width, wind=wind)
    layer: Field = np.minimum(cv2.filter2D(points, -1, kernel), 1)
    return layer


def _trail(*, px: float, width: float, wind: float) -> NDArray[np.float32]:
    """One streak of length `px`, brightest in its middle, where it is 1."""
    half = max(1, math.ceil(px))
    offsets = np.arange(-half, half + 1, dtype=np.float32)
    lean = math.radians(wind)
    along = offsets[:, None] * math.cos(lean) + offsets * math.sin(lean)
    across = offsets * math.cos(lean) - offsets[:, None] * math.sin(lean)
    trail: NDArray[np.float32] = np.exp(
        -((along / max(px / 2, 0.5)) ** 4) - (across / max(width, 0.4)) ** 2
    ).astype(np.float32)
    return trail


def _with_drops(image: Image, *, drops: float, scale: float, rng: np.random.Generator) -> Image:
    """The picture seen past drops on the lens: each shows its surroundings upside down."""
    places = rng.random((_DROPS, 2))
    radii = rng.uniform(0.0, 1.0, _DROPS) ** 2 * 10 + 5
    wet = image.copy()
    for rank in range(math.ceil(min(drops, _DROPS))):
        centre = places[rank] * image.shape[:2]
        _lay_drop(
            wet,
            image,
            centre=centre,
            radius=float(radii[rank]) * scale,
            share=min(1.0, drops - rank),
        )
    return wet


def _lay_drop(
    wet: Image, image: Image, *, centre: NDArray[np.float64], radius: float, share: float
) -> None:
    """Draws one drop into `wet`, cut off at the picture's edge."""
    height, width = image.shape[:2]
    reach = math.ceil(radius) + 1
    top, left = int(centre[0]), int(centre[1])
    rows = np.arange(max(0, top - reach), min(height, top + reach + 1), dtype=np.float32)
    columns = np.arange(max(0, left - reach), min(width, left + reach + 1), dtype=np.float32)
    down, across = np.meshgrid((rows - top) / radius, (columns - left) / radius, indexing="ij")
    away = np.hypot(down, across)
    inside = smooth_step(-away, low=-1.0, high=-0.8) * np.float32(0.92 * share)
    bend = radius * (1.2 + 1.6 * away**2)
    seen = cv2.remap(
        image,
        left - across * bend,
        top - down * bend,
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REFLECT_101,
    )
    soft = cv2.GaussianBlur(seen, (0, 0), max(radius / 10, 0.3)).astype(np.float32)
    light = 1 + 0.25 * down - 0.35 * away**4
    patch = np.s_[int(rows[0]) : int(rows[-1]) + 1, int(columns[0]) : int(columns[-1]) + 1]
    wet[patch] = rounded(mixed(wet[patch], soft * light[..., None], inside))
