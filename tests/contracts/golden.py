"""
The golden pictures: what each corruption made of one small scene when it was first shipped.

`python -m tests.contracts.golden` adds those that are missing and changes none: a picture that
stands is a promise that the same frame, corruption, severity and seed give the same pixels in a
later version. Break it on purpose only, by deleting the file, and say so in changes.md.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from core.corruptions import CORRUPTIONS, corrupt, frame_seed
from core.records import Image
from tests.contracts.test_corruptions import natural_picture

FOLDER = Path(__file__).parent / "golden"
CLEAN = FOLDER / "clean.png"
SEVERITIES = (1.0, 2.5, 5.0)
CONTENT_HASH = "5f" * 32


def read(path: Path) -> Image:
    """RGB uint8, (height, width, 3)."""
    return np.ascontiguousarray(cv2.imread(str(path), cv2.IMREAD_COLOR)[..., ::-1])


def drawn(name: str) -> Image:
    """The scene at each of SEVERITIES, side by side."""
    seed = frame_seed(CONTENT_HASH, 0)
    clean = read(CLEAN)
    return np.hstack([corrupt(clean, name, severity=level, seed=seed) for level in SEVERITIES])


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    if not CLEAN.exists():
        cv2.imwrite(str(CLEAN), natural_picture(60, 80)[..., ::-1])
    for name in CORRUPTIONS:
        path = FOLDER / f"{name}.png"
        if not path.exists():
            cv2.imwrite(str(path), drawn(name)[..., ::-1], [cv2.IMWRITE_PNG_COMPRESSION, 9])
            print(f"added {path.name}")


if __name__ == "__main__":
    main()
