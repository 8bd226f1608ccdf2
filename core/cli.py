"""The command line: the same verbs as the pages. Exit 0 fine, 1 a rule fired, 2 bad input."""

from __future__ import annotations

import argparse
import dataclasses
import json
import math
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from core import workflows
from core.errors import FieldcheckError, ModelError
from core.records import BrokenFrame, Chain, Folder, InputSpec, ModelSpec

MODEL_OPTIONS = (
    "architecture", "classes", "resize", "interpolation", "crop", "mean", "std", "channels",
)  # fmt: skip


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


# ---- commands ---------------------------------------------------------------------------------


def _run(options: argparse.Namespace) -> int:
    if options.project:
        workflows.projects.open_project(options.project)
    return workflows.starting.run(port=options.port, opens_window=not options.no_window)


def _shortcut(options: argparse.Namespace) -> int:
    path = workflows.starting.write_shortcut(options.to)
    print(f"Written: {path}. Double-click it to start Fieldcheck.")
    return 0


def _score(options: argparse.Namespace) -> int:
    if (options.model is None) != (options.frames is None):
        raise FieldcheckError("Give both --model FILE and --frames DIR, or neither.")
    if options.model and options.frames:
        project = workflows.projects.create_project(
            model=options.model,
            spec=_spec(options),
            field=options.frames,
            reference=options.reference,
            metadata=options.metadata,
            pattern=options.pattern,
            folder=options.project,
            title=options.title,
        )
    else:
        _refuse_lonely(options, "reference", "metadata", "pattern", "title", *MODEL_OPTIONS)
        project = _project(options)
    workflows.choices.set_clock(
        project,
        day_hours=options.day_hours,
        is_southern={"north": False, "south": True}.get(options.hemisphere),
    )
    line = _ProgressLine()
    seconds = workflows.scoring.prepare(project, on_phase=line.phase, on_progress=line.progress)
    line.end()
    return _print(
        options,
        workflows.scoring.score_report(project, seconds=seconds),
        workflows.scoring.report_lines,
    )


def _dial(options: argparse.Namespace) -> int:
    project = None
    if options.model:
        classifier = workflows.models.open_model(options.model, _spec(options))
    else:
        _refuse_lonely(options, *MODEL_OPTIONS)
        project = _project(options)
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
    return _print(options, report, workflows.dial.report_lines)


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
        own = None if options.model and not options.project else _project(options)
        return workflows.presets.preset(options.preset, own).chain
    if options.severity is None:
        raise FieldcheckError("Give --severity too, a number from 0 to 5.")
    return workflows.dial.chain_of([options.corruption], [options.severity])


def _refuse_lonely(options: argparse.Namespace, *names: str) -> None:
    """Options that would be ignored without --model are a mistake, not a wish."""
    lonely = [f"--{name}" for name in names if getattr(options, name) is not None]
    if lonely:
        raise FieldcheckError(f"{', '.join(lonely)}: give --model FILE too; nothing was changed.")


def _stress(options: argparse.Namespace) -> int:
    if options.shortcuts:
        return _shortcut_exam(options)
    project = _project(options)
    for wish, run in HOLDOUT_VERBS.items():
        if getattr(options, wish) is not None:
            return run(project, options)
    if options.name or options.out:
        raise FieldcheckError("--name and --out go with --write-holdout or --rebuild-holdout.")
    verb = workflows.stress
    asked = verb.plan(
        project,
        corruptions=verb.USUAL if options.corruptions is None else options.corruptions,
        severities=verb.SEVERITIES if options.severities is None else options.severities,
        folder=Folder(options.on) if options.on else None,
        frames=options.frames,
        seed=options.seed,
        share=options.share,
        short_side=workflows.dial.checked_size(options.size or ""),
    )
    if options.minutes is not None:
        fitting = verb.frames_in(project, asked, minutes=options.minutes)
        asked = dataclasses.replace(asked, frames=min(asked.frames, fitting))
    if options.trained_with is not None:
        workflows.trained_with.mark_trained_with(project, options.trained_with)
    line = _ProgressLine("pictures")
    line.phase("Damaging frames and asking the model")
    started = time.monotonic()
    broken = verb.sweep(project, asked, on_progress=line.progress)
    line.end()
    report = verb.stress(project, asked)
    if options.as_json:
        _list_broken(broken)
    seconds = time.monotonic() - started
    return _print(
        options,
        verb.stress_json(report),
        lambda _: verb.report_lines(report, broken, seconds=seconds),
    )


