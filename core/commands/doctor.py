"""A quick verdict on a few pictures; the installation and the model's settings examined."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from core import workflows
from core.commands.options import command, count, project_of
from core.commands.printing import ProgressLine, print_result
from core.errors import FieldcheckError


def add(commands: Any) -> None:
    """check, doctor."""
    check = command(commands, "check", _check, "a quick verdict on a few pictures")
    check.add_argument("pictures", type=Path, nargs="+")

    doctor = command(commands, "doctor", _doctor, "check the installation and the model's settings")
    choice = doctor.add_mutually_exclusive_group()
    choice.add_argument("--adopt", action="store_true", help="use the better setting, if confirmed")
    choice.add_argument("--take-back", action="store_true", help="undo what --adopt did")
    doctor.add_argument("--frames", type=count, help="a sample of so many (default: at most 240)")
    doctor.add_argument(
        "--fail-on", choices=["confirmed", "suspected"], help="exit 1 from this state on"
    )


def _check(options: argparse.Namespace) -> int:
    # the whole path: its class folder is the label
    files = [(path.as_posix(), path.read_bytes()) for path in options.pictures if path.is_file()]
    missing = [path for path in options.pictures if not path.is_file()]
    if missing:
        raise FieldcheckError(f"There is no file {missing[0]}. Check the spelling.")
    found = workflows.quick_check.quick_check(project_of(options), files)
    report = {
        "headline": found.headline.headline,
        "next_step": found.headline.next_step,
        "details": list(found.details),
        "broken": list(found.broken),
    }
    return print_result(
        options, report, lambda row: [row["headline"], row["next_step"], *row["details"]]
    )


def _doctor(options: argparse.Namespace) -> int:
    checks = workflows.installation.check_installation()
    report: dict[str, Any] = {
        "installation": workflows.installation.installation_json(checks),
        "preprocessing": None,
        "note": None,
        "adopted": None,
    }
    lines = workflows.installation.check_lines(checks)
    try:
        lines += _examine(options, project_of(options), report)
    except FieldcheckError as error:
        if options.adopt or options.take_back:
            raise
        report["note"] = str(error)  # nothing to examine is no reason to hide the installation
        lines.append(str(error))
    print_result(options, report, lambda _: lines)
    return int(_fires(options.fail_on, report, all(check.is_fine for check in checks)))


def _examine(
    options: argparse.Namespace, project: workflows.projects.Project, report: dict[str, Any]
) -> list[str]:
    """Fill in what the doctor says of a project's settings; the same in words."""
    verb = workflows.doctor
    if options.take_back:
        verb.take_back(project)
        return ["Taken back: the model is read again as its own description says."]
    line = ProgressLine("questions")
    found = verb.check_settings(
        project, frames=options.frames, on_phase=line.phase, on_progress=line.progress
    )
    line.end()
    assert found is not None  # only a Stop gives none
    said, better = verb.headline(found), verb.advice(found)
    report["preprocessing"] = {
        "headline": said.headline, "next_step": said.next_step, **found,
    }  # fmt: skip
    lines = verb.report_lines(found)
    if options.adopt and better is not None and found["state"] == "confirmed":
        verb.adopt(project, better)
        lines.append("Taken over. `fieldcheck score` answers the frames anew.")
    elif options.adopt:
        lines.append("Nothing was taken over: no other setting is clearly better.")
    report["adopted"] = verb.adopted(project)
    return lines


def _fires(rule: str | None, report: dict[str, Any], is_installed: bool) -> bool:
    if rule is None:
        return False
    state = (report["preprocessing"] or {}).get("state")
    return not is_installed or state == "confirmed" or (rule == state == "suspected")
