"""
Processes and windows that decide at the same time; nothing is lost, nobody is told "locked".

    python -m tests.references.writers --seconds 60
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Thread
from typing import Any

import numpy as np

from core.errors import FieldcheckError
from core.project import Project
from core.store.database import connect
from core.workflows import queue
from tests.references import desk


@dataclass
class Crowd:
    """What came of it."""

    asked: int  # decisions acknowledged
    stored: int
    missing: int
    complaints: list[str]
    process_p50: float  # s a decision, from a process: check, connect, commit
    process_p95: float
    window_p95: float | None  # s a decision, over HTTP


def run(*, seconds: float, processes: int = 8, windows: int = 2) -> Crowd:
    """Let them write for so long."""
    import uvicorn  # noqa: F401 - before the fork

    from pages._shared import server  # noqa: F401

    fork = multiprocessing.get_context("fork")
    with desk.desk() as project:
        port, answers = desk.free_port(), fork.Queue()
        child = desk.forked_server(port)
        desk.await_port(port)
        writers = [
            fork.Process(target=write, args=(project, seconds, n, answers))
            for n in range(processes)
        ]
        for writer in writers:
            writer.start()
        tabs = [desk.Decider(project, port, seed=n) for n in range(windows)]
        until = time.perf_counter() + seconds
        threads = [Thread(target=_sit, args=(tab, until)) for tab in tabs]
        for thread in threads:
            thread.start()
        found = [answers.get(timeout=seconds + 60) for _ in writers]
        for thread in threads:
            thread.join()
        for writer in writers:
            writer.join()
        desk.kill(child)
        with connect(project.database) as db:
            stored = {row["id"] for row in db.query("SELECT id FROM reviews")}
    asked = {identity for ids, _, _ in found for identity in ids}
    asked |= {identity for tab in tabs for identity in tab.acknowledged}
    times = np.array([one for _, each, _ in found for one in each])
    over_http = np.array([one for tab in tabs for one in tab.seconds])
    return Crowd(
        len(asked),
        len(stored),
        len(asked - stored),
        [text for _, _, texts in found for text in texts],
        float(np.quantile(times, 0.5)),
        float(np.quantile(times, 0.95)),
        float(np.quantile(over_http, 0.95)) if len(over_http) else None,
    )


def _sit(tab: desk.Decider, until: float) -> None:
    while time.perf_counter() < until:
        tab.step()


def write(
    project: Project,
    seconds: float,
    number: int,
    answers: Any,
    pictures: Sequence[str] = desk.PICTURES,
) -> None:
    """One process: tag after tag; puts (ids acknowledged, seconds each, complaints)."""
    until, ids, times, complaints = time.perf_counter() + seconds, [], [], []
    sequence = 0
    while time.perf_counter() < until:
        sequence += 1
        event = {
            "id": str(uuid.uuid4()), "client": f"process {number}", "sequence": sequence,
            "content_hash": pictures[sequence % len(pictures)], "action": "tag",
            "value": f"{number} {sequence}",
        }  # fmt: skip
        started = time.perf_counter()
        try:
            queue.record(project, event)
        except FieldcheckError as error:
            complaints.append(str(error))
        else:
            ids.append(event["id"])
        times.append(time.perf_counter() - started)
    answers.put((ids, times, complaints))


def line(crowd: Crowd) -> str:
    """The crowd in words."""
    window = "" if crowd.window_p95 is None else f", over HTTP p95 {crowd.window_p95 * 1000:.0f} ms"
    return (
        f"{crowd.asked} decisions acknowledged, {crowd.missing} missing, {crowd.stored} stored, "
        f"{len(crowd.complaints)} refused; a write p50 {crowd.process_p50 * 1000:.0f} ms, "
        f"p95 {crowd.process_p95 * 1000:.0f} ms{window}"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--processes", type=int, default=8)
    parser.add_argument("--windows", type=int, default=2)
    options = parser.parse_args()
    crowd = run(seconds=options.seconds, processes=options.processes, windows=options.windows)
    print(line(crowd))
    print(*crowd.complaints[:5], sep="\n")
    sys.exit(1 if crowd.missing or crowd.complaints else 0)
