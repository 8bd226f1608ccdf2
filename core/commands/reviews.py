"""Decisions and their backups."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from core import workflows
from core.commands.options import command, count, day, project_of
from core.commands.printing import print_result
from core.errors import FieldcheckError

HISTORY_LINES = 100  # a page of it


def add(commands: Any) -> None:
    """reviews, backups."""
    reviews = command(
        commands,
        "reviews",
        _reviews,
        "list decisions, undo some, merge another laptop's, how far looks agree",
    )
    reviews.add_argument("verb", choices=["list", "history", "undo", "merge", "agreement"])
    reviews.add_argument("other", type=Path, nargs="?", help="with merge: the other fieldcheck.db")
    undo = reviews.add_argument_group("with undo (without these: your newest decision)")
    which = undo.add_mutually_exclusive_group()
    which.add_argument("--to", metavar="ID", help="go back to just after this review")
    which.add_argument("--one", metavar="ID", help="only this review, whosever it is")
    which.add_argument("--back", action="store_true", help="your last undo, all of it")
    undo.add_argument("--everyone", action="store_true", help="with --to: not only your own")
    undo.add_argument("--preview", action="store_true", help="say what would go; change nothing")
    shown = reviews.add_argument_group("with history")
    shown.add_argument("--reviewer")
    shown.add_argument("--day", type=day, help="such as 2026-03-02")
    shown.add_argument("--class", dest="label", metavar="CLASS")
    shown.add_argument("--frame", default="", help="part of a path, or how a content hash begins")
    shown.add_argument("--page", type=count, default=1)

    copies = command(commands, "backups", _backups, "list the project's backups, or put one back")
    copies.add_argument("verb", choices=["list", "restore"])
    copies.add_argument("name", nargs="?", help="with restore: its name in the list")


def _reviews(options: argparse.Namespace) -> int:
    if (options.verb == "merge") != (options.other is not None):
        raise FieldcheckError("Name the other database with merge, and only there.")
    project = project_of(options)
    if options.verb == "history":
        return _history(options, project)
    if options.verb == "undo" and (options.to or options.one or options.back or options.preview):
        return _undo(options, project)
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


def _history(options: argparse.Namespace, project: Any) -> int:
    verb = workflows.history
    found = verb.history(
        project, reviewer=options.reviewer, day=options.day, label=options.label,
        frame=options.frame, page=options.page, a_page=HISTORY_LINES,
    )  # fmt: skip
    told = verb.history_json(found)
    return print_result(options, told, verb.history_lines)


def _undo(options: argparse.Namespace, project: Any) -> int:
    verb = workflows.history
    if options.to:
        found = verb.preview_to(project, options.to, everyone=options.everyone)
    elif options.one:
        found = verb.preview_these(project, options.one)
    else:
        found = verb.preview_last(project, of_undo=options.back)
    done = 0 if options.preview else verb.take_back(project, found)
    row = {
        "named": list(found.names), "done": done, "sentence": found.sentence,
        "staying": found.staying,
    }  # fmt: skip
    return print_result(
        options, row, lambda told: [line for line in (told["sentence"], told["staying"]) if line]
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
