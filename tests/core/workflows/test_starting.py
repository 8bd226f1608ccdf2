from __future__ import annotations

import os
import shlex
import signal
import socket
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from core import launch
from core.errors import DiskError
from core.workflows import starting

ROOT = Path(__file__).resolve().parents[3]


def test_a_taken_port_is_passed_over():
    first = launch.free_port()
    with socket.socket() as other:
        other.bind(("127.0.0.1", first))

        assert first < launch.free_port(first) < first + 200


def test_the_server_is_local_headless_and_silent_wherever_it_starts(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    command = launch.server_command(8999)

    assert command[:4] == [sys.executable, "-m", "streamlit", "run"]
    assert Path(command[4]) == ROOT / "app.py"
    for option in (
        "--server.port=8999", "--server.headless=true", "--server.address=127.0.0.1",
        "--browser.gatherUsageStats=false",
    ):  # fmt: skip
        assert option in command


def test_every_option_of_the_configuration_is_passed():
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    command = launch.server_command(8999)

    def names(table, prefix=""):
        for key, value in table.items():
            if isinstance(value, dict):
                yield from names(value, f"{prefix}{key}.")
            else:
                yield f"--{prefix}{key}"

    for name in names(config):
        assert any(part == name or part.startswith(f"{name}=") for part in command), name


@pytest.mark.skipif(sys.platform == "win32", reason="a POSIX launcher")
def test_a_shortcut_for_linux_starts_this_python_on_this_folder(tmp_path):
    path = starting.write_shortcut(tmp_path / "desk top", platform="linux")
    entry = dict(
        line.split("=", 1) for line in path.read_text(encoding="utf-8").splitlines()[1:]
    )  # fmt: skip

    assert path.name == "fieldcheck.desktop"
    assert os.access(path, os.X_OK)
    assert shlex.split(entry["Exec"]) == [sys.executable, "-m", "core.cli"]
    assert Path(entry["Path"]) == ROOT
    assert Path(entry["Icon"]).is_file()


@pytest.mark.skipif(sys.platform == "win32", reason="a POSIX launcher")
def test_a_shortcut_for_macos_runs_as_it_is(tmp_path):
    path = starting.write_shortcut(tmp_path, platform="darwin")
    text = path.read_text(encoding="utf-8")
    # the same file with another command at its end: does it reach the folder with our python?
    path.write_text(text.replace("-m core.cli", "-c 'import core, os; print(os.getcwd())'"))
    done = subprocess.run([str(path)], capture_output=True, text=True, check=True)

    assert path.suffix == ".command"
    assert Path(done.stdout.strip()) == ROOT


def test_a_shortcut_for_windows_has_its_line_ends(tmp_path):
    path = starting.write_shortcut(tmp_path, platform="win32")

    assert path.suffix == ".bat"
    assert path.read_bytes().count(b"\r\n") == 3
    assert f'"{sys.executable}" -m core.cli' in path.read_text(encoding="utf-8")


def test_a_shortcut_that_cannot_be_written_is_said(tmp_path):
    (tmp_path / "file").touch()

    with pytest.raises(DiskError, match="--to"):
        starting.write_shortcut(tmp_path / "file" / "desktop")


def test_a_window_opens_as_an_app_of_its_own(monkeypatch):
    started: list[list[str]] = []
    monkeypatch.setattr(launch, "browser_path", lambda: "/usr/bin/chromium")
    monkeypatch.setattr(launch.subprocess, "Popen", lambda command, **_: started.append(command))
    launch.open_window("http://127.0.0.1:8501")

    assert started[0][:2] == ["/usr/bin/chromium", "--app=http://127.0.0.1:8501"]


def test_without_such_a_browser_a_tab_opens(monkeypatch):
    opened: list[str] = []
    monkeypatch.setattr(launch, "browser_path", lambda: None)
    monkeypatch.setattr(launch.webbrowser, "open", opened.append)
    launch.open_window("http://127.0.0.1:8501")

    assert opened == ["http://127.0.0.1:8501"]


def test_the_first_browser_found_is_taken(monkeypatch):
    monkeypatch.setattr(
        launch.shutil, "which", lambda name: f"/usr/bin/{name}" if "edge" in name else None
    )  # fmt: skip

    assert launch.browser_path() == "/usr/bin/microsoft-edge"


def test_a_server_that_dies_at_once_ends_the_command(monkeypatch):
    monkeypatch.setattr(launch, "server_command", lambda port: [sys.executable, "-c", "exit(3)"])
    monkeypatch.setattr(launch, "open_window", lambda url: pytest.fail("a window opened"))

    assert starting.run(port=launch.free_port()) == 3


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP", "SIGINT"])
def test_told_to_end_it_takes_its_server_along(name):
    code = (
        "import sys; from core import launch\n"
        "sleeper = 'import os, time; print(os.getpid(), flush=True); time.sleep(60)'\n"
        "launch.server_command = lambda port: [sys.executable, '-c', sleeper]\n"
        "sys.exit(launch.run(opens_window=False))\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as app:
        server = int(app.stdout.readline())
        app.send_signal(getattr(signal, name))

        assert app.wait(timeout=20) == 0
    with pytest.raises(ProcessLookupError):
        os.kill(server, 0)
