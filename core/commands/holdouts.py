"""Locked test sets: written, rebuilt, listed, unlocked with `fieldcheck stress`."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from core import workflows
from core.commands.printing import ProgressLine, print_result
from core.errors import FieldcheckError
from core.records import Folder


def _write_holdout(project: workflows.projects.Project, options: argparse.Namespace) -> int:
    verb = workflows.holdout
    usual = workflows.stress
    asked = verb.ask(
        project,
        share=verb.parse_share(options.write_holdout),
        corruptions=usual.USUAL if options.corruptions is None else options.corruptions,
        severities=usual.SEVERITIES if options.severities is None else options.severities,
        folder=Folder(options.on) if options.on else None,
        seed=options.seed,
    )
    line = ProgressLine("pictures")
    line.phase("Writing the locked test set")
    found = verb.write_holdout(
        project, asked, name=options.name, out=options.out, on_progress=line.progress
    )
    line.end()
    print_result(options, verb.holdout_json(found), lambda _: verb.written_lines(found))
    return 0 if found.made.is_finished else 1


def _rebuild_holdout(project: workflows.projects.Project, options: argparse.Namespace) -> int:
    if options.out is None:
        raise FieldcheckError("Give --out DIR too: the folder to rebuild the test set in.")
    verb = workflows.holdout
    line = ProgressLine("pictures")
    line.phase("Rebuilding the locked test set")
    found = verb.rebuild_holdout(
        project, options.rebuild_holdout, out=options.out, on_progress=line.progress
    )
    line.end()
    print_result(options, verb.holdout_json(found), lambda _: verb.rebuilt_lines(found))
    return 0 if found.made.is_finished else 1


def _list_holdouts(project: workflows.projects.Project, options: argparse.Namespace) -> int:
    rows = workflows.holdout.holdouts(project)
    return print_result(
        options,
        rows,
        lambda rows: (
            [workflows.holdout.holdout_line(row) for row in rows] or ["No test set is locked."]
        ),
    )


def _unlock_holdout(project: workflows.projects.Project, options: argparse.Namespace) -> int:
    said = workflows.holdout.unlock(project, options.unlock_holdout)
    return print_result(options, {"unlocked": options.unlock_holdout}, lambda _: [said])


def holdout_options(command: argparse.ArgumentParser) -> None:
    """The options of `fieldcheck stress` that lock frames."""
    group = command.add_argument_group(
        "hold-out: a damaged test set that nothing is fitted on; --corruptions takes chains too, "
        "such as low_light+motion_blur:2"
    )
    one = group.add_mutually_exclusive_group()
    one.add_argument(
        "--write-holdout", metavar="SHARE", help="of the labelled frames, such as 10%% or 0.1"
    )
    one.add_argument(
        "--rebuild-holdout", type=Path, metavar="RECIPE", help="make the same bytes again in --out"
    )
    one.add_argument(
        "--list-holdouts", action="store_const", const=True, help="what is locked, and by what"
    )
    one.add_argument("--unlock-holdout", metavar="NAME", help="give its frames free, for good")
    group.add_argument("--name", help="of the hold-out (default: from folder, share and seed)")
    group.add_argument("--out", type=Path, help="folder (default: in the project's holdouts)")


HOLDOUT_VERBS: dict[str, Callable[[workflows.projects.Project, argparse.Namespace], int]] = {
    "write_holdout": _write_holdout,
    "rebuild_holdout": _rebuild_holdout,
    "list_holdouts": _list_holdouts,
    "unlock_holdout": _unlock_holdout,
}
"""Option: what it does instead of a sweep."""
