"""Decisions and their backups."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from core import workflows
from core.commands.options import command, project_of
from core.commands.printing import print_result
from core.errors import FieldcheckError


def add(commands: Any) -> None:
    """reviews, backups."""
    reviews = command(
        commands,
        "reviews",
        _reviews,
        "list decisions, undo the last, merge another laptop's, how far looks agree",
    )
    reviews.add_argument("verb", choices=["list", "undo", "merge", "agreement"])
    reviews.add_argument("other", type=Path, nargs="?", help="with merge: the other fieldcheck.db")

    copies = command(commands, "backups", _backups, "list the project's backups, or put one back")
    copies.add_argument("verb", choices=["list", "restore"])
    copies.add_argument("name", nargs="?", help="with restore: its name in the list")


def _reviews(options: argparse.Namespace) -> int:
    if (options.verb == "merge") != (options.other is not None):
        raise FieldcheckError("Name the other database with merge, and only there.")
    project = project_of(options)
    if options.verb == "undo":
        undone = workflows.queue.undo_last(project)
        return print_result(
            options,
            {"id": undone.id, "undoes": undone.undoes, "content_hash": undone.content_hash},
            lambda row: [f"Taken back: {row['undoes']}"],
        )
    if options.verb == "agreement":
        looks = workflows.agreement
        told = looks.agreement(project)
        return print_result(
            options, looks.agreement_json(told), lambda _: looks.agreement_lines(told)
        )
    if options.verb == "merge":
        verb = workflows.merging
        found = verb.merge(project, options.other)
        return print_result(options, verb.merge_json(found), lambda _: verb.merge_lines(found))
    return print_result(
        options, workflows.queue.reviews_list(project), workflows.queue.review_lines
    )


def _backups(options: argparse.Namespace) -> int:
    if (options.verb == "restore") != (options.name is not None):
        raise FieldcheckError("Name the backup with restore, and only there.")
    verb = workflows.backups
    project = workflows.projects.project_to_restore(options.project)
    if options.verb == "restore":
        done = verb.restore(project, options.name)
        return print_result(options, {"restored": options.name, "sentence": done}, lambda _: [done])
    return print_result(options, verb.backups_json(project), lambda _: verb.backup_lines(project))