def _write_holdout(project: workflows.projects.Project, options: argparse.Namespace) -> int:
    verb = workflows.holdout
    usual = workflows.stress
    asked = verb.ask(
        project,
        share=verb.parse_share(options.write_holdout),
        corruptions=usual.USUAL if options.corruptions is None else options.corruptions,
        severities=usual.SEVERITIES if options.severities is None else options.severities,
        folder=Folder(options.on) if options.on else None,
        seed=options.seed,
    )
    line = _ProgressLine("pictures")
    line.phase("Writing the locked test set")
    found = verb.write_holdout(
        project, asked, name=options.name, out=options.out, on_progress=line.progress
    )
    line.end()
    _print(options, verb.holdout_json(found), lambda _: verb.written_lines(found))
    return 0 if found.made.is_finished else 1


def _rebuild_holdout(project: workflows.projects.Project, options: argparse.Namespace) -> int:
    if options.out is None:
        raise FieldcheckError("Give --out DIR too: the folder to rebuild the test set in.")
    verb = workflows.holdout
    line = _ProgressLine("pictures")
    line.phase("Rebuilding the locked test set")
    found = verb.rebuild_holdout(
        project, options.rebuild_holdout, out=options.out, on_progress=line.progress
    )
    line.end()
    _print(options, verb.holdout_json(found), lambda _: verb.rebuilt_lines(found))
    return 0 if found.made.is_finished else 1


def _list_holdouts(project: workflows.projects.Project, options: argparse.Namespace) -> int:
    rows = workflows.holdout.holdouts(project)
    return _print(
        options,
        rows,
        lambda rows: (
            [workflows.holdout.holdout_line(row) for row in rows] or ["No test set is locked."]
        ),
    )


def _unlock_holdout(project: workflows.projects.Project, options: argparse.Namespace) -> int:
    said = workflows.holdout.unlock(project, options.unlock_holdout)
    return _print(options, {"unlocked": options.unlock_holdout}, lambda _: [said])


HOLDOUT_VERBS: dict[str, Callable[[workflows.projects.Project, argparse.Namespace], int]] = {
    "write_holdout": _write_holdout,
    "rebuild_holdout": _rebuild_holdout,
    "list_holdouts": _list_holdouts,
    "unlock_holdout": _unlock_holdout,
}
"""What `fieldcheck stress` does instead of a sweep, by the option that asks for it."""


def _shortcut_exam(options: argparse.Namespace) -> int:
    if options.corruptions is not None or options.severities is not None:
        raise FieldcheckError("--shortcuts has changes of its own: leave out the conditions.")
    project = _project(options)
    verb = workflows.shortcuts
    asked = verb.exam(
        project,
        folder=Folder(options.on) if options.on else None,
        frames=options.frames,
        seed=options.seed,
    )
    line = _ProgressLine()
    line.phase("Changing frames and asking the model")
    started = time.monotonic()
    broken = verb.take_exam(project, asked, on_progress=line.progress)
    line.end()
    report = verb.shortcuts(project, asked)
    if options.as_json:
        _list_broken(broken)
    seconds = time.monotonic() - started
    return _print(
        options,
        verb.shortcuts_json(report),
        lambda _: verb.report_lines(report, broken, seconds=seconds),
    )


def _list_broken(broken: Sequence[BrokenFrame]) -> None:
    for item in broken:
        print(f"left out: {item.folder.value}/{item.path}: {item.reason}", file=sys.stderr)


def _slices(options: argparse.Namespace) -> int:
    if not (options.by or options.pairs or options.blind_spots):
        raise FieldcheckError("Say what to cut by: --by COLUMN, --pairs or --blind-spots.")
    project = _project(options)
    spots = workflows.weak_spots
    if options.blind_spots:
        found = spots.weak_spots(project)
        rows = workflows.slices.rows_json(found.table)
        return _print(options, rows, lambda _: spots.report_lines(found))
    if options.pairs:
        table = spots.pairs(project, by=options.by)
        return _print(options, workflows.slices.rows_json(table), lambda _: spots.lines(table))
    report = workflows.slices.slices(project, by=options.by)
    return _print(
        options,
        workflows.slices.slices_json(report),
        lambda _: [s.headline + " " + s.next_step for s in (report.headline, *report.statements)],
    )


