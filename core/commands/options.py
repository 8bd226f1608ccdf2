"""What several commands ask for: the project, the model, and numbers read from text."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from core import workflows
from core.errors import FieldcheckError, ModelError
from core.records import InputSpec, ModelSpec

MODEL_OPTIONS = (
    "architecture", "classes", "resize", "interpolation", "crop", "mean", "std", "channels",
)  # fmt: skip


def command(
    commands: Any,
    name: str,
    run: Callable[[argparse.Namespace], int],
    about: str,
    *,
    has_json: bool = True,
) -> argparse.ArgumentParser:
    """One command: `run(options)` gives the exit code; always --project, mostly --json."""
    command: argparse.ArgumentParser = commands.add_parser(name, help=about, description=about)
    command.set_defaults(run=run, as_json=False)
    command.add_argument("--project", type=Path, help="project folder (default: the last opened)")
    if has_json:
        command.add_argument("--json", action="store_true", dest="as_json", help="for machines")
    return command


def within_option(command: argparse.ArgumentParser) -> None:
    """--within SLICE, which `project_of` then narrows to."""
    command.add_argument("--within", metavar="SLICE", help="only the frames of this saved slice")


def model_options(command: argparse.ArgumentParser) -> None:
    """The model and how it is read, for when no sidecar says so."""
    group = command.add_argument_group("model, where no .model.json lies beside it")
    group.add_argument("--model", type=Path)
    group.add_argument("--architecture", help="timm:NAME or torchvision:NAME")
    group.add_argument("--classes", help="names in the order of the outputs, with commas")
    group.add_argument("--resize", type=int, help="short side in pixels; 0 leaves the size")
    group.add_argument("--interpolation", choices=["nearest", "bilinear", "bicubic", "lanczos"])
    group.add_argument("--crop", type=int, help="centre square in pixels; 0 leaves the size")
    group.add_argument("--mean", type=numbers, help="three numbers with commas, 0..1 scale")
    group.add_argument("--std", type=numbers, help="three numbers with commas, 0..1 scale")
    group.add_argument("--channels", choices=["RGB", "BGR", "L"])


def names(text: str) -> tuple[str, ...]:
    """Names with commas."""
    return tuple(name.strip() for name in text.split(",") if name.strip())


def count(text: str) -> int:
    """A whole number from 1 up."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"'{text}' is not a whole number from 1 up")
    return int(text)


def day(text: str) -> date:
    """A date such as 2026-03-02."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"'{text}' is not a date such as 2026-03-02") from error


def hours(text: str) -> tuple[int, int]:
    """Two hours of the clock, "7-19"."""
    begins, dash, ends = text.partition("-")
    if not (dash and begins.isdecimal() and ends.isdecimal()):
        raise argparse.ArgumentTypeError(f"'{text}' is not two hours such as 7-19")
    return int(begins), int(ends)


def share(text: str) -> float:
    """0 to 1."""
    try:
        share = float(text)
    except ValueError:
        share = math.nan
    if not 0 <= share <= 1:
        raise argparse.ArgumentTypeError(f"'{text}' is not a number from 0 to 1")
    return share


def mark(text: str) -> float:
    """A share, or nan for "none"."""
    return math.nan if text.strip().lower() == "none" else share(text)


def minutes(text: str) -> float:
    """A number of minutes above 0."""
    try:
        minutes = float(text)
    except ValueError:
        minutes = math.nan
    if not 0 < minutes < math.inf:
        raise argparse.ArgumentTypeError(f"'{text}' is not a number of minutes above 0")
    return minutes


def numbers(text: str) -> tuple[float, ...]:
    """Numbers with commas."""
    try:
        return tuple(float(part) for part in text.split(","))
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"'{text}' is not numbers with commas") from error


def spec_of(options: argparse.Namespace) -> ModelSpec | None:
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


def project_of(options: argparse.Namespace) -> workflows.projects.Project:
    """The project the options name, else the last opened one; narrowed where --within says so."""
    project = (
        workflows.projects.open_project(options.project)
        if options.project
        else workflows.projects.last_project()
    )
    within = getattr(options, "within", None)
    return workflows.narrow.within(project, within) if within else project


def refuse_lonely(options: argparse.Namespace, *names: str) -> None:
    """Options that would be ignored without --model are a mistake, not a wish."""
    lonely = [f"--{name}" for name in names if getattr(options, name) is not None]
    if lonely:
        raise FieldcheckError(f"{', '.join(lonely)}: give --model FILE too; nothing was changed.")
