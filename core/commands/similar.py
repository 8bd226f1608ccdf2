"""What else looks like a picture."""

from __future__ import annotations

import argparse
from typing import Any

from core import workflows
from core.commands.options import command, count, project_of, within_option
from core.commands.printing import ProgressLine, print_result


def add(commands: Any) -> None:
    """similar."""
    one = command(commands, "similar", _similar, "frames that look like a picture, copies first")
    one.add_argument("pictures", nargs="+", metavar="PICTURE",
                     help="a picture file, or a frame's content hash or its beginning")  # fmt: skip
    one.add_argument("--count", type=count, default=workflows.similar.COUNT)
    one.add_argument("--clips", choices=list(workflows.similar.CLIPS), default="others",
                     help="frames of its own clip too, or one of each other clip")  # fmt: skip
    one.add_argument("--on", choices=["field", "reference"], default="", help="only this folder")
    one.add_argument("--labelled", action="store_true", help="only frames with a label")
    one.add_argument("--label", default="", help="only frames of this label")
    one.add_argument("--exact", action="store_true", help="measure all; slower, beyond doubt")
    within_option(one)


def _similar(options: argparse.Namespace) -> int:
    project, verb = project_of(options), workflows.similar
    line = ProgressLine()
    line.phase("Making them comparable")
    verb.prepare(project, on_progress=line.progress)
    line.end()
    like, pictures = verb.asked(project, [str(text) for text in options.pictures])
    found = verb.similar(
        project,
        like,
        pictures=pictures,
        count=options.count,
        clips=options.clips,
        folder=options.on,
        is_labelled=options.labelled,
        label=options.label,
        is_exact=options.exact,
    )
    return print_result(options, verb.similar_json(found), lambda _: verb.report_lines(found))
