"""How far confidence can be trusted, and the nonsense exam."""

from __future__ import annotations

import argparse
import math
import sys
from typing import Any

from core import workflows
from core.commands.options import command, mark, project_of, share, within_option
from core.commands.printing import ProgressLine, print_result


def add(commands: Any) -> None:
    """confidence, probes."""
    sure = command(commands, "confidence", _confidence, "how far confidence can be trusted")
    _confidence_options(sure)

    exam = command(commands, "probes", _probes, "answers to pictures that show nothing")
    exam.add_argument(
        "--folder", help="also pictures it was never meant to see; none takes them out again"
    )


def _confidence(options: argparse.Namespace) -> int:
    project = project_of(options)
    if options.choose is not None:
        workflows.choices.set_sure_threshold(
            project, None if math.isnan(options.choose) else options.choose
        )
    report = workflows.confidence.confidence(project, threshold=options.threshold)
    return print_result(
        options,
        workflows.confidence.confidence_json(report),
        lambda _: workflows.confidence.report_lines(report),
    )


def _probes(options: argparse.Namespace) -> int:
    project = project_of(options)
    verb = workflows.probes
    if options.folder is not None:
        verb.choose_folder(project, None if options.folder == "none" else options.folder)
    line = ProgressLine("pictures")
    line.phase("Sitting the exam")
    broken = verb.sit(project, on_progress=line.progress)
    line.end()
    for item in broken:
        print(f"left out: {item}", file=sys.stderr)
    statement, results = verb.probes(project)
    return print_result(
        options, verb.probes_json(results), lambda _: verb.report_lines(statement, results)
    )


def _confidence_options(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--threshold", type=share, help="0 to 1 (default: the chosen one, else 0.99)"
    )
    command.add_argument(
        "--choose",
        type=mark,
        metavar="MARK",
        help="store it: under it answers read 'not sure'; none shows every answer again",
    )
    within_option(command)
