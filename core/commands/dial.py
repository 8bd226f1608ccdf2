"""One picture under chosen damages, and the damages there are."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from core import workflows
from core.commands.options import (
    MODEL_OPTIONS,
    command,
    model_options,
    project_of,
    refuse_lonely,
    spec_of,
)
from core.commands.printing import print_result
from core.errors import FieldcheckError
from core.records import Chain


def add(commands: Any) -> None:
    """dial, corruptions."""
    one = command(commands, "dial", _dial, "damage one picture and ask the model")
    one.add_argument("picture", type=Path)
    one.add_argument("--corruption", help="a name from `fieldcheck corruptions`")
    one.add_argument("--severity", type=float, help="0 to 5, of --corruption")
    one.add_argument("--chain", help="up to three in order: low_light:3+motion_blur:2")
    one.add_argument("--preset", help="Dusk, Night, Rain ... or one kept in the project")
    one.add_argument("--size", help="short side in pixels: 448 (default) or 224, ImageNet-C's")
    one.add_argument("--seed", type=int, default=0)
    one.add_argument("--out", type=Path, help="write the damaged picture here (PNG)")
    model_options(one)

    command(commands, "corruptions", _corruptions, "list the corruptions")


def _dial(options: argparse.Namespace) -> int:
    project = None
    if options.model:
        classifier = workflows.models.open_model(options.model, spec_of(options))
    else:
        refuse_lonely(options, *MODEL_OPTIONS)
        project = project_of(options)
        classifier = workflows.models.classifier_of(project)
    report, image = workflows.dial.dial_report(
        classifier,
        options.picture,
        chain=_chain(options),
        seed=options.seed,
        project=project,
        short_side=workflows.dial.checked_size(options.size or ""),
    )
    if options.out:
        workflows.dial.write_png(image, options.out)
    return print_result(options, report, workflows.dial.report_lines)


def _chain(options: argparse.Namespace) -> Chain:
    """The conditions named by exactly one of --corruption, --chain and --preset."""
    ways = [options.corruption, options.chain, options.preset]
    if sum(way is not None for way in ways) != 1:
        raise FieldcheckError("Give exactly one of --corruption, --chain and --preset.")
    if options.corruption is None:
        if options.severity is not None:
            raise FieldcheckError("--severity belongs to --corruption; a chain names its own.")
        if options.chain is not None:
            return workflows.dial.parse_chain(options.chain)
        own = None if options.model and not options.project else project_of(options)
        return workflows.presets.preset(options.preset, own).chain
    if options.severity is None:
        raise FieldcheckError("Give --severity too, a number from 0 to 5.")
    return workflows.dial.chain_of([options.corruption], [options.severity])


def _corruptions(options: argparse.Namespace) -> int:
    rows = workflows.dial.corruption_rows()
    return print_result(
        options,
        rows,
        lambda rows: [f"{r['name']:18} {r['title']}: {r['looks_like']}" for r in rows],
    )
