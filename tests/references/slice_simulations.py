"""
How the slices fare on frames whose truth is known: `python -m tests.references.slice_simulations`.

Prints coverage of the intervals (methods 1.2's table), weak spots found where there is none, and
planted ones found. The tests run a short version.
"""

from __future__ import annotations

import time

import numpy as np
import pandas as pd
from scipy.signal import lfilter
from scipy.special import ndtri

from core.findings.slices import slice_tables
from core.metrics.intervals import accuracy
from core.records import State
from core.settings import SETTINGS

ROWS = ((20, 50, 0.0), (20, 50, 0.8), (20, 50, 0.95), (100, 10, 0.95), (8, 125, 0.95))
"""Clips, frames of each and correlation of neighbours: the rows of methods 1.2's table."""

TRUE_RATE = 0.9


def correlated(
    clips: int, length: int, rho: float, rng: np.random.Generator, rate: float = TRUE_RATE
) -> np.ndarray:
    """Right or wrong of clips x length frames; neighbours in a clip correlate by rho (AR(1))."""
    noise = rng.normal(size=(clips, length)) * np.sqrt(1 - rho * rho)
    noise[:, 0] = rng.normal(size=clips)
    latent = lfilter([1.0], [1.0, -rho], noise, axis=1)
    return (latent < ndtri(rate)).ravel()


def coverage(clips: int, length: int, rho: float, *, draws: int, seed: int = 0) -> float:
    """Share of intervals that hold the true rate."""
    rng = np.random.default_rng(seed)
    clip = np.repeat(np.arange(clips), length)
    found = [accuracy(correlated(clips, length, rho, rng), clip) for _ in range(draws)]
    return float(np.mean([a.low <= TRUE_RATE <= a.high for a in found]))


def frames_of_a_search(
    rng: np.random.Generator, *, frames: int = 2000, rho: float = 0.0
) -> pd.DataFrame:
    """Frames of six columns that have nothing to do with right and wrong, in clips of five."""
    clips = frames // 5
    sizes = (4, 24, 3, 6, 10, 3)
    columns = {f"column {n}": rng.integers(0, size, frames) for n, size in enumerate(sizes)}
    columns["camera"] = np.repeat(rng.integers(0, 4, clips), 5)
    columns["label"] = rng.integers(0, 10, frames)
    table = pd.DataFrame(columns)
    return table.assign(
        clip=np.repeat(np.arange(clips), 5), is_right=correlated(clips, 5, rho, rng)
    )


def search(frames: pd.DataFrame) -> pd.DataFrame:
    columns = [name for name in frames if name not in ("clip", "is_right")]
    return slice_tables(frames, columns=columns, pairs=True)


def by_chance(*, searches: int, rho: float = 0.0, seed: int = 0) -> tuple[float, float]:
    """Confirmed weak spots a search, where there is none, and slices looked at a search."""
    rng = np.random.default_rng(seed)
    found = [search(frames_of_a_search(rng, rho=rho)) for _ in range(searches)]
    confirmed = [(table["state"] == State.CONFIRMED.value).sum() for table in found]
    return float(np.mean(confirmed)), float(np.mean([len(table) for table in found]))


def planted(*, searches: int, seed: int = 0) -> float:
    """How often a spot of 100 frames, 30 points behind and each its own clip, is confirmed."""
    rng = np.random.default_rng(seed)
    hits = 0
    for _ in range(searches):
        frames = frames_of_a_search(rng)
        frames["clip"] = np.arange(len(frames))
        place = np.where(np.arange(len(frames)) < 100, "yard", "counter")
        frames["place"] = rng.permutation(place)
        spot = (frames["place"] == "yard").to_numpy()
        frames.loc[spot, "is_right"] = rng.random(100) < TRUE_RATE - 0.3
        table = search(frames)
        row = table[
            (table["column"] == "place") & (table["value"] == "yard") & table["column_2"].isna()
        ]
        hits += int(row["state"].iloc[0] == State.CONFIRMED.value)
    return hits / searches


def main() -> None:
    """The full figures; minutes."""
    for clips, length, rho in ROWS:
        share = coverage(clips, length, rho, draws=10_000)
        note = "" if clips >= SETTINGS.min_clips else "  (said to be not enough clips)"
        print(
            f"{clips:4} clips x {length:3} frames, rho {rho:4}: covers {share:.1%} of 10,000{note}"
        )
    for rho in (0.0, 0.8):
        started = time.perf_counter()
        found, looked = by_chance(searches=1000, rho=rho)
        seconds = time.perf_counter() - started
        print(
            f"nothing there, rho {rho}: {found:.3f} confirmed a search of {looked:.0f} slices "
            f"(1,000 searches, {seconds:.0f} s)"
        )
    print(
        f"30 points behind, 100 effective frames: confirmed in {planted(searches=400):.1%} of 400"
    )


if __name__ == "__main__":
    main()
