"""Starts the app as README says and drives it in real Chromium."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"
NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = next((path for name in NAMES if (path := shutil.which(name))), None)
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Server:
    """The app as its own process, restartable on the same port."""

    home: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        script = Path(sys.executable).with_name("fieldcheck")
        command = [str(script)] if script.is_file() else [sys.executable, "-m", "core.cli"]
        self.process = subprocess.Popen(
            [*command, "run", "--no-window", "--port", str(self.port)],
            cwd=ROOT if not script.is_file() else self.home,
            env={**os.environ, "FIELDCHECK_HOME": str(self.home)},
            stdout=(self.home / "server.log").open("ab"),
            stderr=subprocess.STDOUT,
            start_new_session=True,  # one kill reaches Streamlit's process too
        )
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                with urlopen(f"{self.url}/_stcore/health", timeout=1):
                    return
            except (URLError, OSError):
                time.sleep(0.05)
        raise TimeoutError((self.home / "server.log").read_text())

    def kill(self) -> None:
        if self.process and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            # Streamlit's own process dies a little later when it holds a model.
            until = time.monotonic() + 20
            while not _is_free(self.port) and time.monotonic() < until:
                time.sleep(0.05)


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


@pytest.fixture(scope="session")
def chromium():
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed (Debian: apt-get install chromium)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium):
    """A fresh window of 1440x900 that remembers what it asked for and what went wrong in it."""
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, accept_downloads=True)
    found = context.new_page()
    found.requests_made, found.problems = [], []
    found.on("request", lambda request: found.requests_made.append(request.url))
    found.on("pageerror", lambda error: found.problems.append(str(error)))
    found.set_default_timeout(60_000)
    yield found
    context.close()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A server with a home of its own, not started yet."""
    home = tmp_path / "home"
    home.mkdir()
    found = Server(home)
    yield found
    found.kill()


@pytest.fixture
def sample_server(server: Server, sample_home: Path) -> Server:
    """A running server on a fresh copy of the scored sample project."""
    _move_in(sample_home, server)
    return server


@pytest.fixture(scope="session")
def warm_server(tmp_path_factory: pytest.TempPathFactory, sample_home: Path) -> Iterator[Server]:
    """A server on the scored sample that stays up, for tests that only look."""
    found = Server(tmp_path_factory.mktemp("warm"))
    _move_in(sample_home, found)
    yield found
    found.kill()


def _move_in(sample_home: Path, server: Server) -> None:
    shutil.copytree(sample_home, server.home, dirs_exist_ok=True)
    recent = server.home / "recent.json"
    recent.write_text(recent.read_text().replace(str(sample_home), str(server.home)))
    server.start()


@pytest.fixture
def sample_database(sample_server: Server) -> Path:
    return sample_server.home / "projects" / "sample" / "fieldcheck.db"