def _thresholds(options: argparse.Namespace) -> int:
    if options.sidecar and not options.out:
        raise FieldcheckError("--sidecar needs --out FILE: the file to write.")
    project = _project(options)
    if options.training is not None:
        workflows.training_list.set_training_list(project, options.training)
    verb = workflows.thresholds
    report = verb.thresholds(project, recall=options.recall, seed=options.seed)
    data = verb.thresholds_json(report)
    lines = verb.report_lines(report)
    if options.out:
        content = verb.sidecar_json(project, report) if options.sidecar else data
        lines.append(f"Written: {verb.write_thresholds(content, options.out)}")
    return _print(options, data, lambda _: lines)


def _confidence(options: argparse.Namespace) -> int:
    project = _project(options)
    if options.choose is not None:
        workflows.choices.set_sure_threshold(
            project, None if math.isnan(options.choose) else options.choose
        )
    report = workflows.confidence.confidence(project, threshold=options.threshold)
    return _print(
        options,
        workflows.confidence.confidence_json(report),
        lambda _: workflows.confidence.report_lines(report),
    )


def _probes(options: argparse.Namespace) -> int:
    project = _project(options)
    verb = workflows.probes
    if options.folder is not None:
        verb.choose_folder(project, None if options.folder == "none" else options.folder)
    line = _ProgressLine("pictures")
    line.phase("Sitting the exam")
    broken = verb.sit(project, on_progress=line.progress)
    line.end()
    for item in broken:
        print(f"left out: {item}", file=sys.stderr)
    statement, results = verb.probes(project)
    return _print(
        options, verb.probes_json(results), lambda _: verb.report_lines(statement, results)
    )


def _label_doubts(options: argparse.Namespace) -> int:
    project, verb = _project(options), workflows.label_doubts
    folder = Folder(options.on)
    if options.source == "crossed":
        line = _ProgressLine("folds")
        line.phase("Learning anew")
        verb.prepare(project, folder=folder, on_progress=line.progress)
        line.end()
    found = verb.doubts(project, folder=folder, source=options.source)
    return _print(options, verb.doubts_json(found), lambda _: verb.report_lines(found))


def _reviews(options: argparse.Namespace) -> int:
    if (options.verb == "merge") != (options.other is not None):
        raise FieldcheckError("Name the other database with merge, and only there.")
    project = _project(options)
    if options.verb == "undo":
        undone = workflows.queue.undo_last(project)
        return _print(
            options,
            {"id": undone.id, "undoes": undone.undoes, "content_hash": undone.content_hash},
            lambda row: [f"Taken back: {row['undoes']}"],
        )
    if options.verb == "merge":
        verb = workflows.merging
        found = verb.merge(project, options.other)
        return _print(options, verb.merge_json(found), lambda _: verb.merge_lines(found))
    return _print(options, workflows.queue.reviews_list(project), workflows.queue.review_lines)


def _backups(options: argparse.Namespace) -> int:
    if (options.verb == "restore") != (options.name is not None):
        raise FieldcheckError("Name the backup with restore, and only there.")
    verb = workflows.backups
    project = workflows.projects.project_to_restore(options.project)
    if options.verb == "restore":
        done = verb.restore(project, options.name)
        return _print(options, {"restored": options.name, "sentence": done}, lambda _: [done])
    return _print(options, verb.backups_json(project), lambda _: verb.backup_lines(project))


def _export(options: argparse.Namespace) -> int:
    project = _project(options)
    found = workflows.export.export(project, choice=options.slice)
    path = workflows.export.write_export(
        project, found, format_name=options.format, out=options.out
    )
    return _print(
        options,
        {"path": str(path), "rows": len(found.table), "slice": found.choice},
        lambda row: [found.sentence, f"Written: {row['path']}"],
    )


def _corruptions(options: argparse.Namespace) -> int:
    rows = workflows.dial.corruption_rows()
    return _print(
        options,
        rows,
        lambda rows: [f"{r['name']:18} {r['title']}: {r['looks_like']}" for r in rows],
    )


def _check(options: argparse.Namespace) -> int:
    # the whole path: its class folder is the label
    files = [(path.as_posix(), path.read_bytes()) for path in options.pictures if path.is_file()]
    missing = [path for path in options.pictures if not path.is_file()]
    if missing:
        raise FieldcheckError(f"There is no file {missing[0]}. Check the spelling.")
    found = workflows.quick_check.quick_check(_project(options), files)
    report = {
        "headline": found.headline.headline,
        "next_step": found.headline.next_step,
        "details": list(found.details),
        "broken": list(found.broken),
    }
    return _print(options, report, lambda row: [row["headline"], row["next_step"], *row["details"]])


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
        lines += _examine(options, _project(options), report)
    except FieldcheckError as error:
        if options.adopt or options.take_back:
            raise
        report["note"] = str(error)  # nothing to examine is no reason to hide the installation
        lines.append(str(error))
    _print(options, report, lambda _: lines)
    return int(_fires(options.fail_on, report, all(check.is_fine for check in checks)))


