"""Ill cameras."""

from __future__ import annotations

import argparse
from typing import Any

from core import workflows
from core.commands.options import command, project_of
from core.commands.printing import ProgressLine, print_result


def add(commands: Any) -> None:
    """cameras."""
    command(commands, "cameras", _cameras, "what is wrong with each camera, and since when")


def _cameras(options: argparse.Namespace) -> int:
    project, verb = project_of(options), workflows.cameras
    line = ProgressLine()
    line.phase("Looking at the cameras")
    verb.prepare(project, on_progress=line.progress)
    line.end()
    report = verb.cameras(project)
    return print_result(options, verb.cameras_json(report), lambda _: verb.report_lines(report))
