"""
The worst-light hundred: field frames in which light leaves least to see, drawn across clips.

Picked for their light and never for being wrong, so what is right of them is an honest figure, of
frames like these only.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from numpy.typing import NDArray

MOST = 100
"""Frames of the set; as many as there are if fewer."""

_MIDDLE = 0.5  # mean luma of a well exposed picture
_FULL_CONTRAST = 0.25  # standard deviation of luma; even grey levels from black to white give 0.29
_CAMERA_SHARES = 2  # a camera gets at most this many times its even share


def badness(quality: pd.DataFrame) -> NDArray[np.float64]:
    """
    How bad the light is, 0 (even, full range) .. 1 (black or white throughout); nan if unmeasured.

    The mean of three shares: how far the mean luma is from the middle, how many pixels are lost in
    black or burnt out, and how much of full contrast is missing. So both too dark and too bright
    count, and so does a flat grey picture.

    Args:
        quality: columns brightness, contrast, dark_share, bright_share of tables.QUALITY.

    Source:
        Ours; the pixel limits of tables.QUALITY (luma <= 0.10, >= 0.98).
    """
    exposure = (quality["brightness"] - _MIDDLE).abs() / _MIDDLE
    lost = quality["dark_share"] + quality["bright_share"]
    flat = (1 - quality["contrast"] / _FULL_CONTRAST).clip(lower=0)
    return np.asarray((exposure + lost + flat) / 3, dtype=np.float64)


def worst_light(frames: pd.DataFrame, *, most: int = MOST) -> list[str]:
    """
    Content hashes of the frames with the worst light, worst first.

    One frame a clip, the worst; only if clips are fewer than `most`, two, and so on. A camera gets
    at most twice its even share while other cameras have frames left.

    Args:
        frames: columns content_hash, clip, camera and those of `badness`; one row a picture.

    Returns:
        at most `most`, fewer if fewer were measured.
    """
    ranked = frames.assign(badness=badness(frames)).dropna(subset=["badness"])
    ranked = ranked.sort_values(["badness", "content_hash"], ascending=[False, True])
    ranked["round"] = ranked.groupby("clip", sort=False, dropna=False).cumcount()
    # Round by round: every clip's worst before any clip's second worst.
    ranked = ranked.sort_values("round", kind="stable")
    cameras = ranked["camera"].fillna("")
    share = math.ceil(_CAMERA_SHARES * most / max(cameras.nunique(), 1))
    is_over = cameras.groupby(cameras).cumcount() >= share
    chosen = pd.concat([ranked[~is_over], ranked[is_over]]).head(most)
    chosen = chosen.sort_values(["badness", "content_hash"], ascending=[False, True])
    return [str(digest) for digest in chosen["content_hash"]]


def light_words(row: pd.Series) -> str:
    """What is wrong with a frame's light: "too dark", "burnt out", "flat", or "its light"."""
    dark, bright = float(row["dark_share"]), float(row["bright_share"])
    if max(dark, bright) >= 0.05:
        return "too dark" if dark >= bright else "burnt out"
    if abs(float(row["brightness"]) - _MIDDLE) >= 0.25:
        return "too dark" if row["brightness"] < _MIDDLE else "too bright"
    return "flat light" if row["contrast"] < _FULL_CONTRAST / 2 else "fair light"
