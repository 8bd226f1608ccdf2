"""Stretches in which a camera shows nothing: blank, dark, or burnt out."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.findings.camera_episodes import FEWEST, Episode, episode, runs
from core.findings.pixel_rules import (
    BLANK_COLOURS,
    BLANK_SPREAD,
    BRIGHT_SHARE,
    DARK_SHARE,
)
from core.records import State

EDGELESS_SPREAD = 4.0  # of 255, ours: no edge anywhere and hardly a shade, such as a lens cap


def nothing_to_see(frames: pd.DataFrame) -> NDArray[np.bool_]:
    """
    Which pictures show one even surface, dark and burnt-out ones included, shape (n,).

    Args:
        frames: tables.QUALITY; nan where a picture was not measured: not blank then.
    """
    spread = frames["contrast"] * 255
    is_edgeless = frames["sharpness"].isna() & (spread < EDGELESS_SPREAD)
    is_even = (spread < BLANK_SPREAD) | (frames["colours"] < BLANK_COLOURS)
    return np.asarray(is_edgeless | is_even | _is_dark(frames) | _is_bright(frames), dtype=bool)


def useless_episodes(frames: pd.DataFrame) -> list[Episode]:
    """
    Stretches of at least three frames in a row of one sort; confirmed, as the pixels say it.

    Each frame is of one sort only: dark before bright before blank.

    Args:
        frames: one camera's, in order, with tables.QUALITY.
    """
    is_dark, is_bright = _is_dark(frames), _is_bright(frames)
    is_blank = nothing_to_see(frames) & ~is_dark & ~is_bright
    sorts = (("dark", is_dark), ("bright", is_bright & ~is_dark), ("blank", is_blank))
    return [
        episode(
            frames,
            range(start, stop),
            kind,
            State.CONFIRMED,
            brightness=float(frames["brightness"].iloc[start:stop].mean()),
        )
        for kind, is_on in sorts
        for start, stop in runs(is_on, least=FEWEST)
    ]


def _is_dark(frames: pd.DataFrame) -> NDArray[np.bool_]:
    return np.asarray(frames["dark_share"] >= DARK_SHARE, dtype=bool)


def _is_bright(frames: pd.DataFrame) -> NDArray[np.bool_]:
    return np.asarray(frames["bright_share"] >= BRIGHT_SHARE, dtype=bool)
