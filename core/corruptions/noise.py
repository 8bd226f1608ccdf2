"""Grain: each pixel is off by chance."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln, ndtri

from core.corruptions.pixels import truncated
from core.records import Image

_BITS = 11
CHANCES: NDArray[np.float64] = (np.arange(2**_BITS) + 0.5) / 2**_BITS
"""The probabilities a pixel's luck is drawn from, shape (2048,), evenly spaced inside 0..1."""

_EXPANDED_FROM = 1000.0  # photons of a white pixel; from here on off by less than 0.02 grey levels


def gaussian_noise(
    image: Image, parameter: tuple[float, ...], _scale: float, rng: np.random.Generator
) -> Image:
    """Normal noise of standard deviation `parameter[0]` (share of white) on every value."""
    (sigma,) = parameter
    pattern = rng.standard_normal(image.shape, dtype=np.float32)
    return truncated(image + np.float32(255 * sigma) * pattern)


def shot_noise(
    image: Image, parameter: tuple[float, ...], _scale: float, rng: np.random.Generator
) -> Image:
    """
    Photon noise: Poisson(x * c) / c with c photons for white, `parameter[0]` = 1 / sqrt(c).

    Each value keeps its luck (a probability drawn from the seed) at every severity.
    """
    (grain,) = parameter
    return drawn(_shots(grain), image, rng)


@lru_cache(maxsize=8)  # a sweep asks for the same few severities thousands of times
def _shots(grain: float) -> NDArray[np.uint8]:
    """What each value may become, shape (256, 2048), see `drawn`; half a megabyte."""
    photons = max(grain, 1e-6) ** -2
    counts = poisson_quantiles(photons * np.arange(256) / 255)
    table = truncated(counts * (255 / photons))
    table.flags.writeable = False
    return table


def impulse_noise(
    image: Image, parameter: tuple[float, ...], _scale: float, rng: np.random.Generator
) -> Image:
    """A share `parameter[0]` of all values turned black or white, one as likely as the other."""
    (share,) = parameter
    luck = rng.random(image.shape, dtype=np.float32)
    white = rng.integers(0, 2, image.shape, dtype=np.uint8) * np.uint8(255)
    return np.where(luck < share, white, image)


def speckle_noise(
    image: Image, parameter: tuple[float, ...], _scale: float, rng: np.random.Generator
) -> Image:
    """Normal noise of `parameter[0]` times each value: none in black, most in white."""
    (sigma,) = parameter
    pattern = rng.standard_normal(image.shape, dtype=np.float32)
    return truncated(image * (1 + np.float32(sigma) * pattern))


def drawn(table: NDArray[np.uint8], image: Image, rng: np.random.Generator) -> Image:
    """
    For each value of the picture one draw from its row of quantiles.

    Args:
        table: shape (256, 2048); row: value of the pixel, column: its luck, see CHANCES.
    """
    luck = rng.integers(0, 2**_BITS, image.shape, dtype=np.uint16)
    draws: Image = table.ravel().take((image.astype(np.int32) << _BITS) | luck)
    return draws


def poisson_quantiles(rates: NDArray[np.float64]) -> NDArray[np.float64]:
    """
    Photon counts at each of CHANCES, shape (n, 2048), for n mean counts.

    Source:
        Inverse of the Poisson distribution; for a largest rate above 1000 the expansion of
        Cornish and Fisher (1938), rate + z sqrt(rate) + (z² - 1) / 6.
    """
    top = float(rates.max())
    if top > _EXPANDED_FROM:
        z = ndtri(CHANCES)
        mean = rates[:, None]
        wide: NDArray[np.float64] = mean + np.sqrt(mean) * z + (mean > 0) * (z**2 - 1) / 6
        return wide
    k = np.arange(int(top + 8 * np.sqrt(top)) + 12)
    safe = np.maximum(rates, 1e-12)[:, None]
    reached = np.cumsum(np.exp(k * np.log(safe) - safe - gammaln(k + 1)), axis=1)
    # Column: the first of CHANCES at which more than k photons arrive; it and those before the
    # next column get the next count.
    columns = np.ceil(np.clip(reached, 0, 1) * CHANCES.size - 0.5).astype(np.int64)
    lengths = np.diff(columns, axis=1, prepend=0, append=CHANCES.size)
    each = np.tile(np.arange(k.size + 1, dtype=np.float64), rates.size)
    counts: NDArray[np.float64] = np.repeat(each, lengths.ravel()).reshape(rates.size, CHANCES.size)
    return counts
