"""Saved queues and how queues are mixed."""

from __future__ import annotations

import argparse
from typing import Any

from core import workflows
from core.commands.options import command, count, project_of, share, within_option
from core.commands.printing import print_result
from core.errors import FieldcheckError

SHARES = ("audit", "blind", "second")


def add(commands: Any) -> None:
    """queues."""
    queues = command(
        commands, "queues", _queues, "saved queues and their progress; how queues are mixed"
    )
    queues.add_argument("verb", choices=["list", "show", "save", "bring-in", "drop", "mix"])
    queues.add_argument("name", nargs="?", help="of the queue; all but list and mix want it")
    queues.add_argument("--order", help="with save: " + ", ".join(_orders()))
    queues.add_argument("--first", type=count, help="with save: only so many frames")
    for name, what in zip(
        SHARES,
        (
            "frames drawn by lot, 0 to 0.5",
            "of all frames asked with the answer hidden, 0 to 1",
            "settled frames shown once more, 0 to 0.2",
        ),
        strict=True,
    ):
        queues.add_argument(f"--{name}", type=share, help=f"with mix or save: {what}")
    within_option(queues)


def _orders() -> tuple[str, ...]:
    return ("suspicious", "least_sure", "not_sure", "planned", "newest", "random")


def _queues(options: argparse.Namespace) -> int:
    if (options.verb in ("list", "mix")) != (options.name is None):
        raise FieldcheckError("Name the queue with show, save, bring-in and drop, and only there.")
    project = project_of(options)
    if options.verb == "mix":
        return _mix(options, project)
    verb = workflows.saved_queues
    if options.verb == "list":
        rows = [verb.queue_json(project, saved) for saved in verb.saved_queues(project)]
        return print_result(options, rows, lambda found: verb.queue_lines(project, found))
    if options.verb == "drop":
        verb.drop_queue(project, options.name)
        return print_result(options, {"dropped": options.name}, lambda row: [_dropped(row)])
    if options.verb == "save":
        saved = verb.save_queue(
            project, options.name, order=options.order or "suspicious", first=options.first,
            audit=options.audit, blind=options.blind,
        )  # fmt: skip
    else:
        saved = verb.saved_queue(project, options.name)
    if options.verb == "bring-in":
        verb.bring_in(project, saved)
    found = verb.queue_json(project, saved, with_frames=True)
    return print_result(options, found, lambda row: verb.queue_lines(project, [row]))


def _dropped(row: dict[str, str]) -> str:
    return f"Dropped: {row['dropped']}. Its frames and every decision stay."


def _mix(options: argparse.Namespace, project: Any) -> int:
    verb = workflows.queue_shares
    shares = verb.set_shares(project, **{name: getattr(options, name) for name in SHARES})
    return print_result(
        options,
        verb.shares_json(shares),
        lambda row: [f"{name}: {value:.0%}" for name, value in row.items()],
    )
