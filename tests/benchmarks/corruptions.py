"""
CPU-seconds of ImageNet-C's fifteen at five severities: `python -m tests.benchmarks.corruptions`.

Ours and each peer in one process, turn about, at 224x224 and at 1280x960; the medians over rounds,
the ratios, the costliest first. `--peers FOLDER` adds a folder of installed peers. Asserts nothing.
"""

from __future__ import annotations

import argparse
import itertools
import math
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image as Pillow

from core.corruptions import corrupt
from core.corruptions.imagenet_c import IMAGENET_C
from core.records import Image
from tests.benchmarks.peers import Peer, peers

ROOT = Path(__file__).resolve().parents[2]
FIFTEEN = tuple(IMAGENET_C)[:15]
SEVERITIES = (1, 2, 3, 4, 5)
ROUNDS = 7
SLOW = 0.2  # CPU-seconds; what takes longer is measured once a severity
NAME = 20
SEEDS = itertools.count()  # a new pattern each time, as for each frame

Costs = dict[str, list[float]]
"""Corruption: CPU-seconds for five severities, ours first, then each peer's; nan where none."""


def photo(width: int, height: int) -> Image:
    path = min((ROOT / "sample_data" / "field").rglob("*.jpg"))
    with Pillow.open(path) as opened:
        return np.asarray(opened.convert("RGB").resize((width, height), Pillow.Resampling.BICUBIC))


def cpu_seconds(run: Callable[[], object]) -> float:
    started = time.process_time()
    run()
    return time.process_time() - started


def costs(picture: Image, others: Sequence[Peer], *, rounds: int) -> Costs:
    """Every corruption at five severities, the libraries turn about within each round."""
    found: Costs = {}
    for name in IMAGENET_C:
        sides = [0.0] * (1 + len(others))
        for severity in SEVERITIES:
            for side, taken in enumerate(_taken(picture, name, severity, others, rounds)):
                sides[side] += statistics.median(taken) if taken else math.nan
        found[name] = sides
    return found


def _taken(
    picture: Image, name: str, severity: int, others: Sequence[Peer], rounds: int
) -> list[list[float]]:
    """CPU-seconds of each round, a list for each library; a quick first one does not count."""
    runs = [_ours] + [peer.run if name not in peer.lacks else None for peer in others]
    taken: list[list[float]] = [[] for _ in runs]
    for rank in range(rounds + 1):
        for side, run in enumerate(runs):
            if run is None or (taken[side] and taken[side][0] > SLOW):
                continue
            try:
                seconds = cpu_seconds(partial(run, picture, name, severity))
            except Exception as error:  # a peer's bug costs the peer that line
                if rank == 0:
                    print(f"  {name} {severity} fails in a peer: {error!r}"[:100])
                runs[side] = None
                continue
            if rank or seconds > SLOW:
                taken[side].append(seconds)
    return taken


def _ours(picture: Image, name: str, severity: int) -> Image:
    return corrupt(picture, name, severity=severity, seed=next(SEEDS))


def show(found: Costs, others: Sequence[Peer], title: str) -> None:
    """The table, costliest of ours first, then the sums over the fifteen."""
    heads = "".join(f"{peer.name:>18}{'ratio':>7}" for peer in others)
    print(f"\n{title}\n{'CPU ms, 5 severities':{NAME}}{'ours':>9}{heads}")
    for name in sorted(found, key=lambda name: -found[name][0]):
        extra = "" if name in FIFTEEN else "  (not of the fifteen)"
        print(_line(name, found[name], others, name) + extra)
    _sums(found, others, "all fifteen", FIFTEEN)
    _sums(found, others, "without glass", [name for name in FIFTEEN if name != "glass_blur"])


def _sums(found: Costs, others: Sequence[Peer], title: str, names: Iterable[str]) -> None:
    """Each peer beside ours on the damages that it has."""
    names = list(names)
    ours = sum(found[name][0] for name in names)
    line = f"{title:{NAME}}{1e3 * ours:9.1f}"
    notes = []
    for side, peer in enumerate(others, start=1):
        has = [name for name in names if not math.isnan(found[name][side])]
        theirs = sum(found[name][side] for name in has)
        same = sum(found[name][0] for name in has)
        line += f"{1e3 * theirs:18.1f}{theirs / same if same else math.nan:7.1f}"
        unequal = len(peer.unequal & set(has))
        if len(has) < len(names) or unequal:
            notes.append(f"{peer.name} has {len(has)} of {len(names)}, {unequal} of them not equal")
    print(line + (f"  ({'; '.join(notes)}; each ratio on what both have)" if notes else ""))


def _line(title: str, sides: Sequence[float], others: Sequence[Peer], name: str) -> str:
    line = f"{title:{NAME}}{1e3 * sides[0]:9.1f}"
    for peer, theirs in zip(others, sides[1:], strict=True):
        mark = "≠" if name in peer.unequal else " "
        known = not math.isnan(theirs)
        line += (
            f"{1e3 * theirs:17.1f}{mark}{theirs / sides[0]:7.1f}" if known else f"{'-':>17}{'':8}"
        )
    return line


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peers", type=Path, help="a folder made by `pip install --target`")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--small-only", action="store_true", help="leave 1280x960 (minutes) out")
    options = parser.parse_args()
    if options.peers:
        sys.path.append(str(options.peers))  # at the end: our numpy and OpenCV come first
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    known = peers()
    for peer in known:
        if peer.run is None:
            print(f"{peer.name}: {peer.why}")
    others = [peer for peer in known if peer.run is not None]
    sizes = [(224, 224, options.rounds)]
    if not options.small_only:
        sizes.append((1280, 960, 1))
    for width, height, rounds in sizes:
        found = costs(photo(width, height), others, rounds=rounds)
        show(found, others, f"{width}x{height}, median of {rounds}, turn about in one process")
        print(f"load average {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
