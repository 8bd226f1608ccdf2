"""
Kill the server at random moments while two windows decide; nothing acknowledged may be lost.

`python -m tests.references.kills --kills 1000` prints what stands after each kind of kill. Each
life is a process that serves our own ROUTES on a real project and ends by SIGKILL: between two
decisions, within one, or while it starts. What was not acknowledged is sent again, as the queue
does. The database is judged by a copy of it and of its log, so that the next life finds the files
as the kill left them. A process killed is not a power cut: what the disk itself loses is not shown.
"""

from __future__ import annotations

import argparse
import http.client
import json
import multiprocessing
import os
import random
import shutil
import sqlite3
import statistics
import tempfile
import threading
import time
import uuid
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.launch import free_port
from core.project import Project

WINDOWS = 2
COLD_EVERY = 20  # lives that import everything anew, as a person's next start does
PRELOADED = ["pages._shared.server", "core.workflows.queue", "starlette.applications", "uvicorn"]
SAID = ("id", "client", "sequence", "content_hash", "action", "value", "undoes")


@dataclass
class Found:
    """What a series of kills left behind."""

    kills: int = 0
    acknowledged: int = 0
    sent_again: int = 0
    stored_unanswered: set[str] = field(default_factory=set)  # killed between commit and answer
    in_start: int = 0  # kills before the first answer
    wrong: list[str] = field(default_factory=list)  # empty, or something was lost
    warm: list[float] = field(default_factory=list)  # s from start to the first acknowledgement
    cold: list[float] = field(default_factory=list)


def serve(home: str, port: int) -> None:
    """One life: our routes and our guard on 127.0.0.1."""
    os.environ["FIELDCHECK_HOME"] = home
    import uvicorn
    from starlette.applications import Starlette

    from pages._shared import server

    app = Starlette(routes=server.ROUTES, middleware=server.MIDDLEWARE)
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="critical")


class Window(threading.Thread):
    """Decides one thing after the other; each is sent until it is acknowledged."""

    def __init__(self, project: Project, port: int, *, pictures: list[str], seed: int) -> None:
        super().__init__(daemon=True)
        from core.workflows import choices, doors

        self.address = f"/api/queue/{doors.open_door(project)}/events"
        self.classes = choices.choices_of(project).spec.classes
        self.port, self.pictures, self.rng = port, pictures, random.Random(seed)
        self.client = f"window-{seed}"
        self.acknowledged: list[dict[str, Any]] = []
        self.unanswered: dict[str, Any] | None = None
        self.again: set[str] = set()
        self.refused: list[str] = []
        self.answered, self.is_over = threading.Event(), threading.Event()
        self.line: http.client.HTTPConnection | None = None

    def run(self) -> None:
        """Decide until told to stop; the last decision is still brought to its end."""
        while not self.is_over.is_set():
            self.unanswered = event = self.decision(len(self.acknowledged) + 1)
            while not self.send(event):
                self.again.add(event["id"])
                time.sleep(0.005)
            self.acknowledged.append(event)  # before it stops waiting: one of the two always has it
            self.unanswered = None
            self.answered.set()

    def decision(self, sequence: int) -> dict[str, Any]:
        action = self.rng.choices(
            ["label", "tag", "note", "hard_case", "skip", "undo"], [6, 2, 1, 1, 1, 0.3]
        )[0]
        picture, undoes = self.rng.choice(self.pictures), None
        if action == "undo":
            taken = {event["undoes"] for event in self.acknowledged}
            open_ones = [
                e for e in self.acknowledged[-30:] if not e["undoes"] and e["id"] not in taken
            ]
            if not open_ones:
                action = "skip"
            else:
                undone = self.rng.choice(open_ones)
                picture, undoes = undone["content_hash"], undone["id"]
        values = {
            "label": self.rng.choice(self.classes), "tag": f"tag {sequence % 7}",
            "note": f"Note {sequence}: wet, ügly & ½ covered", "hard_case": "on",
        }  # fmt: skip
        return {
            "id": str(uuid.UUID(int=self.rng.getrandbits(128), version=4)), "client": self.client,
            "sequence": sequence, "content_hash": picture, "action": action,
            "value": values.get(action), "undoes": undoes,
        }  # fmt: skip

    def send(self, event: dict[str, Any]) -> bool:
        try:
            if self.line is None:
                self.line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
            self.line.request("POST", self.address, json.dumps(event))
            answer = self.line.getresponse()
            said = answer.read().decode()
        except (OSError, http.client.HTTPException):
            if self.line is not None:
                self.line.close()
            self.line = None
            return False
        if answer.status != 200:
            self.refused.append(f"{answer.status}: {said}")
        return answer.status == 200


