"""Hard cases: what to collect, and versions frozen for comparing."""

from __future__ import annotations

import argparse
from typing import Any

from core import workflows
from core.commands.options import command, project_of
from core.commands.printing import print_result
from core.errors import FieldcheckError


def add(commands: Any) -> None:
    """hard_cases."""
    made = command(
        commands, "hard_cases", _hard_cases, "failure modes with their progress, and frozen sets"
    )
    made.add_argument("verb", choices=["list", "freeze", "show"])
    made.add_argument("name", nargs="?", help="with freeze: a name; with show: also its version")
    source = made.add_mutually_exclusive_group()
    source.add_argument("--mode", help="with freeze: the frames of this failure mode")
    source.add_argument("--slice", help="with freeze: the frames of this saved slice")
    source.add_argument(
        "--all", action="store_true", dest="every",
        help="with freeze: every hard case (without any of these: as the last version was made, "
        "else the mode of that name, else every hard case)",
    )  # fmt: skip
    made.add_argument("--against", help="with show: the version to compare with")


def _hard_cases(options: argparse.Namespace) -> int:
    if (options.verb != "list") != (options.name is not None):
        raise FieldcheckError("Name the set with freeze and show, and only there.")
    source = _source(options)
    if source and options.verb != "freeze":
        raise FieldcheckError("--mode, --slice and --all say what to freeze.")
    if options.against and options.verb != "show":
        raise FieldcheckError("--against goes with show.")
    project, verb = project_of(options), workflows.hard_cases
    if options.verb == "list":
        return print_result(options, verb.list_json(project), lambda _: verb.list_lines(project))
    name = options.name
    if options.verb == "freeze":
        name = verb.freeze(project, name, source=source)
    return print_result(
        options,
        verb.show_json(project, name, against=options.against),
        lambda _: verb.show_lines(project, name, against=options.against),
    )


def _source(options: argparse.Namespace) -> str | None:
    verb = workflows.hard_cases
    if options.mode:
        return verb.mode_source(options.mode)
    if options.slice:
        return verb.slice_source(options.slice)
    return verb.HARD_CASES if options.every else None
