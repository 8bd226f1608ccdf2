"""
Six changes that take a cue away or leave little else: colour, shape, texture, background.

They are an exam, not a damage: nothing in the field looks like this, and they have no severity.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from core.corruptions.pixels import rounded
from core.records import CueChange, Foreground, Image

GRID = 4
"""Pieces a side; see `patch_shuffle`."""

DARK, LIGHT, NEUTRAL = 40, 215, 128
COVER = 0.05
"""Of the short side: how far the cover reaches beyond the object, over its shadow and glow."""

_LUMA = np.array((0.299, 0.587, 0.114), dtype=np.float32)  # ITU-R BT.601

Mask = NDArray[np.bool_]


def change_cue(image: Image, name: str, *, found: Foreground, seed: int) -> Image:
    """
    The picture under one cue change.

    Args:
        image: RGB uint8, shape (height, width, 3), at the working size; not changed.
        name: a key of CUE_CHANGES.
        found: the picture's object; only changes that need one look at it.
        seed: 0 or more; `frame_seed` gives each frame its own.

    Returns:
        A new array of the same shape and dtype.

    Raises:
        KeyError: the name is unknown.
        ValueError: the change needs an object and this one is not to be believed.
    """
    change = CUE_CHANGES[name]
    if change.needs_object and found.doubt is not None:
        raise ValueError(f"{name} needs an object, but {found.doubt}")
    rng = np.random.default_rng([seed, *name.encode()])
    return change.apply(np.ascontiguousarray(image), found.mask, rng)


def grey(image: Image, _mask: Mask, _rng: np.random.Generator) -> Image:
    """Brightness kept, colour gone."""
    return np.repeat(rounded(image.astype(np.float32) @ _LUMA)[:, :, None], 3, axis=2)


def hue_swap(image: Image, _mask: Mask, _rng: np.random.Generator) -> Image:
    """
    Every colour turned into its opposite of the same brightness; grey stays grey.

    The difference from grey is mirrored. Where the opposite would leave the colours a screen has,
    it is made paler rather than brighter or darker.
    """
    colour = image.astype(np.float32)
    luma = (colour @ _LUMA)[:, :, None]
    away = luma - colour
    room = np.where(away > 0, 255 - luma, luma)
    fits = np.min(room / np.maximum(np.abs(away), 1e-3), axis=2, keepdims=True)
    return rounded(luma + away * np.minimum(fits, 1.0))


def patch_shuffle(image: Image, _mask: Mask, rng: np.random.Generator) -> Image:
    """
    Cut into GRID × GRID pieces, none of which stays where it was: colour and texture without shape.

    What the grid does not divide (under GRID px) stays at the right and lower edge.

    Source:
        Zhang and Zhu 2019, "Interpreting adversarially trained CNNs", section 4: 2, 4 and 8 a side.
        With 4, whose seams are few, an object half as wide as the frame still falls apart.
    """
    height, width = image.shape[0] // GRID, image.shape[1] // GRID
    out = image.copy()
    if not height or not width:
        return out
    order = rng.permutation(GRID * GRID)
    # Each piece goes where the next of a random round stands, so that none stays.
    for source, target in zip(order, np.roll(order, 1), strict=True):
        y, x = divmod(int(source), GRID)
        to_y, to_x = divmod(int(target), GRID)
        piece = image[y * height : (y + 1) * height, x * width : (x + 1) * width]
        out[to_y * height : (to_y + 1) * height, to_x * width : (to_x + 1) * width] = piece
    return out


def silhouette(image: Image, mask: Mask, _rng: np.random.Generator) -> Image:
    """The object's outline filled dark on light: shape alone."""
    out = np.full_like(image, LIGHT)
    out[mask] = DARK
    return out


def object_masked(image: Image, mask: Mask, rng: np.random.Generator) -> Image:
    """
    The object covered by what lies around it: background alone.

    Covered is the object's convex hull and a margin: a hole of the object's own outline would
    still tell its shape. The cover grows inwards from the surroundings and gets their grain.

    Source:
        Telea 2004 (OpenCV's inpainting), on a small copy. Covering more than the outline:
        Xiao et al. 2020, "Noise or signal", whose Only-BG pictures cover the whole box.
    """
    cover = _cover(mask)
    scale = min(1.0, 160 / max(mask.shape))
    size = (max(1, round(mask.shape[1] * scale)), max(1, round(mask.shape[0] * scale)))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    hole = cv2.resize(cover.astype(np.float32), size, interpolation=cv2.INTER_AREA) > 0
    grown = cv2.inpaint(small, hole.astype(np.uint8), 3, cv2.INPAINT_TELEA)
    large = cv2.resize(grown, mask.shape[::-1], interpolation=cv2.INTER_CUBIC).astype(np.float32)
    own = image.astype(np.float32)
    grain = (own - cv2.GaussianBlur(own, (0, 0), 1 / scale))[~cover]
    if len(grain):
        large += grain[rng.integers(0, len(grain), mask.shape)]
    soft = cv2.GaussianBlur(cover.astype(np.float32), (0, 0), max(1.0, min(mask.shape) / 200))
    soft = np.maximum(soft, cover)[:, :, None]
    return rounded(soft * large + (1 - soft) * own)


def background_masked(image: Image, mask: Mask, _rng: np.random.Generator) -> Image:
    """The object as it is on an even grey: everything but the background."""
    out = np.full_like(image, NEUTRAL)
    out[mask] = image[mask]
    return out


def _cover(mask: Mask) -> Mask:
    """The convex hull of the object with a margin."""
    filled = np.zeros(mask.shape, dtype=np.uint8)
    points = np.argwhere(mask)[:, ::-1].astype(np.int32)
    if len(points):
        cv2.fillConvexPoly(filled, cv2.convexHull(points), 1)
    reach = 2 * max(1, round(COVER * min(mask.shape))) + 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))
    cover: Mask = cv2.dilate(filled, disc) > 0
    return cover


CUE_CHANGES: dict[str, CueChange] = {
    "grey": CueChange(
        "grey", "Without colour", "the picture in shades of grey", False, grey, "ITU-R BT.601",
    ),
    "hue_swap": CueChange(
        "hue_swap", "Opposite colours", "red turns cyan, yellow blue; as bright as before", False,
        hue_swap, "mirrored about grey of the same brightness",
    ),
    "patch_shuffle": CueChange(
        "patch_shuffle", "Cut and shuffled", "colours and surfaces stay, the shape falls apart",
        False, patch_shuffle, "Zhang and Zhu 2019",
    ),
    "silhouette": CueChange(
        "silhouette", "Outline only", "the object filled dark on a light ground", True,
        silhouette, "Geirhos et al. 2019, silhouettes",
    ),
    "object_masked": CueChange(
        "object_masked", "Object covered", "only what surrounds the object", True, object_masked,
        "Telea 2004; Xiao et al. 2020",
    ),
    "background_masked": CueChange(
        "background_masked", "Background blanked", "only the object, on even grey", True,
        background_masked, "Xiao et al. 2020, Only-FG",
    ),
}  # fmt: skip