def series(
    project: Project, home: Path, *, kills: int, seed: int = 0, seconds: float = 1e9
) -> Found:
    """Kill so many times, or for so long; what was found."""
    from core.store.database import connect

    with connect(project.database) as db:
        pictures = [
            row["content_hash"]
            for row in db.query(
                "SELECT DISTINCT content_hash FROM frames WHERE content_hash IS NOT NULL ORDER BY 1"
            )
        ]
    found, rng, port = Found(), random.Random(seed), free_port(8790)
    warm = multiprocessing.get_context("forkserver")
    warm.set_forkserver_preload(PRELOADED)
    cold = multiprocessing.get_context("spawn")
    windows = [
        Window(project, port, pictures=pictures, seed=100 * seed + number)
        for number in range(WINDOWS)
    ]
    until = time.monotonic() + seconds
    for window in windows:
        window.start()
    while found.kills < kills and time.monotonic() < until:
        is_cold = found.kills % COLD_EVERY == COLD_EVERY - 1
        _one_life(
            found, cold if is_cold else warm,
            is_cold=is_cold, home=home, port=port, windows=windows, rng=rng,
        )  # fmt: skip
        waiting = [event for window in windows if (event := window.unanswered)]
        acknowledged = [event for window in windows for event in list(window.acknowledged)]
        stored = _judge(found, project.database, acknowledged, waiting)
        answered = {event["id"] for event in acknowledged}
        found.stored_unanswered |= {event["id"] for event in waiting} & stored - answered
    last = warm.Process(target=serve, args=(str(home), port), daemon=True)
    last.start()
    for window in windows:
        window.is_over.set()
    for window in windows:
        window.join(60)
        found.sent_again += len(window.again)
        found.wrong += [f"refused {said}" for said in window.refused]
        found.wrong += [f"{window.client} never got its last answer"] * window.is_alive()
    last.kill()
    last.join()
    events = [event for window in windows for event in window.acknowledged]
    found.acknowledged = len(events)
    stored = _judge(found, project.database, events, [])
    if len(stored) != len(events):
        found.wrong.append(f"{len(events)} decisions were made, {len(stored)} are stored")
    return found


def _one_life(
    found: Found,
    context: Any,
    *,
    is_cold: bool,
    home: Path,
    port: int,
    windows: list[Window],
    rng: random.Random,
) -> None:
    for window in windows:
        window.answered.clear()
    started = time.monotonic()
    server = context.Process(target=serve, args=(str(home), port), daemon=True)
    server.start()
    usual = statistics.median(found.warm) if found.warm else 1.0
    if not is_cold and rng.random() < 0.15:
        time.sleep(rng.uniform(0, usual))  # it may have answered already, or not
    else:
        while not any(window.answered.is_set() for window in windows):
            time.sleep(0.001)
            if time.monotonic() - started > 60:
                found.wrong.append("no answer within a minute")
                break
        (found.cold if is_cold else found.warm).append(time.monotonic() - started)
        time.sleep(rng.uniform(0, 0.15))
    found.in_start += not any(window.answered.is_set() for window in windows)
    server.kill()
    server.join()
    found.kills += 1


def _judge(
    found: Found, database: Path, acknowledged: list[dict[str, Any]], waiting: list[dict[str, Any]]
) -> set[str]:
    """Compare a copy of the files with what was acknowledged; the ids that are stored."""
    with tempfile.TemporaryDirectory(prefix="kills-") as folder:
        copy = Path(folder) / database.name
        shutil.copyfile(database, copy)
        with suppress(FileNotFoundError):
            shutil.copyfile(f"{database}-wal", f"{copy}-wal")
        with closing(sqlite3.connect(copy)) as connection:
            whole = connection.execute("PRAGMA integrity_check").fetchone()[0]
            rows = connection.execute(
                f"SELECT {', '.join(SAID)} FROM reviews WHERE client LIKE 'window-%'"
            ).fetchall()
    after = f"after kill {found.kills}: "
    if whole != "ok":
        found.wrong.append(f"{after}{whole}")
    stored = {row[0]: row for row in rows}
    if len(stored) != len(rows) or len({row[1:3] for row in rows}) != len(rows):
        found.wrong.append(f"{after}a decision is stored twice")
    for event in acknowledged:
        if stored.get(event["id"]) != tuple(event[name] for name in SAID):
            found.wrong.append(f"{after}{event['id']} was acknowledged and is not there as sent")
    known = {event["id"] for event in [*acknowledged, *waiting]}
    found.wrong += [f"{after}{one} was never sent" for one in sorted(stored.keys() - known)]
    return set(stored)


def lines(found: Found) -> list[str]:
    """The series in words."""
    words = [
        f"{found.kills} kills ({found.in_start} before the first answer), "
        f"{found.acknowledged} decisions acknowledged, {found.sent_again} sent again "
        f"({len(found.stored_unanswered)} of these had been stored before the kill).",
        f"Lost, stored twice, changed or damaged: {len(found.wrong)}.",
        *found.wrong[:20],
    ]
    for name, times in (("packages loaded already", found.warm), ("cold", found.cold)):
        if times:
            p95 = sorted(times)[min(len(times) - 1, round(0.95 * len(times)))]
            words.append(
                f"Next start to first acknowledgement, {name}: median "
                f"{statistics.median(times):.2f} s, p95 {p95:.2f} s, longest {max(times):.2f} s "
                f"(n {len(times)})."
            )
    return words


def main() -> int:
    """A series on the sample project, in a home of its own; 1 if anything was lost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--minutes", type=float, default=60.0, help="stop after so long")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kills-home-") as home:
        os.environ["FIELDCHECK_HOME"] = home
        from core.workflows import projects, scoring

        project = projects.open_sample()
        scoring.prepare(project)
        found = series(
            project, Path(home), kills=options.kills, seed=options.seed,
            seconds=60 * options.minutes,
        )  # fmt: skip
        print("\n".join(lines(found)))
        for copy in sorted((project.folder / "backups").glob("*.db")):
            with closing(sqlite3.connect(copy)) as connection:
                print(f"{copy.name}: {connection.execute('PRAGMA integrity_check').fetchone()[0]}")
    return 1 if found.wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
