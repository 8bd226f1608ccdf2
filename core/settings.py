"""Defaults and limits, each with its source. A project may override those marked (project)."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """House rules as numbers; methods.md names the section each comes from."""

    working_short_side: int = 448  # px, (project); pictures are never enlarged
    reference_side: int = 224  # px, the size ImageNet-C's parameters were designed for
    clip_gap_seconds: float = 30.0  # (project); product.md, glossary "clip"
    near_copy_bits: int = 6  # of 64, dHash; methods 10
    severity_max: float = 5.0
    severity_step: float = 0.5
    severity_default: float = 3.0  # moderate
    chain_max: int = 3  # longer chains wash every picture out
    washed_out_contrast: float = 0.2  # ours; share of the contrast of large shapes left
    share_hit: float = 0.3  # ours; of a set's frames damaged, when only some are
    bisection_rounds: int = 5  # 0.5 / 2**5 = 0.016 severity
    silent_confidence: float = 0.99  # methods 6
    min_clips: int = 10  # methods 1.2: below it the interval covers less than it says
    min_effective: float = 30.0  # methods 4: frames needed before a slice is judged
    blind_spot_drop: float = 0.20  # methods 4
    calibration_bins: int = 15  # Guo et al. 2017
    min_bin_frames: int = 20  # methods 5: smaller bins are greyed
    day_begins: int = 7  # (project); hour, for "day or night" by the clock
    day_ends: int = 19  # (project)
    dark_picture: float = 0.25  # ours; mean luma 0..1 under which a picture is called dark
    keeps_usual: float = 0.95  # methods 7: share of held-out reference not called unusual
    neighbours: int = 10  # methods 7, for up to 10,000 reference frames
    most_neighbours_from: int = 5_000  # methods 7: reference frames compared with, for speed
    unusual_alarm: float = 0.10  # methods 7: twice what chance gives
    most_suspects: int = 200  # methods 10: labels doubted at once
    most_look_alikes: int = 20_000  # ours; labelled frames searched for look-alikes, for memory
    label_check: int = 150  # methods 10: frames drawn by lot for the rate of wrong labels
    check_step: int = 50  # ours; the rate is told after so many, and so many more
    review_seconds: float = 4.0  # ours; a frame, until a person's own pace is known
    audit_share: float = 0.20  # (project); of a queue by suspicion, frames drawn by lot
    most_audit_share: float = 0.50
    blind_share: float = 0.20  # (project); methods 10, of all frames whatever brought them
    second_share: float = 0.03  # (project); of a queue, settled frames shown once more
    most_second_share: float = 0.20
    second_after: int = 100  # ours; decisions, or a day, before a frame is shown once more
    agreement_wanted: float = 0.90  # ours; below it two looks are called too far apart
    pause_seconds: float = 120.0  # ours; a longer gap between two decisions was a pause
    pace_after: int = 10  # ours; gaps before a person's pace is told
    session_gap_minutes: float = 30.0  # (project) ours; a longer pause ends a review session
    max_picture_pixels: int = 300_000_000  # a larger file is refused as a decompression bomb
    batch_size: int = 16  # (project); frames per forward pass on two cores
    guess_frames: int = 100  # labelled reference frames an unnamed model is tried on
    doctor_frames: int = 240  # ours; at most so many labelled reference frames try other settings
    doctor_view_frames: int = 100  # ours; frames on which crop, decoder and colour are looked at


SETTINGS = Settings()

SCALINGS: dict[str, tuple[tuple[float, ...], tuple[float, ...]]] = {
    "imagenet": ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),  # torchvision, most of timm
    "half": ((0.5, 0.5, 0.5), (0.5, 0.5, 0.5)),  # TensorFlow's -1..1, many vision transformers
    "none": ((0.0, 0.0, 0.0), (1.0, 1.0, 1.0)),  # 0..1 as it is
    "bytes": ((0.0, 0.0, 0.0), (1 / 255, 1 / 255, 1 / 255)),  # 0..255 as it is
    "caffe": ((0.485, 0.456, 0.406), (1 / 255, 1 / 255, 1 / 255)),  # 0..255 less ImageNet's mean
}
"""Mean and std that models are usually trained with, on the 0..1 scale, red first."""


def scaling(name: str, *, channels: str) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Mean and std of a key of SCALINGS for "RGB", "BGR" or "L" (their averages)."""
    mean, std = SCALINGS[name]
    if channels == "L":
        return (sum(mean) / len(mean),), (sum(std) / len(std),)
    return (mean[::-1], std[::-1]) if channels == "BGR" else (mean, std)


def scaling_name(mean: tuple[float, ...], std: tuple[float, ...], *, channels: str) -> str | None:
    """The key of SCALINGS that these are, give or take rounding; None for numbers of one's own."""
    for name in SCALINGS:
        usual_mean, usual_std = scaling(name, channels=channels)
        if len(mean) == len(usual_mean) and all(
            math.isclose(one, other, rel_tol=0.02, abs_tol=2e-3 * is_mean)
            for is_mean, pair in ((1, (mean, usual_mean)), (0, (std, usual_std)))
            for one, other in zip(*pair, strict=True)
        ):
            return name
    return None
