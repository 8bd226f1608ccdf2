"""
Where a stress sweep's time goes: `python -m tests.benchmarks.sweep` prints it, asserts nothing.

The product's own way (project, weights file with sidecar, `stress.sweep`) with three networks of
random weights on sample pictures of 224 px, or of --side px: all fifteen damages of ImageNet-C at
five severities. Two shares of the model: of the wall clock, by timing its forward passes inside the
sweep; of the CPU, by sweeping once more with a model that answers at once.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow

from core.corruptions.imagenet_c import IMAGENET_C
from core.models.classifier import Classifier
from core.project import Project
from core.records import Folder
from core.workflows import projects, scoring, stress
from core.workflows import sweep as workflow

ROOT = Path(__file__).resolve().parents[2]
NETWORKS = {
    "ResNet-50": "torchvision:resnet50",
    "Lite0": "timm:tf_efficientnet_lite0",
    "MobileNetV3-Small": "torchvision:mobilenet_v3_small",
}
FIFTEEN = tuple(IMAGENET_C)[:15]
SEVERITIES = (1.0, 2.0, 3.0, 4.0, 5.0)


@dataclass
class Timed:
    """A classifier that adds up its forward passes; an empty one answers without thinking."""

    inner: Classifier
    is_empty: bool = False
    seconds: float = 0.0
    pictures: int = 0

    @property
    def spec(self) -> Any:
        return self.inner.spec

    @property
    def has_embeddings(self) -> bool:
        return self.inner.has_embeddings

    def forward(self, batch: NDArray[np.float32]) -> Any:
        self.pictures += len(batch)
        if self.is_empty:
            return np.zeros((len(batch), len(self.spec.classes)), np.float32), batch[:, 0, 0]
        started = time.perf_counter()
        try:
            return self.inner.forward(batch)
        finally:
            self.seconds += time.perf_counter() - started


@contextmanager
def timed(project: Project, *, is_empty: bool = False) -> Iterator[Timed]:
    """The model that the sweep asks within the block."""
    product = workflow.classifier_of
    watched = Timed(product(project), is_empty)
    workflow.classifier_of = lambda _project: watched
    try:
        yield watched
    finally:
        workflow.classifier_of = product


def pictures(folder: Path, *, n: int, side: int) -> None:
    """`n` sample pictures, the middle square at side px, as JPEG."""
    folder.mkdir(parents=True)
    found = sorted((ROOT / "sample_data" / "field").rglob("*.jpg"))
    for rank, path in enumerate(found[:: max(1, len(found) // n)][:n]):
        with Pillow.open(path) as opened:
            width, height = opened.size
            half = min(width, height) // 2
            box = (width // 2 - half, height // 2 - half, width // 2 + half, height // 2 + half)
            square = opened.convert("RGB").resize((side, side), Pillow.Resampling.BICUBIC, box)
        square.save(folder / f"{rank:04}.jpg", quality=95)


def weights(folder: Path, architecture: str) -> Path:
    """A weights file of random numbers and its sidecar: what the product opens."""
    import torch
    from safetensors.torch import save_file

    from core.models.architectures import build

    torch.manual_seed(0)
    names = [f"class {rank}" for rank in range(10)]
    model = build(architecture, n_classes=len(names), channels=3)
    path = folder / f"{architecture.split(':')[1]}.safetensors"
    save_file({name: value.contiguous() for name, value in model.state_dict().items()}, path)
    sidecar = {
        "architecture": architecture, "classes": names,
        "input": {
            "channels": "RGB", "resize": 224, "interpolation": "bilinear", "crop": 224,
            "mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225],
        },
    }  # fmt: skip
    path.with_suffix(".model.json").write_text(json.dumps(sidecar), encoding="utf-8")
    return path


def measure(title: str, architecture: str, folder: Path, frames: Path) -> None:
    model = weights(folder, architecture)
    project = projects.create_project(model=model, field=frames, folder=folder / title)
    scoring.prepare(project)
    asked = stress.plan(
        project, corruptions=FIFTEEN, severities=SEVERITIES, folder=Folder.FIELD
    )  # fmt: skip
    workflow.seconds_per_frame(project, asked)  # what the page asks first; it warms everything up
    rounds = []
    for is_empty in (False, True):
        with timed(project, is_empty=is_empty) as watched:
            cpu, wall = time.process_time(), time.perf_counter()
            broken = stress.sweep(project, replace(asked, seed=int(is_empty)))
            rounds.append((time.process_time() - cpu, time.perf_counter() - wall, watched))
            assert not broken
            assert watched.pictures == asked.frames * len(FIFTEEN) * len(SEVERITIES)
    (cpu, wall, watched), (ours, _, _) = rounds
    n = watched.pictures
    print(
        f"{title:20}{n / wall:10.1f}{watched.seconds / wall:12.0%}{1 - ours / cpu:11.0%}"
        f"{1e3 * cpu / n:12.1f}{1e3 * ours / n:12.1f}   ({n} pictures in {wall:.1f} s)"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, default=12)
    parser.add_argument("--side", type=int, default=224, help="px; above 448 is shrunk to it")
    parser.add_argument("--networks", default=",".join(NETWORKS))
    options = parser.parse_args()
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    print(
        f"{f'{options.side}x{options.side} px':20}{'pictures/s':>10}{'model, wall':>12}"
        f"{'model, CPU':>11}{'CPU ms each':>12}{'of it ours':>12}"
    )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["FIELDCHECK_HOME"] = str(folder / "home")
        pictures(folder / "frames", n=options.frames, side=options.side)
        for title in options.networks.split(","):
            measure(title, NETWORKS[title], folder, folder / "frames")
    print(f"load average {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
