"""Labels given elsewhere: looked at, brought in, taken back."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from core import workflows
from core.commands.options import command, project_of
from core.commands.printing import print_result
from core.errors import FieldcheckError

FORMATS = "csv, jsonl, parquet, coco, label-studio, fiftyone or class-folders"


def add(commands: Any) -> None:
    """import."""
    bring = command(
        commands, "import", _import, "bring labels in from a table, COCO, Label Studio or FiftyOne"
    )
    bring.add_argument("path", type=Path, nargs="?", help="a file, or a folder with class folders")
    bring.add_argument("--format", help=f"{FORMATS} (default: looks)")
    bring.add_argument("--preview", action="store_true", help="say what would happen, and stop")
    bring.add_argument("--undo", action="store_true", help="take the newest import back")


def _import(options: argparse.Namespace) -> int:
    verb = workflows.importing
    if options.undo == (options.path is not None):
        raise FieldcheckError("Name the file to bring in, or give --undo alone.")
    project = project_of(options)
    if options.undo:
        said = verb.undo(project)
        return print_result(options, {"undone": said}, lambda _: [said])
    found = verb.preview(project, options.path, format_name=options.format)
    new = None if options.preview else verb.bring_in(project, found)
    lines = verb.preview_lines(found)
    if new is not None:
        lines.append(verb.brought_words(found, new))
    return print_result(options, verb.preview_json(found, new=new), lambda _: lines)
