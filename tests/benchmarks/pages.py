"""
What each page needs for a large project: `python -m tests.benchmarks.pages`.

10,000 field frames and as many of the reference, 20 classes, embeddings 512 wide. Each question in
a process of its own: cold is its first answer, reading the project included (imports are not);
cached its second. Prints, asserts nothing. Seconds on the clock, and of processor time, which
other work moves less.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from core.project import Project
from core.workflows import (
    budget,
    classes,
    confidence,
    coverage,
    export,
    found_slices,
    overview,
    projects,
    queue,
    rare_classes,
    scores,
    slices,
    unlabelled,
    unusual,
    weak_spots,
)
from tests.made import made_project


def queue_page(project: Project, order: str) -> object:
    return queue.items_json(queue.queue(project, order=order)), queue.history(project)


def export_page(project: Project) -> object:
    return export.export_bytes(export.export(project, choice="frames"), format_name="csv")


QUESTIONS: dict[str, Callable[[Project], object]] = {
    "overview": overview.overview,
    "dial: list of frames": scores.dial_frames,
    "slices: one by one": lambda p: slices.slices(p, by=slices.first_column(p)),
    "slices: weak spots": weak_spots.weak_spots,
    "slices: two together": lambda p: weak_spots.pair_grid(p, columns=("label", "camera")),
    "slices: classes": classes.classes,
    "slices: groups": found_slices.found_slices,
    "slices: gaps": lambda p: coverage.coverage(p, by="camera"),
    "slices: rare classes": rare_classes.rare_classes,
    "confidence: let it decide?": budget.budget,
    "confidence: keeps its word?": confidence.confidence,
    "confidence: sure and wrong": confidence.silent_failures,
    "confidence: unusual": unusual.unusual,
    "confidence: without labels": unlabelled.unlabelled,
    "queue: most suspicious": lambda p: queue_page(p, "suspicious"),
    "queue: least sure": lambda p: queue_page(p, "least_sure"),
    "export: every frame": export_page,
}


def measured(work: Callable[[Project], object], project: Project) -> str:
    figures = []
    for _ in range(2):
        clock, processor = time.perf_counter(), time.process_time()
        work(project)
        figures += [time.perf_counter() - clock, time.process_time() - processor]
    return (
        f"cold {figures[0]:6.2f} s (processor {figures[1]:5.2f})   "
        f"cached {figures[2]:6.3f} s ({figures[3]:5.3f})"
    )


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.environ["FIELDCHECK_HOME"] = folder
        made_project(
            Path(folder) / "project", field=10_000, reference=10_000, classes=20, features=512,
            per_clip=5, labelled=0.8,
        )  # fmt: skip
        print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
        for question in QUESTIONS:
            command = [sys.executable, "-m", "tests.benchmarks.pages", folder, question]
            said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
            print(f"{question:28} {said.strip()}", flush=True)
        print(f"load average {os.getloadavg()[0]:.1f}")


if __name__ == "__main__" and len(sys.argv) > 1:
    opened = projects.open_project(Path(sys.argv[1]) / "project")
    print(measured(QUESTIONS[sys.argv[2]], opened))
elif __name__ == "__main__":
    main()
