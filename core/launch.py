"""Starts the app in its own window, and writes a launcher to double-click."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import tomllib
import webbrowser
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from platformdirs import user_desktop_path

from core.errors import DiskError, FieldcheckError

ROOT = Path(__file__).resolve().parents[1]
FIRST_PORT = 8501
BROWSERS = (
    "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome",
    "microsoft-edge", "microsoft-edge-stable", "msedge",
)  # fmt: skip
PLACES = (  # where installers put them without touching PATH
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
    r"C:\Program Files\Microsoft\Edge\Application\msedge.exe",
)


def free_port(first: int = FIRST_PORT) -> int:
    """The first free port on this machine's own address from `first` on."""
    for port in range(first, first + 200):
        with socket.socket() as probe:
            if os.name == "posix":  # a port is free although its last connections still linger
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise FieldcheckError(f"No free port between {first} and {first + 199}. Close some programs.")


def server_command(port: int) -> list[str]:
    """The command that serves the app, with every option of config.toml, from any directory."""
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    options = _flat(config)
    # We open the window ourselves; Streamlit would open a tab beside it.
    options |= {"server.headless": True, "server.port": port}
    flags = [part for name, value in options.items() for part in _flag(name, value)]
    return [sys.executable, "-m", "streamlit", "run", str(ROOT / "app.py"), *flags]


def _flag(name: str, value: object) -> list[str]:
    if isinstance(value, list) and not name.startswith("theme."):  # given once a value
        return [part for item in value for part in (f"--{name}", str(item))]
    # Streamlit reads lists of the theme as JSON, and booleans as "true" and "false".
    return [f"--{name}={value if isinstance(value, str) else json.dumps(value)}"]


def _flat(table: dict[str, object], prefix: str = "") -> dict[str, object]:
    flat: dict[str, object] = {}
    for key, value in table.items():
        if isinstance(value, dict):
            flat |= _flat(value, f"{prefix}{key}.")
        else:
            flat[f"{prefix}{key}"] = value
    return flat


def run(*, port: int | None = None, opens_window: bool = True) -> int:
    """Serve the app until it is stopped, and open its window once it answers; the exit code."""
    if port is not None and free_port(port) != port:
        raise FieldcheckError(
            f"Port {port} is taken, perhaps by Fieldcheck itself. Leave --port out."
        )
    port = port or free_port()
    environment = {**os.environ, "PYTHONPATH": _with_root(os.environ.get("PYTHONPATH"))}
    server = subprocess.Popen(server_command(port), env=environment)
    # Told to end, or the terminal closed: as with Ctrl+C the server must not stay behind.
    for name in {"SIGTERM", "SIGHUP"} & set(dir(signal)):
        signal.signal(getattr(signal, name), signal.default_int_handler)
    url = f"http://127.0.0.1:{port}"
    try:
        if _answers(url, server):
            print(f"Fieldcheck runs at {url}. Close it with Ctrl+C.")
            if opens_window:
                open_window(url)
        return server.wait()
    except KeyboardInterrupt:
        server.terminate()
        try:
            server.wait(timeout=10)
        except subprocess.TimeoutExpired:
            server.kill()
        return 0


def _with_root(path: str | None) -> str:
    return str(ROOT) if not path else os.pathsep.join([str(ROOT), path])


def _answers(url: str, server: subprocess.Popen[bytes], *, seconds: float = 60) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until and server.poll() is None:
        try:
            with urlopen(f"{url}/_stcore/health", timeout=1):
                return True
        except (URLError, OSError):
            time.sleep(0.05)
    return False


def browser_path() -> str | None:
    """An installed browser that can show a page as its own window."""
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    return found or next((place for place in PLACES if Path(place).is_file()), None)


def open_window(url: str) -> None:
    """An app window where Chromium, Chrome or Edge is installed, else a tab."""
    browser = browser_path()
    if browser is None:
        webbrowser.open(url)
        return
    flags = [f"--app={url}", "--window-size=1440,900"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        flags.append("--no-sandbox")  # Chromium refuses to start as root otherwise
    subprocess.Popen(
        [browser, *flags], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip


def write_shortcut(folder: Path | None = None, *, platform: str = sys.platform) -> Path:
    """
    A launcher to double-click, on the desktop unless told where.

    Raises:
        DiskError: it cannot be written there.
    """
    folder = folder or user_desktop_path()
    command = f'"{sys.executable}" -m core.cli'
    if platform == "win32":
        path = folder / "Fieldcheck.bat"
        text = f'@echo off\r\ncd /d "{ROOT}"\r\n{command}\r\n'
    elif platform == "darwin":
        path = folder / "Fieldcheck.command"
        text = f'#!/bin/sh\ncd "{ROOT}" && exec {command}\n'
    else:
        path = folder / "fieldcheck.desktop"
        text = (
            "[Desktop Entry]\nType=Application\nName=Fieldcheck\n"
            "Comment=How does the model do in the field?\n"
            f"Exec={command}\nPath={ROOT}\nIcon={ROOT / 'assets' / 'favicon.png'}\nTerminal=false\n"
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode("utf-8"))
        path.chmod(0o755)
    except OSError as error:
        raise DiskError(
            f"{path} cannot be written ({error.strerror}). Name another folder with --to."
        ) from error
    return path
