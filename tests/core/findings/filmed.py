"""Tiny cameras: pictures in, one camera's frames and what is kept of them out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

import numpy as np
import pandas as pd

from core.findings.camera_episodes import Seen
from core.frames.camera_views import view_of
from core.frames.quality import picture_quality

START = pd.Timestamp("2026-03-02 08:00")
NOW = pd.Timestamp("2026-04-01")


def scene(seed: int = 0, *, height: int = 96, width: int = 128) -> np.ndarray:
    """A picture full of patches, with enough edges to have a sharpness."""
    rng = np.random.default_rng(seed)
    blocks = rng.integers(40, 210, (height // 8, width // 8, 3))
    return blocks.repeat(8, axis=0).repeat(8, axis=1).astype(np.uint8)


def noisy(picture: np.ndarray, seed: int, *, spread: float = 1.0) -> np.ndarray:
    """The picture as a sensor with so much noise, in grey levels, sees it."""
    noise = np.random.default_rng(10_000 + seed).normal(0, spread, picture.shape)
    return (picture + noise).round().clip(0, 255).astype(np.uint8)


def filmed(
    pictures: Sequence[np.ndarray],
    *,
    minutes: float = 10.0,
    camera: str = "cam1",
    times: Sequence[pd.Timestamp] | None = None,
    quality: Sequence[float] | None = None,
    per_clip: int = 1,
) -> tuple[pd.DataFrame, Seen]:
    """One camera's frames in order of time, `per_clip` frames a clip."""
    n = len(pictures)
    moments = times if times is not None else [
        START + pd.Timedelta(minutes=minutes * row) for row in range(n)
    ]  # fmt: skip
    views = [view_of(picture) for picture in pictures]
    frames = pd.DataFrame({
        "folder": "field", "path": [f"{camera}/{row:05}.jpg" for row in range(n)],
        "content_hash": [f"{camera}-{row:05}" for row in range(n)],
        "width": [picture.shape[1] for picture in pictures],
        "height": [picture.shape[0] for picture in pictures],
        "taken_at": pd.Series(list(moments)).astype("datetime64[us]"),
        "camera": camera, "clip": [f"{camera}-{row // per_clip}" for row in range(n)],
    })  # fmt: skip
    measured = pd.DataFrame([asdict(picture_quality(picture)) for picture in pictures])
    frames = pd.concat([frames, measured], axis=1)
    frames["sharpness"] = frames["sharpness"].astype(float)
    frames["jpeg_quality"] = np.nan if quality is None else list(map(float, quality))
    return frames, seen_of(views)


def seen_of(views: Sequence) -> Seen:
    return Seen(
        np.ones(len(views), dtype=bool),
        np.array([view.pixels for view in views], dtype=object),
        np.stack([view.tiles for view in views]),
        np.stack([view.samples for view in views]),
        np.stack([view.view for view in views]),
        np.array([view.tint for view in views]),
    )