def _examine(
    options: argparse.Namespace, project: workflows.projects.Project, report: dict[str, Any]
) -> list[str]:
    """Fill in what the doctor says of a project's settings; the same in words."""
    verb = workflows.doctor
    if options.take_back:
        verb.take_back(project)
        return ["Taken back: the model is read again as its own description says."]
    line = _ProgressLine("questions")
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


# ---- options ----------------------------------------------------------------------------------


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="fieldcheck",
        description="Shows how an image classifier fails in the field, and gathers what mends it.",
    )
    parser.set_defaults(run=_run, port=None, no_window=False, project=None)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")

    run = _command(commands, "run", _run, "open the app (also without a command)", has_json=False)
    run.add_argument("--port", type=int, help="default: the first free one from 8501")
    run.add_argument("--no-window", action="store_true", help="only serve; open no window")

    shortcut = _command(
        commands, "shortcut", _shortcut, "write a launcher to double-click", has_json=False
    )
    shortcut.add_argument("--to", type=Path, help="folder (default: the desktop)")

    score = _command(commands, "score", _score, "read frames and let the model answer them")
    score.add_argument("--frames", type=Path, help="folder of field frames")
    score.add_argument("--reference", type=Path, help="folder of labelled reference frames")
    score.add_argument("--metadata", type=Path, help="CSV or COCO (.json), joined by path")
    score.add_argument(
        "--pattern", help="what names say, such as {camera}_{date}_{time} or {site}/{anything}"
    )
    score.add_argument("--title", help="name of the project")
    score.add_argument(
        "--day-hours", type=_hours, help="from when to when it is day by the clock (default: 7-19)"
    )
    score.add_argument(
        "--hemisphere", choices=["north", "south"], help="for the seasons (default: north)"
    )
    _model_options(score)

    one = _command(commands, "dial", _dial, "damage one picture and ask the model")
    one.add_argument("picture", type=Path)
    one.add_argument("--corruption", help="a name from `fieldcheck corruptions`")
    one.add_argument("--severity", type=float, help="0 to 5, of --corruption")
    one.add_argument("--chain", help="up to three in order: low_light:3+motion_blur:2")
    one.add_argument("--preset", help="Dusk, Night, Rain ... or one kept in the project")
    one.add_argument("--size", help="short side in pixels: 448 (default) or 224, ImageNet-C's")
    one.add_argument("--seed", type=int, default=0)
    one.add_argument("--out", type=Path, help="write the damaged picture here (PNG)")
    _model_options(one)

    _stress_options(_command(commands, "stress", _stress, "many frames under many conditions"))
    _slices_options(_command(commands, "slices", _slices, "accuracy per value of a column"))
    _thresholds_options(
        _command(commands, "thresholds", _thresholds, "name rare classes sooner, and the price")
    )

    sure = _command(commands, "confidence", _confidence, "how far confidence can be trusted")
    _confidence_options(sure)

    exam = _command(commands, "probes", _probes, "answers to pictures that show nothing")
    exam.add_argument(
        "--folder", help="also pictures it was never meant to see; none takes them out again"
    )

    _label_doubts_options(
        _command(commands, "label_doubts", _label_doubts, "labels that look wrong")
    )

    _decisions_options(commands)

    out = _command(commands, "export", _export, "write reviews to a file")
    out.add_argument(
        "--slice",
        default="reviewed",
        help="reviewed, relabelled, hard-cases, frames or the name of a saved slice",
    )
    out.add_argument("--format", default="csv", help="csv or jsonl")
    out.add_argument("--out", type=Path, help="file (default: in the project's exports folder)")

    check = _command(commands, "check", _check, "a quick verdict on a few pictures")
    check.add_argument("pictures", type=Path, nargs="+")

    _command(commands, "corruptions", _corruptions, "list the corruptions")

    doctor = _command(
        commands, "doctor", _doctor, "check the installation and the model's settings"
    )
    choice = doctor.add_mutually_exclusive_group()
    choice.add_argument("--adopt", action="store_true", help="use the better setting, if confirmed")
    choice.add_argument("--take-back", action="store_true", help="undo what --adopt did")
    doctor.add_argument("--frames", type=_count, help="a sample of so many (default: at most 240)")
    doctor.add_argument(
        "--fail-on", choices=["confirmed", "suspected"], help="exit 1 from this state on"
    )
    return parser


