"""
CPU-seconds of ImageNet-C's fifteen at five severities: `python -m tests.benchmarks.corruptions`.

At 224 px beside imagecorruptions 1.1.2 in the same process, turn about, where it is installed and
../shared has its shim; at 1280x960 ours alone (the original takes over a minute). Asserts nothing.
"""

from __future__ import annotations

import importlib.util
import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image as Pillow

from core.corruptions import corrupt
from core.corruptions.imagenet_c import IMAGENET_C
from core.records import Image

ROOT = Path(__file__).resolve().parents[2]
SHIM = ROOT.parent / "shared" / "methods" / "imagecorruptions_shim.py"
FIFTEEN = tuple(IMAGENET_C)[:15]
SEVERITIES = (1, 2, 3, 4, 5)
ROUNDS = 5


def photo(width: int, height: int) -> Image:
    path = min((ROOT / "sample_data" / "field").rglob("*.jpg"))
    with Pillow.open(path) as opened:
        return np.asarray(opened.convert("RGB").resize((width, height), Pillow.Resampling.BICUBIC))


def cpu_seconds(run: Callable[[], object]) -> float:
    started = time.process_time()
    run()
    return time.process_time() - started


def original() -> Callable[[Image, int, str], Image] | None:
    if not SHIM.is_file() or importlib.util.find_spec("imagecorruptions") is None:
        return None
    spec = importlib.util.spec_from_file_location("imagecorruptions_shim", SHIM)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.corrupt


def times(name: str, picture: Image, theirs: Callable | None, rounds: int) -> tuple[float, float]:
    """Five severities of one corruption, ours and the original's: sums of medians over rounds."""
    sums = [0.0, 0.0]
    for severity in SEVERITIES:
        corrupt(picture, name, severity=severity, seed=0)
        mine, peer = [], []
        for seed in range(rounds):
            mine.append(
                cpu_seconds(lambda: corrupt(picture, name, severity=severity, seed=seed))  # noqa: B023
            )
            if theirs and (seed == 0 or name != "glass_blur"):  # half a second a picture
                peer.append(cpu_seconds(lambda: theirs(picture, severity, name)))  # noqa: B023
        sums[0] += statistics.median(mine)
        sums[1] += statistics.median(peer) if peer else float("nan")
    return sums[0], sums[1]


def main() -> None:
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    theirs, small = original(), photo(224, 224)
    print(f"{'CPU ms for five severities at 224x224':40} {'ours':>8} {'original':>9} {'ratio':>7}")
    rows = {name: times(name, small, theirs, ROUNDS) for name in IMAGENET_C}
    for name, (mine, peer) in rows.items():
        print(f"{name:40} {1e3 * mine:8.1f} {1e3 * peer:9.1f} {peer / mine:7.1f}")
    for title, names in (
        ("all fifteen", FIFTEEN),
        ("without glass_blur", [name for name in FIFTEEN if name != "glass_blur"]),
    ):
        mine, peer = (sum(rows[name][side] for name in names) for side in (0, 1))
        print(f"{title:40} {1e3 * mine:8.1f} {1e3 * peer:9.1f} {peer / mine:7.1f}")
    large = photo(1280, 960)
    at_large = {name: times(name, large, None, 1)[0] for name in FIFTEEN}
    slowest = sorted(at_large, key=at_large.__getitem__)[-3:]
    print(
        f"CPU s for all fifteen at 1280x960: {sum(at_large.values()):.2f}; slowest: "
        + ", ".join(f"{name} {at_large[name]:.2f}" for name in reversed(slowest))
    )
    print(f"load average {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
