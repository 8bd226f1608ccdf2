"""Hand reviews and pictures over."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from core import workflows
from core.commands.options import command, project_of
from core.commands.printing import ProgressLine, print_result
from core.errors import FieldcheckError

FORMATS = (
    "csv, jsonl or parquet; a folder: class-folders, training-list, yolo, coco, label-studio, "
    "fiftyone, targeted or damaged-copies"
)


def add(commands: Any) -> None:
    """export."""
    out = command(commands, "export", _export, "write reviews to a file, or pictures to a folder")
    out.add_argument(
        "--slice",
        default="reviewed",
        help="reviewed, relabelled, hard-cases, frames or the name of a saved slice",
    )
    out.add_argument("--format", default="csv", help=f"{FORMATS} (default: csv)")
    out.add_argument("--out", type=Path, help="file or folder (default: in the project's exports)")
    out.add_argument("--link", action="store_true", help="folders: link pictures, do not copy them")
    out.add_argument("--seed", type=int, default=0, help="of every draw by lot (default 0)")
    out.add_argument("--condition", help="damaged-copies: such as low_light:3+iso_noise:2")
    out.add_argument("--variants", type=int, default=3, help="targeted: of each damage (default 3)")
    out.add_argument(
        "--rebuild", type=Path, metavar="MANIFEST", help="damaged pictures again, in --out"
    )


def _export(options: argparse.Namespace) -> int:
    project = project_of(options)
    if options.rebuild:
        return _rebuild(project, options)
    found = workflows.export.export(project, choice=options.slice)
    if options.format in workflows.export.FOLDER_TITLES:
        return _folder(project, found, options)
    path = workflows.export.write_export(
        project, found, format_name=options.format, out=options.out
    )
    return print_result(
        options,
        {"path": str(path), "rows": len(found.table), "slice": found.choice},
        lambda row: [found.sentence, f"Written: {row['path']}"],
    )


def _folder(
    project: workflows.projects.Project,
    found: workflows.export.Export,
    options: argparse.Namespace,
) -> int:
    line = ProgressLine("pictures")
    line.phase("Planning")
    handed = workflows.export_made.plan(
        project,
        found,
        options.format,
        is_linked=options.link,
        seed=options.seed,
        condition=options.condition,
        variants=options.variants,
        on_progress=line.progress,
    )
    line.phase("Writing")
    written = workflows.export_folder.hand_over(
        project, handed, out=options.out, on_progress=line.progress
    )
    line.end()
    lines = workflows.export_folder.written_lines(written)
    return print_result(
        options,
        workflows.export_folder.written_json(written) | {"slice": found.choice},
        lambda _: [handed.sentence, *lines],
    )


def _rebuild(project: workflows.projects.Project, options: argparse.Namespace) -> int:
    if options.out is None:
        raise FieldcheckError("Give --out DIR too: the folder to make the pictures again in.")
    verb = workflows.export_made
    line = ProgressLine("pictures")
    line.phase("Making them again")
    found = verb.rebuild(project, options.rebuild, out=options.out, on_progress=line.progress)
    line.end()
    print_result(options, verb.rebuilt_json(found), lambda _: verb.rebuilt_lines(found))
    return 1 if found.differs else 0
