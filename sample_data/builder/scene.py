"""A tool laid on a surface: one composition, and the pictures a camera takes of it."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from builder.surfaces import Picture, Rng, noise

SIZE = (480, 640)
"""Height and width at which scenes are drawn; frames are half as large."""


@dataclass(frozen=True)
class Pose:
    """Where an object lies. Angle in degrees, counter-clockwise."""

    x: float  # centre, px of the drawn scene
    y: float
    length: float  # long side, px of the drawn scene
    angle: float
    is_mirrored: bool = False
    tilt: float = 0.0  # 0 seen from straight above; 0.3 leans away strongly
    lean: float = 0.0  # direction of the tilt, degrees


def box_of(sprite: NDArray[np.generic], pose: Pose) -> tuple[float, float]:
    """Width and height, px, that the posed sprite takes up in the scene."""
    height, width = sprite.shape[:2]
    factor = pose.length / max(height, width)
    turn = np.radians(pose.angle)
    cos, sin = abs(np.cos(turn)), abs(np.sin(turn))
    return (width * cos + height * sin) * factor, (width * sin + height * cos) * factor


def placed(
    sprite: NDArray[np.generic], pose: Pose, *, anchor: tuple[float, float] = (0.5, 0.5)
) -> Picture:
    """The sprite on a transparent scene: RGBA, colour multiplied by alpha."""
    rgba = (
        sprite.astype(np.float32) / 255 if sprite.dtype == np.uint8 else sprite.astype(np.float32)
    )
    rgba = np.dstack([rgba[..., :3] * rgba[..., 3:], rgba[..., 3]])
    if pose.is_mirrored:
        rgba = rgba[:, ::-1]
    factor = pose.length / max(rgba.shape[:2])
    if factor < 1:
        size = (max(1, round(rgba.shape[1] * factor)), max(1, round(rgba.shape[0] * factor)))
        rgba, factor = cv2.resize(rgba, size, interpolation=cv2.INTER_AREA), 1.0
    height, width = rgba.shape[:2]
    corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    turn, lean = np.radians(pose.angle), np.radians(pose.lean)
    rotation = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    offset = (corners - (width * anchor[0], height * anchor[1])) * factor @ rotation.T
    # Leaning away shrinks what is far along the lean and the extent along it.
    away = np.array([np.cos(lean), np.sin(lean)])
    depth = (offset @ away) / pose.length
    offset = offset - 0.6 * pose.tilt * np.outer(offset @ away, away)
    offset = offset * (1 - pose.tilt * depth)[:, None]
    target = np.add(offset, (pose.x, pose.y)).astype(np.float32)
    matrix = cv2.getPerspectiveTransform(corners, target)
    return cv2.warpPerspective(
        np.ascontiguousarray(rgba), matrix, SIZE[::-1], flags=cv2.INTER_LINEAR
    )


def laid_on(
    scene: Picture, layer: Picture, *, light: float, thickness: float, depth: float = 0.55
) -> Picture:
    """
    The scene with the layer lying on it and its soft shadow.

    Args:
        light: direction the light comes from, degrees.
        thickness: height of the object over the surface, px of the drawn scene.
        depth: darkness of the shadow, 0..1.
    """
    alpha = layer[..., 3]
    away = np.radians(light)
    shift = np.array(
        [[1, 0, -np.cos(away) * thickness], [0, 1, np.sin(away) * thickness]], np.float32
    )
    cast = cv2.warpAffine(alpha, shift, SIZE[::-1])
    cast = cv2.GaussianBlur(cast, (0, 0), 0.55 * thickness + 1)
    contact = cv2.GaussianBlur(alpha, (0, 0), 3.0)
    shade = 1 - depth * np.maximum(cast, 0.8 * contact)
    return (scene * shade[..., None] * (1 - alpha[..., None]) + layer[..., :3]).astype(np.float32)


def lighting(
    rng: Rng, *, light: float, slope: float, lamp: float = 0.0, vignette: float = 0.12
) -> NDArray[np.float32]:
    """
    Share of the light that reaches each pixel of the drawn scene, mean about 1.

    Args:
        light: direction the light comes from, degrees.
        slope: how much brighter the near side is, 0..1.
        lamp: how much of the light is one lamp's pool, 0..1.
    """
    height, width = SIZE
    y, x = np.mgrid[-0.75 : 0.75 : height * 1j, -1 : 1 : width * 1j].astype(np.float32)
    away = np.radians(light)
    even = 1 + slope * (x * np.cos(away) - y * np.sin(away))
    centre = rng.normal(0, 0.30, 2)
    pool = 2.0 * np.exp(-((x - centre[0]) ** 2 + (y - centre[1]) ** 2) / (2 * 0.55**2))
    shape = (1 - lamp) * even + lamp * pool
    shape = shape * (1 + 0.04 * noise(rng, SIZE, cell=(260, 260)))
    return np.clip(shape * (1 - vignette * (x**2 + y**2)), 0.02, None).astype(np.float32)
