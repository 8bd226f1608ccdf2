"""Open the app, or write a launcher for it."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from core import workflows
from core.commands.options import command


def add(commands: Any) -> None:
    """run, shortcut."""
    run = command(commands, "run", run_app, "open the app (also without a command)", has_json=False)
    run.add_argument("--port", type=int, help="default: the first free one from 8501")
    run.add_argument("--no-window", action="store_true", help="only serve; open no window")

    shortcut = command(
        commands, "shortcut", _shortcut, "write a launcher to double-click", has_json=False
    )
    shortcut.add_argument("--to", type=Path, help="folder (default: the desktop)")


def run_app(options: argparse.Namespace) -> int:
    """`fieldcheck run`, and `fieldcheck` alone: serve the app until it is ended."""
    if options.project:
        workflows.projects.open_project(options.project)
    return workflows.starting.run(port=options.port, opens_window=not options.no_window)


def _shortcut(options: argparse.Namespace) -> int:
    path = workflows.starting.write_shortcut(options.to)
    print(f"Written: {path}. Double-click it to start Fieldcheck.")
    return 0
