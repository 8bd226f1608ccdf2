"""A small real project without a model, and what is needed to decide on it over HTTP."""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import signal
import socket
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

import numpy as np

from core.project import Project, make_project, remember
from core.records import InputSpec, ModelSpec
from core.store import choices as choice_store
from core.store import frames as frame_store
from core.store import predictions as prediction_store
from core.store.database import connect
from core.workflows import doors

CLASSES = ("cat", "dog", "hen")
PICTURES = [hashlib.sha256(str(number).encode()).hexdigest() for number in range(60)]


@contextmanager
def desk(pictures: list[str] = PICTURES) -> Iterator[Project]:
    """A project whose frames and answers are rows only: decisions need no picture, no model."""
    from core.models.classifier import answers
    from core.models.sidecar import spec_to_json

    folder = Path(tempfile.mkdtemp(prefix="fieldcheck-desk-"))
    before = os.environ.get("FIELDCHECK_HOME")
    os.environ["FIELDCHECK_HOME"] = str(folder / "home")
    try:
        project = make_project(folder / "project")
        with connect(project.database) as db:
            choice_store.choose(
                db,
                title="Desk",
                model_id="desk",
                model_spec=spec_to_json(ModelSpec(CLASSES, InputSpec())),
                field_folder=str(folder / "field"),
                reviewer="ana",
            )
            frame_store.save_frames(
                db,
                [
                    {
                        "folder": "field", "path": f"{digest[:8]}.jpg", "size_bytes": 1,
                        "modified_ns": 1, "content_hash": digest, "width": 8, "height": 8,
                        "picture_hash": digest[:16],
                    }
                    for digest in pictures
                ],
            )  # fmt: skip
            rng = np.random.default_rng(0)
            logits = rng.normal(0, 2, (len(pictures), len(CLASSES))).astype(np.float32)
            prediction_store.save_predictions(
                db,
                model_id="desk",
                content_hashes=pictures,
                answers=answers(logits, CLASSES),
                logits=logits,
                embeddings=logits,
            )
        remember(project)
        yield project
    finally:
        if before is None:
            os.environ.pop("FIELDCHECK_HOME", None)
        else:
            os.environ["FIELDCHECK_HOME"] = before
        shutil.rmtree(folder, ignore_errors=True)


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def serve(port: int) -> None:
    """Our routes behind our middleware, as the app has them, until killed."""
    import uvicorn
    from starlette.applications import Starlette

    from pages._shared import server

    app = Starlette(routes=server.ROUTES, middleware=server.MIDDLEWARE)
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="critical")


def forked_server(port: int) -> int:
    """
    A server in a process of its own; its id.

    Forked from this one, which has imported everything: a start costs milliseconds, so that a
    thousand of them fit into minutes. Call it only while this process has no other thread.
    """
    child = os.fork()
    if child == 0:
        with suppress(BaseException):
            serve(port)
        os._exit(0)
    return child


def await_port(port: int, *, seconds: float = 30) -> float:
    """Seconds until something listens there."""
    started = time.perf_counter()
    while time.perf_counter() - started < seconds:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return time.perf_counter() - started
        time.sleep(0.002)
    raise TimeoutError(f"nothing listens on {port} after {seconds} s")


def kill(process: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(process, signal.SIGKILL)
    with suppress(ChildProcessError):
        os.waitpid(process, 0)


class Decider:
    """A window that decides: one event after the other, each sent until it is answered."""

    def __init__(self, project: Project, port: int, *, seed: int) -> None:
        self.path = f"/api/queue/{doors.open_door(project)}/events"
        self.port, self.rng = port, random.Random(seed)
        self.client = f"tab {uuid.uuid4()}"
        self.sequence = 0
        self.waiting: dict[str, Any] | None = None
        self.acknowledged: dict[str, dict[str, Any]] = {}
        self.sent_again = 0
        self.seconds: list[float] = []
        self._line: HTTPConnection | None = None

    def step(self) -> bool:
        """Send what waits, or decide something new; whether it was acknowledged."""
        if self.waiting is None:
            self.waiting = self._decide()
        else:
            self.sent_again += 1
        try:
            started = time.perf_counter()
            status, answer = self._post(self.waiting)
            self.seconds.append(time.perf_counter() - started)
        except (OSError, HTTPException):
            self._hang_up()
            time.sleep(0.005)
            return False
        if status != 200:
            raise AssertionError(f"{status}: {answer} to {self.waiting}")
        self.acknowledged[self.waiting["id"]] = self.waiting
        self.waiting = None
        return True

    def _decide(self) -> dict[str, Any]:
        self.sequence += 1
        event = {
            "id": str(uuid.uuid4()), "client": self.client, "sequence": self.sequence,
            "content_hash": self.rng.choice(PICTURES), "action": "note",
            "value": f"{self.client} {self.sequence}", "undoes": None,
        }  # fmt: skip
        if self.rng.random() < 0.5:
            event |= {"action": "label", "value": self.rng.choice(CLASSES)}
        return event

    def _post(self, event: dict[str, Any]) -> tuple[int, Any]:
        if self._line is None:
            self._line = HTTPConnection("127.0.0.1", self.port, timeout=15)
            self._line.connect()
            self._line.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._line.request("POST", self.path, json.dumps(event).encode())
        reply = self._line.getresponse()
        return reply.status, json.loads(reply.read())

    def _hang_up(self) -> None:
        if self._line is not None:
            self._line.close()
            self._line = None
