"""Hand reviews over: relabels and hard cases as a table that opens anywhere."""

from __future__ import annotations

import re
import uuid
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Literal

import pandas as pd

from core.errors import DiskError, FieldcheckError
from core.exports.registry import FORMATS
from core.findings.statements import count_of
from core.project import Project
from core.records import Folder, SliceRule
from core.workflows import frozen_sets
from core.workflows.choices import choices_of
from core.workflows.frozen_slices import FROZEN
from core.workflows.narrow import narrowed
from core.workflows.reserved import reserved_hashes
from core.workflows.saved_slices import saved_slices
from core.workflows.scores import reviewed, scores

COLUMNS = (
    "folder", "path", "content_hash", "label_before", "label_now", "decision", "hard_case",
    "tags", "note", "reviewer", "reviewed_at", "answer", "leaning", "confidence", "camera",
    "taken_at", "model_id", "missing", "locked",
)  # fmt: skip

FRAME_COLUMNS = (
    "folder", "path", "content_hash", "label", "answer", "shown", "confidence", "camera",
    "taken_at",
)  # fmt: skip

FORMAT_TITLES: dict[str, str] = {
    "csv": "A table for a spreadsheet (CSV)",
    "jsonl": "A list for a program (JSONL)",
    "parquet": "A large table for data programs (Parquet)",
}

FOLDER_TITLES: dict[str, str] = {
    "class-folders": "Pictures sorted into a folder per class",
    "training-list": "A list to train on, telling pictures count more",
    "yolo": "Pictures to train and to check with (YOLO)",
    "coco": "Pictures with one label file (COCO)",
    "label-studio": "Tasks for a labelling team (Label Studio)",
    "fiftyone": "A collection to browse (FiftyOne)",
    "targeted": "A training set against the damage these frames show",
    "damaged-copies": "Copies under a condition you choose",
}
"""Formats that are a folder: what they are to a person."""

ABOUT: dict[str, str] = {
    "csv": "Opens in Excel, LibreOffice and the like: one row a picture, before and after, who "
    "and when.",
    "jsonl": "One object a line, every letter as it was typed.",
    "parquet": "Columns with their types; small, and quick to read for pandas, DuckDB and Spark.",
    "class-folders": "One folder a class with the pictures in it, as most training programs read. "
    "Frames a locked test set holds stay behind.",
    "training-list": "Where each picture lies, its class and how much it should count: relabelled "
    "and hard ones twice, a burst of one clip as one picture. No pictures are copied.",
    "yolo": "Folders train and val with a folder per class each; no clip is in both. Which clips "
    "check is drawn by lot, the same every time.",
    "coco": "Each picture with one box round all of it, for programs that know boxes only.",
    "label-studio": "Tasks with decisions as annotations and the model's answers as suggestions, "
    "and the set-up of the buttons. What comes back can be brought in below.",
    "fiftyone": "What each picture shows, the model's answer with how sure it is, and the tags.",
    "targeted": "These pictures, and clean ones of the same classes damaged as these are: as dark, "
    "as blurred, as grainy. The list tells how to make each file again.",
    "damaged-copies": "Each picture under one condition, with a list that tells how to make each "
    "file again.",
}
"""What each format is good for, in a sentence."""

MISSING = "no file with this content is in the project's folders now"
"""What the column `missing` says of a review whose picture is gone; its path is not known then."""

CHOICES: dict[str, str] = {
    "reviewed": "Everything reviewed",
    "relabelled": "Labels that were changed",
    "hard-cases": "Hard cases",
    "frames": "Every frame",
}


@dataclass(frozen=True)
class Export:
    """What would go out."""

    choice: str
    table: pd.DataFrame
    sentence: str