def _decisions_options(commands: Any) -> None:
    reviews = _command(
        commands, "reviews", _reviews, "list decisions, undo the last, or merge another laptop's"
    )
    reviews.add_argument("verb", choices=["list", "undo", "merge"])
    reviews.add_argument("other", type=Path, nargs="?", help="with merge: the other fieldcheck.db")

    copies = _command(commands, "backups", _backups, "list the project's backups, or put one back")
    copies.add_argument("verb", choices=["list", "restore"])
    copies.add_argument("name", nargs="?", help="with restore: its name in the list")


def _command(
    commands: Any,
    name: str,
    run: Callable[[argparse.Namespace], int],
    about: str,
    *,
    has_json: bool = True,
) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser(name, help=about, description=about)
    command.set_defaults(run=run, as_json=False)
    command.add_argument("--project", type=Path, help="project folder (default: the last opened)")
    if has_json:
        command.add_argument("--json", action="store_true", dest="as_json", help="for machines")
    return command


def _stress_options(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--corruptions",
        type=_names,
        help="names or chains (low_light:4+iso_noise:2) with commas (default: the usual ones)",
    )
    command.add_argument(
        "--severities", type=_numbers, help="0 to 5 with commas, in this order (default: 3,1,5)"
    )
    command.add_argument("--on", choices=["reference", "field"], help="default: reference if any")
    command.add_argument("--frames", type=_count, help="a sample of so many (default: all)")
    command.add_argument("--minutes", type=_minutes, help="a sample that takes about so long here")
    command.add_argument("--share", type=_share, default=1.0, help="of the frames damaged, 0 to 1")
    command.add_argument("--size", help="short side in pixels: 448 (default) or 224, ImageNet-C's")
    command.add_argument(
        "--trained-with", type=_names, help="damages it was trained with: scored apart, remembered"
    )
    command.add_argument("--seed", type=int, default=0)
    _within_option(command)
    _holdout_options(command)
    command.add_argument(
        "--shortcuts", action="store_true",
        help="instead of conditions: which cue carries the answer?",
    )  # fmt: skip


def _holdout_options(command: argparse.ArgumentParser) -> None:
    group = command.add_argument_group(
        "hold-out: a damaged test set that nothing is fitted on; --corruptions takes chains too, "
        "such as low_light+motion_blur:2"
    )
    one = group.add_mutually_exclusive_group()
    one.add_argument(
        "--write-holdout", metavar="SHARE", help="of the labelled frames, such as 10%% or 0.1"
    )
    one.add_argument(
        "--rebuild-holdout", type=Path, metavar="RECIPE", help="make the same bytes again in --out"
    )
    one.add_argument(
        "--list-holdouts", action="store_const", const=True, help="what is locked, and by what"
    )
    one.add_argument("--unlock-holdout", metavar="NAME", help="give its frames free, for good")
    group.add_argument("--name", help="of the hold-out (default: from folder, share and seed)")
    group.add_argument("--out", type=Path, help="folder (default: in the project's holdouts)")


def _slices_options(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--by", help="class, camera, hour, day, brightness_third or another column"
    )
    command.add_argument("--pairs", action="store_true", help="every pair of values of two columns")
    command.add_argument(
        "--blind-spots", action="store_true", help="what is surely 20 points behind or may be"
    )
    _within_option(command)


def _label_doubts_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("--on", choices=["field", "reference"], default="field")
    command.add_argument(
        "--source",
        choices=["crossed", "model"],
        default="crossed",
        help="learnt anew without the frame (default), or the model if it never saw these labels",
    )


def _thresholds_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("--recall", type=_share, help="share of each class to find, 0 to 1")
    command.add_argument("--training", type=Path, help="what it was trained on: table or folders")
    command.add_argument("--seed", type=int, default=0, help="which clips are kept for the test")
    command.add_argument("--out", type=Path, help="write the thresholds here (JSON)")
    command.add_argument("--sidecar", action="store_true", help="write --out as a NAME.model.json")
    _within_option(command)


def _confidence_options(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--threshold", type=_share, help="0 to 1 (default: the chosen one, else 0.99)"
    )
    command.add_argument(
        "--choose",
        type=_mark,
        metavar="MARK",
        help="store it: under it answers read 'not sure'; none shows every answer again",
    )
    _within_option(command)


