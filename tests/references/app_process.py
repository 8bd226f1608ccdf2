"""The whole app as its own processes, started as a person starts it, killed as nobody should."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from http.client import HTTPConnection
from pathlib import Path

import psutil

from tests.references import desk

ROOT = Path(__file__).resolve().parents[2]


class AppProcess:
    """`fieldcheck run --no-window --port N` on a home of its own, restartable on its port."""

    def __init__(self, home: Path) -> None:
        self.home, self.port = home, desk.free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, *, seconds: float = 60) -> None:
        """Start it and wait until it answers."""
        with (self.home / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "core.cli", "run", "--no-window", "--port", str(self.port)],
                cwd=ROOT,
                env={**os.environ, "FIELDCHECK_HOME": str(self.home), "PYTHONPATH": str(ROOT)},
                stdout=log,
                stderr=log,
                start_new_session=True,  # one kill reaches Streamlit's own process too
            )
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            with suppress(OSError):
                line = HTTPConnection("127.0.0.1", self.port, timeout=5)
                line.request("GET", "/_stcore/health")
                if line.getresponse().status == 200:
                    return
            time.sleep(0.01)
        raise TimeoutError((self.home / "server.log").read_text())

    def kill(self) -> None:
        """SIGKILL to all its processes; returns once the port is free again."""
        if self._process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._process = None
        until = time.monotonic() + 20
        while not _is_free(self.port) and time.monotonic() < until:
            time.sleep(0.005)

    def memory(self) -> float:
        """MB of memory of the process that serves (Streamlit's own)."""
        if self._process is None:
            raise RuntimeError("it does not run")
        family = [self._process.pid, *(c.pid for c in psutil.Process(self._process.pid).children())]
        return max(psutil.Process(one).memory_info().rss for one in family) / 2**20


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def load_words() -> str:
    """What else the machine does, to be said beside every time measured."""
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    return f"load {load:.1f} on {os.cpu_count()} cores"