def export(project: Project, *, choice: str = "reviewed") -> Export:
    """
    Frames with their reviews as one table, one row per file (copies of a picture share a review).

    Reviews of reference frames go out too, and so do those of pictures that are gone: without
    folder and path, with the content hash and the reason in `missing`. No review stays behind,
    except where the project is narrowed to a slice: then those of its frames go.

    Args:
        choice: a key of CHOICES, or the name of a saved slice: every frame of it.

    Raises:
        FieldcheckError: there is no such choice.
    """
    if choice not in CHOICES:
        return _of_slice(project, choice)
    standing = reviewed(project).rename(columns={"label": "label_now", "at": "reviewed_at"})
    # Only our own columns: metadata may have a note or tags of its own.
    frames = scores(project).frames[list(FRAME_COLUMNS)]
    # What goes out as the answer is what every page shows; what it leans to stands beside it.
    names = {"label": "label_before", "answer": "leaning", "shown": "answer"}
    how: Literal["left", "inner", "right"] = "inner" if project.narrow else "right"
    if choice == "frames":
        frames, how = frames[frames["folder"] == Folder.FIELD.value], "left"
    table = frames.rename(columns=names).merge(standing, on="content_hash", how=how)
    table["missing"] = table["path"].isna().map({True: MISSING, False: None})
    table["model_id"] = choices_of(project).model_id
    table["locked"] = table["content_hash"].isin(reserved_hashes(project))
    table = table[list(COLUMNS)].sort_values(["folder", "path"], ignore_index=True)
    table["hard_case"] = table["hard_case"].map(lambda flag: flag is True or flag == 1).astype(bool)
    if choice == "relabelled":
        table = table[
            table["label_now"].notna()
            & (table["label_now"].fillna("") != table["label_before"].fillna(""))
        ]
    elif choice == "hard-cases":
        table = table[table["hard_case"]]
    table = table.assign(
        tags=[" | ".join(tags) if isinstance(tags, list) else "" for tags in table["tags"]],
        reviewed_at=table["reviewed_at"].map(
            lambda at: at.isoformat(timespec="seconds"), na_action="ignore"
        ),
        taken_at=table["taken_at"].dt.strftime("%Y-%m-%dT%H:%M:%S"),
    ).reset_index(drop=True)
    return Export(choice, table, _sentence(choice, table))


def _of_slice(project: Project, name: str) -> Export:
    kept = {saved.name: saved for saved in saved_slices(project)}
    if name not in kept:
        known = ", ".join([*CHOICES, *kept])
        raise FieldcheckError(f"There is no export '{name}'. There are: {known}.")
    found = export(narrowed(project, SliceRule(slices=(name,))), choice="frames")
    if kept[name].origin == FROZEN:
        found = _as_frozen(project, found, name)
    return replace(found, choice=re.sub(r"[^\w-]+", "-", name).strip("-") or "slice")


def _as_frozen(project: Project, found: Export, name: str) -> Export:
    """Every frame of a frozen set, gone ones too, with its label of that day and of today."""
    table = frozen_sets.export_rows(project, name, found.table)
    table["missing"] = table["path"].isna().map({True: MISSING, False: None})
    return Export(name, table, f"{name}. {_sentence('frames', table)}")


def _sentence(choice: str, table: pd.DataFrame) -> str:
    pictures = table["content_hash"].nunique()
    if not pictures:
        return f"{CHOICES[choice]}: nothing yet. Decide some frames in the queue first."
    files = f" in {len(table):,} files" if len(table) != pictures else ""
    hard = table.loc[table["hard_case"], "content_hash"].nunique()
    sentence = f"{CHOICES[choice]}: {count_of(pictures, 'picture')}{files}, {hard:,} of them"
    sentence += " a hard case." if hard == 1 else " hard cases."
    reference = table.loc[table["folder"] == Folder.REFERENCE.value, "content_hash"].nunique()
    if reference:
        sentence += f" {count_of(reference, 'picture')} of the reference among them."
    if gone := int(table["missing"].notna().sum()):
        sentence += (
            f" The files of {count_of(gone, 'picture')} are gone from the folders; "
            f"{'it goes' if gone == 1 else 'they go'} out without a path, named by content."
        )
    return sentence


def export_bytes(found: Export, *, format_name: str = "csv") -> tuple[str, bytes]:
    """
    A file name and its content.

    Raises:
        FieldcheckError: there is no such format.
    """
    if format_name not in FORMATS:
        raise FieldcheckError(
            f"There is no format '{format_name}'. There are: {', '.join(FORMATS)}."
        )
    suffix, convert = FORMATS[format_name]
    return f"fieldcheck-{found.choice}-{datetime.now():%Y-%m-%d}{suffix}", convert(found.table)


def write_export(project: Project, found: Export, *, format_name: str, out: Path | None) -> Path:
    """
    Write the export to `out`, or into the project's exports folder; all of it or nothing.

    A file named with `out` is replaced, as a command that runs every week wants it; in the exports
    folder nothing is: an export that says something else gets a number.

    Raises:
        DiskError: it cannot be written there.
    """
    name, content = export_bytes(found, format_name=format_name)
    path = out or project.folder / "exports" / name
    draft = path.with_name(f"{path.name}.{uuid.uuid4().hex[:8]}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if out is None:
            path = _free_file(path, content)
        draft.write_bytes(content)
        draft.replace(path)
    except OSError as error:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        raise DiskError(
            f"{path} cannot be written ({error.strerror}). Choose another place with --out."
        ) from error
    return path


def _free_file(path: Path, content: bytes) -> Path:
    """The path, if it is free or holds just this; else with a number."""
    candidate, number = path, 2
    while candidate.exists() and candidate.read_bytes() != content:
        candidate, number = path.with_stem(f"{path.stem}-{number}"), number + 1
    return candidate
