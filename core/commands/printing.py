"""How commands answer: JSON or sentences on stdout, progress and trouble on stderr."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

from core.records import BrokenFrame


def print_result(options: argparse.Namespace, data: Any, lines: Callable[[Any], list[str]]) -> int:
    """Print `data` as JSON, or what `lines` makes of it; exit code 0."""
    if options.as_json:
        # ASCII, because pipes on Windows are not UTF-8; a nan would make the output no JSON at all.
        print(json.dumps(data, indent=1, allow_nan=False))
    else:
        print("\n".join(lines(data)))
    return 0


class ProgressLine:
    """One line on stderr that counts, with the time left."""

    def __init__(self, what: str = "frames") -> None:
        self.what = what
        self.name, self.started, self.first, self.shown = "", 0.0, -1, 0.0

    def phase(self, name: str) -> None:
        """A new line under this name."""
        self.end()
        self.name, self.first = name, -1

    def progress(self, done: int, total: int) -> None:
        """Show `done` of `total`, at most five times a second."""
        now = time.monotonic()
        if self.first < 0:
            self.first, self.started = done, now
        if now - self.shown < 0.2 and done != total:
            return
        self.shown = now
        pace = (done - self.first) / max(now - self.started, 1e-6)
        left = f", about {round((total - done) / pace)} s left" if pace > 0 and done < total else ""
        print(f"\r{self.name}: {done} of {total} {self.what}{left}   ", end="", file=sys.stderr)

    def end(self) -> None:
        """Close the line, if one was shown."""
        if self.shown:
            print(file=sys.stderr)
            self.shown = 0.0


def list_broken(broken: Sequence[BrokenFrame]) -> None:
    """What was left out and why, on stderr."""
    for item in broken:
        print(f"left out: {item.folder.value}/{item.path}: {item.reason}", file=sys.stderr)
