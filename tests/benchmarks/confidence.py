"""
What the Confidence page needs for a large project: `python -m tests.benchmarks.confidence`.

10,000 field frames and as many of the reference, 20 classes, embeddings 512 wide, cold and cached.
Prints, asserts nothing. Seconds on the clock, and of processor time, which other work moves less.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from core.workflows import budget, confidence, scores, unlabelled, unusual
from tests.made import made_project


def say(name: str, work: Callable[[], object]) -> None:
    figures = []
    for _ in range(2):
        clock, processor = time.perf_counter(), time.process_time()
        work()
        figures += [time.perf_counter() - clock, time.process_time() - processor]
    print(
        f"{name:34} cold {figures[0]:6.2f} s (processor {figures[1]:5.2f})   "
        f"cached {figures[2]:6.3f} s ({figures[3]:5.3f})"
    )


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.environ["FIELDCHECK_HOME"] = folder
        project = made_project(
            Path(folder) / "project", field=10_000, reference=10_000, classes=20, features=512,
            per_clip=5, labelled=0.8,
        )  # fmt: skip
        say("everything known of the frames", lambda: scores.scores(project))
        say("let it decide?", lambda: budget.budget(project))
        report = budget.budget(project)
        say("  the slider moves", lambda: budget.statement(report, 0.9))
        say("  per answer", lambda: budget.split(report, 0.9, by="class"))
        say("good as its word?", lambda: confidence.confidence(project))
        say("  histogram", lambda: confidence.histogram_values(project, measure="lead"))
        say("sure and wrong", lambda: confidence.silent_failures(project))
        say("unusual pictures", lambda: unusual.unusual(project))
        say("without labels", lambda: unlabelled.unlabelled(project))
        say("  draw 100 to label", lambda: unlabelled.make_plan(project, count=100))


if __name__ == "__main__":
    main()
