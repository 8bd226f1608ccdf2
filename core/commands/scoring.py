"""Read frames and let the model answer them."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from core import workflows
from core.commands.options import (
    MODEL_OPTIONS,
    command,
    hours,
    model_options,
    project_of,
    refuse_lonely,
    spec_of,
)
from core.commands.printing import ProgressLine, print_result
from core.errors import FieldcheckError


def add(commands: Any) -> None:
    """score."""
    score = command(commands, "score", _score, "read frames and let the model answer them")
    score.add_argument("--frames", type=Path, help="folder of field frames")
    score.add_argument("--reference", type=Path, help="folder of labelled reference frames")
    score.add_argument("--metadata", type=Path, help="CSV or COCO (.json), joined by path")
    score.add_argument(
        "--pattern", help="what names say, such as {camera}_{date}_{time} or {site}/{anything}"
    )
    score.add_argument("--title", help="name of the project")
    score.add_argument(
        "--day-hours", type=hours, help="from when to when it is day by the clock (default: 7-19)"
    )
    score.add_argument(
        "--hemisphere", choices=["north", "south"], help="for the seasons (default: north)"
    )
    model_options(score)


def _score(options: argparse.Namespace) -> int:
    if (options.model is None) != (options.frames is None):
        raise FieldcheckError("Give both --model FILE and --frames DIR, or neither.")
    if options.model and options.frames:
        project = workflows.projects.create_project(
            model=options.model,
            spec=spec_of(options),
            field=options.frames,
            reference=options.reference,
            metadata=options.metadata,
            pattern=options.pattern,
            folder=options.project,
            title=options.title,
        )
    else:
        refuse_lonely(options, "reference", "metadata", "pattern", "title", *MODEL_OPTIONS)
        project = project_of(options)
    workflows.choices.set_clock(
        project,
        day_hours=options.day_hours,
        is_southern={"north": False, "south": True}.get(options.hemisphere),
    )
    line = ProgressLine()
    seconds = workflows.scoring.prepare(project, on_phase=line.phase, on_progress=line.progress)
    line.end()
    return print_result(
        options,
        workflows.scoring.score_report(project, seconds=seconds),
        workflows.scoring.report_lines,
    )
