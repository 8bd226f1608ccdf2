"""Accuracy by slice, and thresholds for rare classes."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from core import workflows
from core.commands.options import command, project_of, share, within_option
from core.commands.printing import print_result
from core.errors import FieldcheckError


def add(commands: Any) -> None:
    """slices, thresholds."""
    _slices_options(command(commands, "slices", _slices, "accuracy per value of a column"))
    _thresholds_options(
        command(commands, "thresholds", _thresholds, "name rare classes sooner, and the price")
    )


def _slices(options: argparse.Namespace) -> int:
    if not (options.by or options.pairs or options.blind_spots):
        raise FieldcheckError("Say what to cut by: --by COLUMN, --pairs or --blind-spots.")
    project = project_of(options)
    spots = workflows.weak_spots
    if options.blind_spots:
        found = spots.weak_spots(project)
        rows = workflows.slices.rows_json(found.table)
        return print_result(options, rows, lambda _: spots.report_lines(found))
    if options.pairs:
        table = spots.pairs(project, by=options.by)
        return print_result(
            options, workflows.slices.rows_json(table), lambda _: spots.lines(table)
        )
    report = workflows.slices.slices(project, by=options.by)
    return print_result(
        options,
        workflows.slices.slices_json(report),
        lambda _: [s.headline + " " + s.next_step for s in (report.headline, *report.statements)],
    )


def _thresholds(options: argparse.Namespace) -> int:
    if options.sidecar and not options.out:
        raise FieldcheckError("--sidecar needs --out FILE: the file to write.")
    project = project_of(options)
    if options.training is not None:
        workflows.training_list.set_training_list(project, options.training)
    verb = workflows.thresholds
    report = verb.thresholds(project, recall=options.recall, seed=options.seed)
    data = verb.thresholds_json(report)
    lines = verb.report_lines(report)
    if options.out:
        content = verb.sidecar_json(project, report) if options.sidecar else data
        lines.append(f"Written: {verb.write_thresholds(content, options.out)}")
    return print_result(options, data, lambda _: lines)


def _slices_options(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--by", help="class, camera, hour, day, brightness_third or another column"
    )
    command.add_argument("--pairs", action="store_true", help="every pair of values of two columns")
    command.add_argument(
        "--blind-spots", action="store_true", help="what is surely 20 points behind or may be"
    )
    within_option(command)


def _thresholds_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("--recall", type=share, help="share of each class to find, 0 to 1")
    command.add_argument("--training", type=Path, help="what it was trained on: table or folders")
    command.add_argument("--seed", type=int, default=0, help="which clips are kept for the test")
    command.add_argument("--out", type=Path, help="write the thresholds here (JSON)")
    command.add_argument("--sidecar", action="store_true", help="write --out as a NAME.model.json")
    within_option(command)
