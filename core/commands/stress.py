"""Many frames under many conditions, and the shortcut exam."""

from __future__ import annotations

import argparse
import dataclasses
import time
from typing import Any

from core import workflows
from core.commands.holdouts import HOLDOUT_VERBS, holdout_options
from core.commands.options import (
    command,
    count,
    minutes,
    names,
    numbers,
    project_of,
    share,
    within_option,
)
from core.commands.printing import ProgressLine, list_broken, print_result
from core.errors import FieldcheckError
from core.records import Folder


def add(commands: Any) -> None:
    """stress."""
    _stress_options(command(commands, "stress", _stress, "many frames under many conditions"))


def _stress(options: argparse.Namespace) -> int:
    if options.shortcuts:
        return _shortcut_exam(options)
    project = project_of(options)
    for wish, run in HOLDOUT_VERBS.items():
        if getattr(options, wish) is not None:
            return run(project, options)
    if options.name or options.out:
        raise FieldcheckError("--name and --out go with --write-holdout or --rebuild-holdout.")
    verb = workflows.stress
    asked = verb.plan(
        project,
        corruptions=verb.USUAL if options.corruptions is None else options.corruptions,
        severities=verb.SEVERITIES if options.severities is None else options.severities,
        folder=Folder(options.on) if options.on else None,
        frames=options.frames,
        seed=options.seed,
        share=options.share,
        short_side=workflows.dial.checked_size(options.size or ""),
    )
    if options.minutes is not None:
        fitting = verb.frames_in(project, asked, minutes=options.minutes)
        asked = dataclasses.replace(asked, frames=min(asked.frames, fitting))
    if options.trained_with is not None:
        workflows.trained_with.mark_trained_with(project, options.trained_with)
    _check_hard_set(options, project)
    line = ProgressLine("pictures")
    line.phase("Damaging frames and asking the model")
    started = time.monotonic()
    broken = verb.sweep(project, asked, on_progress=line.progress)
    line.end()
    report = verb.stress(project, asked, hard_set=options.hard_set)
    if options.as_json:
        list_broken(broken)
    seconds = time.monotonic() - started
    return print_result(
        options,
        verb.stress_json(report),
        lambda _: verb.report_lines(report, broken, seconds=seconds),
    )


def _check_hard_set(options: argparse.Namespace, project: Any) -> None:
    """A wrong name is told before the long work."""
    if options.hard_set is not None:
        workflows.frozen_sets.find(project, options.hard_set)


def _shortcut_exam(options: argparse.Namespace) -> int:
    if options.corruptions is not None or options.severities is not None:
        raise FieldcheckError("--shortcuts has changes of its own: leave out the conditions.")
    project = project_of(options)
    verb = workflows.shortcuts
    asked = verb.exam(
        project,
        folder=Folder(options.on) if options.on else None,
        frames=options.frames,
        seed=options.seed,
    )
    line = ProgressLine()
    line.phase("Changing frames and asking the model")
    started = time.monotonic()
    broken = verb.take_exam(project, asked, on_progress=line.progress)
    line.end()
    report = verb.shortcuts(project, asked)
    if options.as_json:
        list_broken(broken)
    seconds = time.monotonic() - started
    return print_result(
        options,
        verb.shortcuts_json(report),
        lambda _: verb.report_lines(report, broken, seconds=seconds),
    )


def _stress_options(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--corruptions",
        type=names,
        help="names or chains (low_light:4+iso_noise:2) with commas (default: the usual ones)",
    )
    command.add_argument(
        "--severities", type=numbers, help="0 to 5 with commas, in this order (default: 3,1,5)"
    )
    command.add_argument("--on", choices=["reference", "field"], help="default: reference if any")
    command.add_argument("--frames", type=count, help="a sample of so many (default: all)")
    command.add_argument("--minutes", type=minutes, help="a sample that takes about so long here")
    command.add_argument("--share", type=share, default=1.0, help="of the frames damaged, 0 to 1")
    command.add_argument("--size", help="short side in pixels: 448 (default) or 224, ImageNet-C's")
    command.add_argument(
        "--trained-with", type=names, help="damages it was trained with: scored apart, remembered"
    )
    command.add_argument(
        "--hard-set", help="a frozen hard-case set beside clean and corrupted (default: marked now)"
    )
    command.add_argument("--seed", type=int, default=0)
    within_option(command)
    holdout_options(command)
    command.add_argument(
        "--shortcuts", action="store_true",
        help="instead of conditions: which cue carries the answer?",
    )  # fmt: skip
