"""Review sessions, and how good the model is on all frames after them."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from core import workflows
from core.commands.options import command, minutes, project_of, within_option
from core.commands.printing import print_result
from core.errors import FieldcheckError


def add(commands: Any) -> None:
    """sessions, accuracy."""
    sessions = command(
        commands, "sessions", _sessions, "list review sessions, show, end or export one"
    )
    sessions.add_argument("verb", choices=["list", "show", "export", "end"])
    sessions.add_argument("id", nargs="?", help="with show and export: how its id begins, or last")
    sessions.add_argument("--format", choices=list(workflows.export.FORMAT_TITLES), default="csv")
    sessions.add_argument("--out", type=Path, help="with export: the file (default: exports/)")
    sessions.add_argument(
        "--pause", type=minutes, metavar="MINUTES", help="from now on a longer pause ends a session"
    )

    accuracy = command(
        commands, "accuracy", _accuracy, "how often it is right on all frames, told honestly"
    )
    within_option(accuracy)


def _sessions(options: argparse.Namespace) -> int:
    if (options.verb in ("show", "export")) != (options.id is not None):
        raise FieldcheckError("Name the session with show and export, and only there.")
    project = project_of(options)
    if options.pause is not None:
        workflows.choices.set_session_gap(project, options.pause)
    return _VERBS[options.verb](options, project)


def _list(options: argparse.Namespace, project: Any) -> int:
    verb = workflows.sessions
    return print_result(options, verb.sessions_json(project), verb.session_lines)


def _show(options: argparse.Namespace, project: Any) -> int:
    verb = workflows.sessions
    return _summary(options, project, verb.session(project, options.id))


def _end(options: argparse.Namespace, project: Any) -> int:
    return _summary(options, project, workflows.sessions.end_session(project))


def _summary(options: argparse.Namespace, project: Any, found: Any) -> int:
    row = workflows.sessions.session_json(project, found)
    return print_result(options, row, lambda told: [told["title"], *told["closing"]])


def _export(options: argparse.Namespace, project: Any) -> int:
    verb = workflows.sessions
    found = verb.session(project, options.id)
    path = verb.write_session(project, found, format_name=options.format, out=options.out)
    count = len(verb.session_table(project, found))
    row = {"session": found.id, "path": str(path), "reviews": count}
    return print_result(
        options, row, lambda told: [f"Saved {told['reviews']:,} reviews as {told['path']}"]
    )


_VERBS = {"list": _list, "show": _show, "export": _export, "end": _end}


def _accuracy(options: argparse.Namespace) -> int:
    project = project_of(options)
    found = workflows.honest_accuracy.honest_json(project)
    light = workflows.worst_light.worst_light_json(project)
    return print_result(
        options,
        {**found, "worst_light": light},
        lambda row: [
            *workflows.honest_accuracy.honest_lines(row),
            *workflows.worst_light.worst_light_lines(row["worst_light"]),
        ],
    )
