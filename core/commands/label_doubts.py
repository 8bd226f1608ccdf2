"""Labels that look wrong."""

from __future__ import annotations

import argparse
from typing import Any

from core import workflows
from core.commands.options import command, project_of
from core.commands.printing import ProgressLine, print_result
from core.records import Folder


def add(commands: Any) -> None:
    """label_doubts."""
    _label_doubts_options(
        command(commands, "label_doubts", _label_doubts, "labels that look wrong")
    )


def _label_doubts(options: argparse.Namespace) -> int:
    project, verb = project_of(options), workflows.label_doubts
    folder = Folder(options.on)
    if options.source == "crossed":
        line = ProgressLine("folds")
        line.phase("Learning anew")
        verb.prepare(project, folder=folder, on_progress=line.progress)
        line.end()
    found = verb.doubts(project, folder=folder, source=options.source)
    return print_result(options, verb.doubts_json(found), lambda _: verb.report_lines(found))


def _label_doubts_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("--on", choices=["field", "reference"], default="field")
    command.add_argument(
        "--source",
        choices=["crossed", "model"],
        default="crossed",
        help="learnt anew without the frame (default), or the model if it never saw these labels",
    )