def _within_option(command: argparse.ArgumentParser) -> None:
    command.add_argument("--within", metavar="SLICE", help="only the frames of this saved slice")


def _model_options(command: argparse.ArgumentParser) -> None:
    group = command.add_argument_group("model, where no .model.json lies beside it")
    group.add_argument("--model", type=Path)
    group.add_argument("--architecture", help="timm:NAME or torchvision:NAME")
    group.add_argument("--classes", help="names in the order of the outputs, with commas")
    group.add_argument("--resize", type=int, help="short side in pixels; 0 leaves the size")
    group.add_argument("--interpolation", choices=["nearest", "bilinear", "bicubic", "lanczos"])
    group.add_argument("--crop", type=int, help="centre square in pixels; 0 leaves the size")
    group.add_argument("--mean", type=_numbers, help="three numbers with commas, 0..1 scale")
    group.add_argument("--std", type=_numbers, help="three numbers with commas, 0..1 scale")
    group.add_argument("--channels", choices=["RGB", "BGR", "L"])


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"'{text}' is not a whole number from 1 up")
    return int(text)


def _hours(text: str) -> tuple[int, int]:
    begins, dash, ends = text.partition("-")
    if not (dash and begins.isdecimal() and ends.isdecimal()):
        raise argparse.ArgumentTypeError(f"'{text}' is not two hours such as 7-19")
    return int(begins), int(ends)


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = math.nan
    if not 0 <= share <= 1:
        raise argparse.ArgumentTypeError(f"'{text}' is not a number from 0 to 1")
    return share


def _mark(text: str) -> float:
    """A share, or nan for "none"."""
    return math.nan if text.strip().lower() == "none" else _share(text)


def _minutes(text: str) -> float:
    try:
        minutes = float(text)
    except ValueError:
        minutes = math.nan
    if not 0 < minutes < math.inf:
        raise argparse.ArgumentTypeError(f"'{text}' is not a number of minutes above 0")
    return minutes


def _numbers(text: str) -> tuple[float, ...]:
    try:
        return tuple(float(part) for part in text.split(","))
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"'{text}' is not numbers with commas") from error


def _spec(options: argparse.Namespace) -> ModelSpec | None:
    """The spec that the options describe over the sidecar's; None leaves it to the sidecar."""
    given = {
        name: getattr(options, name)
        for name in InputSpec.__dataclass_fields__
        if getattr(options, name) is not None
    }
    if not (given or options.architecture or options.classes):
        return None
    base = workflows.models.sidecar_spec(options.model)
    classes = (
        tuple(name.strip() for name in options.classes.split(",")) if options.classes else None
    )
    if base is None and classes is None:
        raise ModelError("Give --classes too: the model's class names in order, with commas.")
    start = base.input if base else workflows.models.usual_input(options.architecture)
    kept = {name: getattr(start, name) for name in InputSpec.__dataclass_fields__}
    merged = {**kept, **given}
    sizes = {name: merged[name] or None for name in ("resize", "crop")}
    return ModelSpec(
        classes=classes or (base.classes if base else ()),
        input=InputSpec(**{**merged, **sizes}),
        architecture=options.architecture or (base.architecture if base else None),
    )


def _project(options: argparse.Namespace) -> workflows.projects.Project:
    project = (
        workflows.projects.open_project(options.project)
        if options.project
        else workflows.projects.last_project()
    )
    within = getattr(options, "within", None)
    return workflows.narrow.within(project, within) if within else project


# ---- output -----------------------------------------------------------------------------------


def _print(options: argparse.Namespace, data: Any, lines: Callable[[Any], list[str]]) -> int:
    if options.as_json:
        # ASCII, because pipes on Windows are not UTF-8; a nan would make the output no JSON at all.
        print(json.dumps(data, indent=1, allow_nan=False))
    else:
        print("\n".join(lines(data)))
    return 0


class _ProgressLine:
    """One line on stderr that counts, with the time left."""

    def __init__(self, what: str = "frames") -> None:
        self.what = what
        self.name, self.started, self.first, self.shown = "", 0.0, -1, 0.0

    def phase(self, name: str) -> None:
        self.end()
        self.name, self.first = name, -1

    def progress(self, done: int, total: int) -> None:
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
        if self.shown:
            print(file=sys.stderr)
            self.shown = 0.0


if __name__ == "__main__":
    sys.exit(main())
