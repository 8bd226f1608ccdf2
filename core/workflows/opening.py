"""Look at a model file or a folder before anything long starts, and say it in words."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from core.errors import FieldcheckError, FolderError
from core.findings.statements import count_of
from core.frames.images import decode, display_jpeg, working_image
from core.frames.labels import class_folder_labels
from core.frames.listing import picture_paths
from core.frames.metadata_file import SUFFIXES as METADATA_SUFFIXES
from core.frames.metadata_file import read_metadata_file
from core.frames.pattern_guesses import guess_patterns
from core.frames.pattern_table import PatternPreview, preview_pattern
from core.frames.patterns import compile_pattern
from core.models.guessing import Candidate, candidate_specs, rank_candidates
from core.models.loading import ModelFile, inspect_model
from core.project import home
from core.records import ModelSpec, ProgressCallback, StopCallback
from core.settings import SETTINGS
from core.workflows.pace import expected_seconds
from core.workflows.projects import checked_folder, find_metadata


@dataclass(frozen=True)
class FolderPreview:
    """A frames folder at a glance, before anything long starts."""

    folder: Path
    pictures: int
    thumbnails: tuple[bytes, ...]  # up to three JPEGs
    classes: tuple[str, ...]  # names of class folders, if it has any
    metadata_csv: Path | None
    expected_seconds: float | None  # to index and score, from this machine's last run


@dataclass(frozen=True)
class ModelPreview:
    """A model file at a glance."""

    file: ModelFile
    spec: ModelSpec | None  # from its sidecar


def preview_model(path: Path) -> ModelPreview:
    """
    What a model file is, without trusting it.

    Raises:
        ModelError: it is not a model Fieldcheck opens.
    """
    found = inspect_model(path.expanduser().absolute())
    return ModelPreview(found, found.sidecar)


def preview_folder(path: Path) -> FolderPreview:
    """
    What a frames folder holds.

    Raises:
        FolderError: it is missing or holds no pictures.
    """
    folder = checked_folder(path)
    paths = picture_paths(folder)
    if not paths:
        raise FolderError(f"{folder} holds no pictures (JPEG, PNG, WebP, TIFF or BMP).")
    labels = class_folder_labels(paths, None)
    return FolderPreview(
        folder,
        len(paths),
        tuple(_thumbnails(folder, paths)),
        tuple(sorted({label for label in labels.values() if label})),
        find_metadata(folder, None),
        expected_seconds(len(paths)),
    )


def _thumbnails(folder: Path, paths: list[str], wanted: int = 3) -> list[bytes]:
    spread = [paths[round(i * (len(paths) - 1) / max(1, 4 * wanted))] for i in range(4 * wanted)]
    found: list[bytes] = []
    for path in dict.fromkeys([*spread[::4], *spread]):
        try:
            found.append(display_jpeg(folder / path, long_side=192))
        except FieldcheckError:
            continue
        if len(found) == wanted:
            break
    return found


def guess_spec(
    model: Path,
    classes: tuple[str, ...],
    reference: Path,
    *,
    on_progress: ProgressCallback = lambda done, total: None,
    should_stop: StopCallback = lambda: False,
) -> list[Candidate]:
    """
    Ways to read a model without a sidecar, best first, tried on labelled reference frames.

    Args:
        classes: names in the order of the model's outputs.
        reference: a folder whose class folders carry those names.

    Raises:
        ModelError: nothing fits the file.
        FolderError: the folder has no labelled pictures.
    """
    labels = {p: label for p, label in labels_of(reference, list(classes)).items() if label}
    if not labels:
        raise FolderError(f"{reference} has no class folders, so there is nothing to try it on.")
    paths, wanted = sorted(labels), min(len(labels), SETTINGS.guess_frames)
    images, given = [], []
    for path in (paths[number * len(paths) // wanted] for number in range(wanted)):
        try:
            images.append(working_image(decode(reference / path)))
        except FieldcheckError:
            continue
        given.append(labels[path])
    return rank_candidates(
        model,
        candidate_specs(model, classes),
        images,
        given,
        on_progress=on_progress,
        should_stop=should_stop,
    )


def labels_of(folder: Path, classes: list[str] | None) -> dict[str, str]:
    """Labels from class folders, by path."""
    folder = checked_folder(folder)
    return class_folder_labels(picture_paths(folder), classes)


def subfolders(folder: Path) -> tuple[Path, list[str], list[str]]:
    """
    A folder for the folder browser: itself, its folders, its files, hidden ones left out.

    Raises:
        FolderError: it cannot be listed.
    """
    folder = checked_folder(folder)
    try:
        entries = sorted(folder.iterdir(), key=lambda entry: entry.name.casefold())
    except OSError as error:
        raise FolderError(f"{folder} cannot be read ({error.strerror}).") from error
    shown = [entry for entry in entries if not entry.name.startswith(".")]
    return (
        folder,
        [entry.name for entry in shown if entry.is_dir()],
        [entry.name for entry in shown if entry.is_file()],
    )


def model_sentence(found: ModelPreview) -> str:
    """What a model file is, in words."""
    spec = found.spec
    if spec is None:
        outputs = f"{found.file.n_outputs} answers" if found.file.n_outputs else "unknown answers"
        if found.file.n_outputs == 1:
            outputs = "one score, which tells two classes apart"
        return f"A model with {outputs}; its classes and preparation are not written beside it."
    names = ", ".join(spec.classes[:12]) + (" …" if len(spec.classes) > 12 else "")
    return f"{len(spec.classes)} classes: {names}. Prepares a picture so: {_prepared(spec)}."


def _prepared(spec: ModelSpec) -> str:
    given = spec.input
    shrunk = (
        f"short side to {given.resize} ({given.interpolation})" if given.resize else "full size"
    )
    cut = f", centre {given.crop}" if given.crop else ""
    means = ", ".join(f"{value:g}" for value in given.mean)
    return f"{given.channels}, {shrunk}{cut}, mean {means}"


def candidate_sentence(candidate: Candidate) -> str:
    """One way to read a model, in words."""
    name = (candidate.spec.architecture or "as it is").split(":")[-1]
    if len(candidate.spec.classes) == 2:
        name += f", {candidate.spec.classes[0]} before {candidate.spec.classes[1]}"
    return (
        f"Right on {candidate.right} of {candidate.of} reference frames: {name}, "
        f"{_prepared(candidate.spec)}"
    )


def folder_sentence(found: FolderPreview) -> str:
    """What a frames folder holds, in words."""
    words = f"{found.pictures:,} pictures."
    if found.classes:
        words += f" Folders that may be classes: {', '.join(found.classes[:12])}."
    if found.metadata_csv:
        words += f" {found.metadata_csv.name} lies with them."
    return words


MODEL_SUFFIXES = (".safetensors", ".pt", ".pth", ".bin", ".pt2", ".ts", ".torchscript", ".onnx")


def is_wanted(name: str, suffix: str) -> bool:
    """Whether the folder browser shows a file; "model" and "metadata" stand for all of theirs."""
    kinds = {"model": MODEL_SUFFIXES, "metadata": METADATA_SUFFIXES}
    return name.lower().endswith(kinds.get(suffix, (suffix,)))


def metadata_sentence(file: Path) -> str:
    """
    What was guessed about a metadata table or COCO annotations, in words.

    Raises:
        MetadataError: it cannot be read.
    """
    table = read_metadata_file(file.expanduser())
    named = {"label": table.label, "time": table.taken_at, "camera": table.camera}
    parts = [f"{what} in “{column}”" for what, column in named.items() if column]
    missing = [what for what, column in named.items() if column is None]
    words = ", ".join([f"{len(table.frame):,} rows; pictures in “{table.path}”", *parts])
    words += f". No column of {' or '.join(missing)}." if missing else "."
    return " ".join([words, *table.notes])


def suggested_patterns(folder: Path, classes: tuple[str, ...] = ()) -> list[str]:
    """Up to three patterns that fit the names of a frames folder. Raises FolderError."""
    return guess_patterns(picture_paths(checked_folder(folder)), classes=classes)


def preview_names(folder: Path, pattern: str) -> PatternPreview:
    """
    What a pattern reads from the names of a frames folder.

    Raises:
        MetadataError: the pattern cannot be understood.
        FolderError: the folder is missing.
    """
    return preview_pattern(compile_pattern(pattern), picture_paths(checked_folder(folder)))


def names_table(found: PatternPreview) -> pd.DataFrame:
    """The preview's table under the words people use."""
    table = found.table.rename(columns={"taken_at": "time"})
    return table.assign(time=table["time"].str.replace("T", " ")) if "time" in table else table


def names_sentence(found: PatternPreview) -> str:
    """What a pattern reads and what it does not, in words."""
    told = [str(name).replace("_", " ") for name in names_table(found).columns[1:]]
    words = [f"Reads {found.fitting:,} of {found.of:,} names: {', '.join(told)}."]
    if found.unfitting:
        words.append(
            f"{count_of(len(found.unfitting), 'name')} it does not fit, such as "
            f"{found.unfitting[0]}."
        )
    if found.unclear:
        words.append(
            f"{count_of(len(found.unclear), 'name')} can be read in several ways, such as "
            f"{found.unclear[0]}: write more of what stands between."
        )
    return " ".join(words)


def browse_start() -> str:
    """Where the folder browser opens: where something was chosen last, else home."""
    try:
        last = (home() / "browsed.txt").read_text(encoding="utf-8").strip()
    except OSError:
        last = ""
    return last if last and Path(last).is_dir() else str(Path.home())


def remember_browsed(folder: Path) -> None:
    """Open the folder browser here next time; a read-only home is no reason to fail."""
    try:
        home().mkdir(parents=True, exist_ok=True)
        (home() / "browsed.txt").write_text(str(folder), encoding="utf-8")
    except OSError:
        return
