"""Hand reviews over."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from core import workflows
from core.commands.options import command, project_of
from core.commands.printing import print_result


def add(commands: Any) -> None:
    """export."""
    out = command(commands, "export", _export, "write reviews to a file")
    out.add_argument(
        "--slice",
        default="reviewed",
        help="reviewed, relabelled, hard-cases, frames or the name of a saved slice",
    )
    out.add_argument("--format", default="csv", help="csv or jsonl")
    out.add_argument("--out", type=Path, help="file (default: in the project's exports folder)")


def _export(options: argparse.Namespace) -> int:
    project = project_of(options)
    found = workflows.export.export(project, choice=options.slice)
    path = workflows.export.write_export(
        project, found, format_name=options.format, out=options.out
    )
    return print_result(
        options,
        {"path": str(path), "rows": len(found.table), "slice": found.choice},
        lambda row: [found.sentence, f"Written: {row['path']}"],
    )
