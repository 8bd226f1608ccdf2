"""
The server is killed at random moments while a window decides; nothing acknowledged is lost.

    python -m tests.references.kills --kills 1000
    python -m tests.references.kills --real --kills 200

The first kills our routes behind uvicorn, which starts in milliseconds; the second the whole app,
`fieldcheck run`, as a person starts it, which takes seconds.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from http.client import HTTPConnection
from itertools import pairwise
from pathlib import Path
from threading import Event, Thread

import numpy as np

from core.project import Project
from tests.references import desk
from tests.references.app_process import AppProcess, load_words

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Toll:
    """What the killing came to; everything but counts and times must be zero or empty."""

    kills: int = 0
    acknowledged: int = 0
    sent_again: int = 0
    sent_again_although_stored: int = 0
    lost: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)
    out_of_order: int = 0
    restarts: list[float] = field(default_factory=list)  # s, forked
    app_starts: list[float] = field(default_factory=list)  # s, `fieldcheck run` to the first queue
    cold_starts: list[float] = field(default_factory=list)  # s, a new Python


def run(kills: int, *, seed: int = 0, cold: int = 3) -> Toll:
    """Kill a server so many times while it is written to."""
    import uvicorn  # noqa: F401 - before the fork

    from core.workflows import queue  # noqa: F401
    from pages._shared import server  # noqa: F401

    rng, toll, port = random.Random(seed), Toll(), desk.free_port()
    with desk.desk() as project:
        window = desk.Decider(project, port, seed=seed)
        for _ in range(kills):
            _one_life(project, window, port, toll, after=rng.uniform(0.005, 0.15))
        for _ in range(cold):
            toll.cold_starts.append(_cold_start(window))
        child = desk.forked_server(port)
        window.port = port
        desk.await_port(port)
        while window.waiting is not None and not window.step():
            pass
        desk.kill(child)
        toll.acknowledged, toll.sent_again = len(window.acknowledged), window.sent_again
        _take_stock(project, window, toll)
    return toll


def run_real(kills: int, *, seed: int = 0) -> Toll:
    """Kill the whole app so many times, each time between its first answer and a second later."""
    rng, toll = random.Random(seed), Toll()
    with desk.desk() as project:
        window = desk.Decider(project, 0, seed=seed)
        app = AppProcess(Path(os.environ["FIELDCHECK_HOME"]))
        window.port = app.port
        try:
            for _ in range(kills):
                toll.app_starts.append(_app_start(app, window))
                _decide_until(project, window, toll, after=rng.uniform(0.0, 1.0), kill=app.kill)
            toll.app_starts.append(_app_start(app, window))
            while window.waiting is not None and not window.step():
                pass
        finally:
            app.kill()
        toll.acknowledged, toll.sent_again = len(window.acknowledged), window.sent_again
        _take_stock(project, window, toll)
    return toll


def _app_start(app: AppProcess, window: desk.Decider) -> float:
    """Seconds from the command to the first queue read in full."""
    started = time.perf_counter()
    app.start()
    line = HTTPConnection("127.0.0.1", app.port, timeout=30)
    line.request("GET", f"{window.path.removesuffix('/events')}?order=random&decided=1")
    reply = line.getresponse()
    found = json.loads(reply.read())
    line.close()
    if reply.status != 200 or len(found["items"]) != len(desk.PICTURES):
        raise AssertionError(f"{reply.status}: {found}")
    return time.perf_counter() - started


def _one_life(project: Project, window, port: int, toll: Toll, *, after: float) -> None:
    child = desk.forked_server(port)
    toll.restarts.append(desk.await_port(port))
    _decide_until(project, window, toll, after=after, kill=lambda: desk.kill(child))


def _decide_until(
    project: Project, window, toll: Toll, *, after: float, kill: Callable[[], None]
) -> None:
    """Decide as fast as it goes; `after` seconds later the server is killed; look at the disk."""
    is_over = Event()

    def decide() -> None:
        while not is_over.is_set():
            window.step()

    deciding = Thread(target=decide)
    deciding.start()
    time.sleep(after)
    kill()
    is_over.set()
    deciding.join()
    toll.kills += 1
    with closing(sqlite3.connect(project.database)) as database:
        said = database.execute("PRAGMA integrity_check").fetchone()[0]
        if said != "ok":
            toll.damaged.append(said)
        if window.waiting is not None:
            query = "SELECT count(*) FROM reviews WHERE id = ?"
            stored = database.execute(query, [window.waiting["id"]]).fetchone()[0]
            toll.sent_again_although_stored += stored


def _cold_start(window) -> float:
    """Seconds from starting Python to the first decision acknowledged."""
    port = desk.free_port()
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-c", f"from tests.references.desk import serve; serve({port})"],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    try:
        desk.await_port(port)
        window.port = port
        while not window.step():
            pass
        return time.perf_counter() - started
    finally:
        process.kill()
        process.wait()


def _take_stock(project: Project, window, toll: Toll) -> None:
    with closing(sqlite3.connect(project.database)) as database:
        rows = database.execute(
            "SELECT id, client, sequence, content_hash, action, value FROM reviews ORDER BY at, id"
        ).fetchall()
    stored = {row[0]: row for row in rows}
    for identity, event in window.acknowledged.items():
        wanted = tuple(event[name] for name in ("client", "sequence", "content_hash", "action",
                                                "value"))  # fmt: skip
        if stored.get(identity, ())[1:] != wanted:
            toll.lost.append(identity)
    counts = Counter((row[1], row[2]) for row in rows) + Counter(
        row[5] for row in rows if row[4] == "note"
    )
    toll.twice = [str(one) for one, count in counts.items() if count > 1]
    toll.twice += [identity for identity in stored if identity not in window.acknowledged]
    sequences = [row[2] for row in rows]
    toll.out_of_order = sum(a > b for a, b in pairwise(sequences))


def lines(toll: Toll) -> list[str]:
    """The toll in words."""
    restarts, cold = sorted(toll.restarts), sorted(toll.cold_starts)
    starts = np.array(toll.app_starts)
    return [
        f"{toll.kills} kills, {toll.acknowledged} decisions acknowledged, "
        f"{toll.sent_again} times sent again ({toll.sent_again_although_stored} of those waiting "
        "at a kill were stored already)",
        f"lost {len(toll.lost)}, twice {len(toll.twice)}, out of order {toll.out_of_order}, "
        f"integrity_check not ok {len(toll.damaged)}",
        *([f"next start, forked: median {restarts[len(restarts) // 2] * 1000:.0f} ms, slowest "
           f"{restarts[-1] * 1000:.0f} ms"] if restarts else []),
        *([f"next start, `fieldcheck run` to the first queue read: p50 "
           f"{np.quantile(starts, 0.5):.2f} s, p95 {np.quantile(starts, 0.95):.2f} s, slowest "
           f"{starts.max():.2f} s"] if len(starts) else []),
        *([f"next start, new Python to first decision: {', '.join(f'{s:.2f}' for s in cold)} s"]
          if cold else []),
    ]  # fmt: skip


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--real", action="store_true", help="kill the whole app")
    options = parser.parse_args()
    began = time.perf_counter()
    result = (run_real if options.real else run)(options.kills, seed=options.seed)
    print("\n".join(lines(result)))
    print(f"{time.perf_counter() - began:.0f} s in all, {load_words()}")
    is_bad = result.lost or result.twice or result.damaged or result.out_of_order
    sys.exit(1 if is_bad else 0)
