"""
The grocery model under ImageNet-C: `python -m tests.references.grocery_stress`.

For each corruption claimed equal: right answers over severities 1-5 on all 233 reference photos at
short side 224, with ours and with imagecorruptions 1.1.2, the same model after both. Takes about
40 minutes; `--seeds 2` shows the original's own spread from one draw to the next.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from core.corruptions import CORRUPTIONS, corrupt, frame_seed
from core.engines.local import score_images
from core.frames.hashing import content_hash
from core.frames.images import decode, working_image
from core.models.classifier import Classifier
from core.records import Fidelity, Image

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
REFERENCE = SHARED / "grocery" / "reference"
# imagecorruptions differs from the original here; tests hold ours to the original's formula.
NOT_THEIRS = {"elastic_transform", "pixelate"}
NAMES = sorted(
    name
    for name, spec in CORRUPTIONS.items()
    if spec.fidelity == Fidelity.IMAGENET_C and name not in NOT_THEIRS
)
SEVERITIES = (1, 2, 3, 4, 5)
Corrupt = Callable[[Image, str, int, int], Image]
Photo = tuple[Image, str, int]
"""Picture at short side 224, its class, its own seed."""


def photos(count: int) -> list[Photo]:
    """The first `count` reference photos, class by class in turn; all when there are fewer."""
    folders = [sorted(folder.glob("*.jpg")) for folder in sorted(REFERENCE.iterdir())]
    in_turn = [
        files[place]
        for place in range(max(map(len, folders)))
        for files in folders
        if place < len(files)
    ]
    return [
        (
            working_image(decode(file), short_side=224),
            file.parent.name,
            frame_seed(content_hash(file), 0),
        )
        for file in in_turn[:count]
    ]


def theirs() -> Corrupt:
    """imagecorruptions with NumPy's global generator seeded per picture."""
    spec = importlib.util.spec_from_file_location(
        "imagecorruptions_shim", SHARED / "methods" / "imagecorruptions_shim.py"
    )
    assert spec and spec.loader
    spec.loader.exec_module(importlib.util.module_from_spec(spec))
    original = importlib.import_module("imagecorruptions").corrupt

    def call(image: Image, name: str, severity: int, seed: int) -> Image:
        np.random.seed(seed % 2**32)
        damaged: Image = original(image, severity=severity, corruption_name=name)
        return damaged

    return call


def ours(image: Image, name: str, severity: int, seed: int) -> Image:
    """`corrupt`, called as the original is."""
    return corrupt(image, name, severity=severity, seed=seed)


def rate(
    classifier: Classifier, taken: Sequence[Photo], *, how: Corrupt, name: str, offset: int = 0
) -> float:
    """Share of right answers over all photos and the five severities, 0..1."""
    right = 0
    for batch in _batches(taken):
        for severity in SEVERITIES:
            pictures = [how(image, name, severity, seed + offset) for image, _, seed in batch]
            answers, _, _ = score_images(classifier, pictures)
            right += sum(
                answer.label == label for answer, (_, label, _) in zip(answers, batch, strict=True)
            )
    return right / (len(taken) * len(SEVERITIES))


def _batches(taken: Sequence[Photo]) -> Iterator[Sequence[Photo]]:
    for start in range(0, len(taken), 16):
        yield taken[start : start + 16]


def main() -> None:
    from tests.references.test_grocery_stress import grocery_classifier

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", type=int, default=233)
    parser.add_argument("--corruptions", default=",".join(NAMES))
    parser.add_argument("--seeds", type=int, default=1, help="draws of the original, and of ours")
    options = parser.parse_args()
    classifier, taken, original = grocery_classifier(), photos(options.photos), theirs()
    print(f"{len(taken)} photos, five severities; right answers in per cent")
    for name in options.corruptions.split(","):
        started = time.time()
        mine = [
            rate(classifier, taken, how=ours, name=name, offset=k) for k in range(options.seeds)
        ]
        peer = [
            rate(classifier, taken, how=original, name=name, offset=k) for k in range(options.seeds)
        ]
        print(
            f"{name:20} ours {100 * np.mean(mine):6.2f} original {100 * np.mean(peer):6.2f} "
            f"difference {100 * (np.mean(mine) - np.mean(peer)):+5.2f} "
            f"spread of the original {100 * (max(peer) - min(peer)):.2f} "
            f"({time.time() - started:.0f} s)",
            flush=True,
        )


if __name__ == "__main__":
    main()
