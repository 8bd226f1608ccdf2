"""
A hold-out on disk: pictures in class folders, their labels as a table, the recipe.

While it is being written it holds a draft beside the pictures: the recipe's plan in the first
line, then a line a picture. The recipe itself comes last, so a killed write is seen as unfinished
and goes on where it was.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pandas as pd

from core.errors import DiskError, HoldoutError
from core.exports.csv_table import csv_bytes
from core.exports.holdout_recipe import HeldPicture, Recipe, parse_recipe, plan_of, recipe_bytes

RECIPE = "recipe.json"
DRAFT = "recipe.json.part"
LABELS = "labels.csv"
PICTURES = "pictures"

_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)  # no files on Windows


def picture_file(label: str, content_hash: str) -> str:
    """Where a picture goes, relative to the hold-out: pictures/LABEL/HASH.png."""
    return f"{PICTURES}/{class_folder(label)}/{content_hash[:16]}.png"


def class_folder(label: str) -> str:
    """
    The label as the name of a folder: itself where every system can hold it.

    What one cannot is written as in web addresses, "a/b" as "a%2Fb"; labels.csv has the label.
    """
    safe = "".join(c if c.isalnum() or c in " ()+,-_.'&" else quote(c, safe="") for c in label)
    if _DEVICES.match(safe) or safe[:1] in (".", " ", ""):
        safe = "%" + safe
    return safe if safe[-1] not in ". " else safe + "%"


def labels_bytes(pictures: Iterable[HeldPicture]) -> bytes:
    """labels.csv: path, label, original, content_hash, chain, severity and clip of each picture."""
    rows = [
        {
            "path": picture.file, "label": picture.label,
            "original": f"{picture.folder}/{picture.original}",
            "content_hash": picture.content_hash, "chain": picture.chain,
            "severity": picture.severity, "clip": picture.clip,
        }
        for picture in pictures
    ]  # fmt: skip
    columns = ["path", "label", "original", "content_hash", "chain", "severity", "clip"]
    return csv_bytes(pd.DataFrame(rows, columns=columns))


def found_in(folder: Path) -> tuple[Recipe, bool] | None:
    """
    The hold-out a folder holds and whether it is whole; None if the folder is empty or missing.

    Raises:
        HoldoutError: there is something else in it.
    """
    try:
        if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
            return None
        if (folder / DRAFT).is_file():
            lines = (folder / DRAFT).read_text(encoding="utf-8").splitlines()
            return _with_journal(parse_recipe(lines[0] if lines else ""), lines[1:]), False
        if (folder / RECIPE).is_file():
            return parse_recipe((folder / RECIPE).read_text(encoding="utf-8")), True
    except (OSError, UnicodeDecodeError) as error:
        raise HoldoutError(f"{folder} cannot be read ({error}). Choose another folder.") from error
    raise HoldoutError(
        f"{folder} holds other things already, and nothing there is overwritten. "
        "Choose a folder that is empty or new with --out."
    )


def begin(folder: Path, recipe: Recipe) -> None:
    """
    Mark the folder as an unfinished hold-out of this recipe.

    Raises:
        DiskError: it cannot be written.
    """
    _write(folder / DRAFT, (json.dumps(plan_of(recipe)) + "\n").encode("utf-8"))


def keep_picture(folder: Path, picture: HeldPicture, content: bytes) -> None:
    """
    Write one picture whole, then note it in the draft.

    Raises:
        DiskError: the disk refused; the pictures written before are kept.
    """
    _write(folder / picture.file, content)
    note = {name: asdict(picture)[name] for name in ("file", "file_sha256", "pixels_sha256")}
    try:
        with (folder / DRAFT).open("a", encoding="utf-8") as draft:
            draft.write(json.dumps(note) + "\n")
            draft.flush()
            os.fsync(draft.fileno())
    except OSError as error:
        raise _refused(folder / DRAFT, error) from error


def finish(folder: Path, recipe: Recipe) -> None:
    """
    Write the labels, then the recipe; from here on the hold-out is whole.

    Raises:
        DiskError: the disk refused; the pictures are kept.
    """
    _write(folder / LABELS, labels_bytes(recipe.pictures))
    _write(folder / RECIPE, recipe_bytes(recipe))
    with suppress(OSError):
        (folder / DRAFT).unlink(missing_ok=True)


def _with_journal(recipe: Recipe, lines: list[str]) -> Recipe:
    """The draft's recipe with what is known of the pictures written so far."""
    known: dict[str, dict[str, Any]] = {}
    for line in lines:
        with suppress(ValueError, KeyError, TypeError):  # the last line of a killed write is torn
            note = json.loads(line)
            known[note["file"]] = {key: str(note[key]) for key in ("file_sha256", "pixels_sha256")}
    pictures = [replace(one, **known.get(one.file, {})) for one in recipe.pictures]
    return replace(recipe, pictures=tuple(pictures))


def _write(path: Path, content: bytes) -> None:
    """All of it or nothing, and on the disk when this returns."""
    part = path.with_name(path.name + ".tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise _refused(path, error) from error


def _refused(path: Path, error: OSError) -> DiskError:
    return DiskError(
        f"{path} cannot be written ({error.strerror}). What was written so far is kept: make room "
        "or choose a folder you may write to, then ask for the same again; it goes on there."
    )
