"""The command line: the same verbs as the pages. Exit 0 fine, 1 a rule fired, 2 bad input."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from core.commands import (
    cameras,
    confidence,
    dial,
    doctor,
    export,
    hard_cases,
    importing,
    label_doubts,
    queues,
    reviews,
    scoring,
    sessions,
    similar,
    slices,
    starting,
    stress,
)
from core.errors import FieldcheckError

IN_ORDER = (
    starting, scoring, dial, stress, slices, confidence, label_doubts, similar, queues, reviews,
    sessions, hard_cases, export, importing, doctor, cameras,
)  # fmt: skip
"""The commands as `fieldcheck --help` lists them; each module's `add` brings its own."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except FieldcheckError as error:
        print(f"fieldcheck: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        return 0
    except KeyboardInterrupt:
        print("fieldcheck: stopped; what was done is kept.", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="fieldcheck",
        description="Shows how an image classifier fails in the field, and gathers what mends it.",
    )
    parser.set_defaults(run=starting.run_app, port=None, no_window=False, project=None)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    for module in IN_ORDER:
        module.add(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
