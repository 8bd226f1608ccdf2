"""ImageNet-C's own figures, which need AlexNet's errors and only mean something on ImageNet-1k."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

ALEXNET_CLEAN = 0.435
"""Top-1 error of AlexNet on the clean validation set; methods 2.2."""

ALEXNET_ERROR: dict[str, float] = {
    "gaussian_noise": 0.886428,
    "shot_noise": 0.894468,
    "impulse_noise": 0.92264,
    "defocus_blur": 0.81988,
    "glass_blur": 0.826268,
    "motion_blur": 0.785948,
    "zoom_blur": 0.79836,
    "snow": 0.866816,
    "frost": 0.826572,
    "fog": 0.819324,
    "brightness": 0.564592,
    "contrast": 0.853204,
    "elastic_transform": 0.646056,
    "pixelate": 0.71784,
    "jpeg_compression": 0.6065,
}
"""AlexNet's top-1 error, mean of severities 1 to 5: the fifteen that make up mCE; methods 2.2."""

SEVERITIES = (1.0, 2.0, 3.0, 4.0, 5.0)

_FIRST = frozenset({"tench", "tench, tinca tinca", "n01440764"})
_LAST = frozenset({"toilet tissue", "toilet paper", "n15075141"})


@dataclass(frozen=True, slots=True)
class MeanCorruptionError:
    """mCE and relative mCE in percent, as published: AlexNet has 100."""

    mce: float
    relative: float


def is_imagenet_1k(classes: Sequence[str]) -> bool:
    """Whether class names are those of ImageNet-1k in their usual order, words or WordNet ids."""
    return (
        len(classes) == 1000
        and classes[0].strip().lower() in _FIRST
        and classes[999].strip().lower().split(",")[0] in _LAST
    )


def mean_corruption_error(
    errors: Mapping[str, Sequence[float]], *, clean_error: float
) -> MeanCorruptionError | None:
    """
    mCE and relative mCE; None unless all fifteen corruptions have all five severities.

    Per corruption a ratio of sums over the severities, never a mean of ratios.

    Args:
        errors: top-1 error, 0..1, of severities 1 to 5 of each corruption; others are ignored.
        clean_error: top-1 error on the same frames untouched, 0..1.

    Source:
        Hendrycks and Dietterich 2019, section 4.1; methods 2.2. The published set was saved as
        JPEG at quality 85 after the damage, which an error measured in memory is not.
    """
    if any(len(errors.get(name, ())) != len(SEVERITIES) for name in ALEXNET_ERROR):
        return None
    n = len(SEVERITIES)
    ratios, relative = [], []
    for name, alexnet in ALEXNET_ERROR.items():
        total = float(np.sum(errors[name]))
        ratios.append(total / (n * alexnet))
        relative.append((total - n * clean_error) / (n * (alexnet - ALEXNET_CLEAN)))
    return MeanCorruptionError(100 * float(np.mean(ratios)), 100 * float(np.mean(relative)))
