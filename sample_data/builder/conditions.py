"""What happens between the bench and the file: light, lens dirt, sensor noise."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from builder.surfaces import Picture, Rng, noise

FRAME = (240, 320)
"""Height and width of a frame."""


@dataclass(frozen=True)
class Exposure:
    """How much light there is and what the camera makes of it."""

    light: float = 1.0  # share of full daylight that reaches the sensor
    gain: float = 1.0  # what the camera multiplies it by
    tint: tuple[float, float, float] = (1.0, 1.0, 1.0)  # of the light, linear
    electrons: float = 6000.0  # that a white pixel gives at light 1: fewer, more noise
    blur: float = 0.4  # px, softness of lens and sensor
    colour: float = 1.0  # saturation


def photographed(
    scene: Picture, light: NDArray[np.float32], exposure: Exposure, rng: Rng
) -> Picture:
    """What the lens draws on the sensor: linear, at frame size, before dirt and noise."""
    linear = np.clip(scene, 0, 1) ** 2.2 * light[..., None]
    small = cv2.resize(linear.astype(np.float32), FRAME[::-1], interpolation=cv2.INTER_AREA)
    small = cv2.GaussianBlur(small, (0, 0), exposure.blur * rng.uniform(0.9, 1.1))
    return (small * np.array(exposure.tint, np.float32) * exposure.light).astype(np.float32)


def developed(linear: Picture, exposure: Exposure, rng: Rng) -> NDArray[np.uint8]:
    """The sensor's shot and read noise, gain, denoising and gamma: RGB uint8."""
    electrons = np.clip(linear, 0, None) * exposure.electrons
    counted = electrons + rng.standard_normal(linear.shape) * np.sqrt(electrons + 9.0)
    value = np.clip(counted / exposure.electrons * exposure.gain, 0, 1).astype(np.float32)
    value = cv2.GaussianBlur(value, (0, 0), 0.45)  # what joins the Bayer pattern also smooths it
    grey = value.mean(axis=2, keepdims=True)
    value = np.clip(grey + exposure.colour * (value - grey), 0, 1)
    return np.rint(255 * value ** (1 / 2.2)).astype(np.uint8)


class DirtyLens:
    """Grease and dust on one lens: a veil, a smeared zone and blots, the same in every frame."""

    def __init__(self, rng: Rng) -> None:
        height, width = FRAME
        y, x = np.mgrid[:height, :width].astype(np.float32)
        smear = noise(rng, FRAME, cell=(110, 130)) + 0.4 * noise(rng, FRAME, cell=(30, 60))
        self.smear = np.clip(0.62 + 0.30 * smear, 0.12, 1.0)[..., None]
        blots = np.zeros(FRAME, np.float32)
        for _ in range(16):
            centre = rng.uniform((0, 0), (width, height))
            radius = rng.uniform(7, 30)
            distance = np.hypot(x - centre[0], y - centre[1]) / radius
            blot = np.clip(1.6 - 1.6 * distance, 0, 1) * rng.uniform(0.30, 0.75)
            blots = np.maximum(blots, blot.astype(np.float32))
        self.blots = cv2.GaussianBlur(blots, (0, 0), 2.0)[..., None]
        self.veil = np.clip(0.20 + 0.06 * noise(rng, FRAME, cell=(90, 120)), 0.05, 0.4)[..., None]

    def over(self, linear: Picture) -> Picture:
        """The picture through the dirt."""
        soft = cv2.GaussianBlur(linear, (0, 0), 4.5)
        seen = linear + self.smear * (soft - linear)
        stray = linear.mean() * np.array([1.05, 1.0, 0.88], np.float32)
        seen = seen * (1 - self.veil) + 1.6 * self.veil * stray
        return (seen * (1 - self.blots) + self.blots * 0.35 * stray).astype(np.float32)


def lens_cap(rng: Rng) -> NDArray[np.uint8]:
    """A covered lens: dark grey with sensor noise."""
    grey = np.full((*FRAME, 3), rng.uniform(0.004, 0.008), np.float32)
    return developed(grey, Exposure(electrons=2500.0, gain=1.6), rng)
