"""Labels of pictures sorted into class folders: the folder's name, the picture by its content."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

from core.errors import MetadataError
from core.frames.hashing import content_hash
from core.frames.listing import picture_paths
from core.imports.rows import LabelFile, LabelRow, digest_of, is_unchanged, text_of


def read_class_folders(path: Path) -> LabelFile:
    """
    A row a picture that lies in a folder; of our own exports the manifest names the classes.

    Raises:
        MetadataError, FolderError: it is no folder, or holds no pictures in folders.
    """
    if not path.is_dir():
        raise MetadataError(f"{path} is no folder. Give the folder that holds the class folders.")
    known = _manifest(path)
    classes = _classes(path)
    rows, problems, parts = [], [], []
    for number, name in enumerate(sorted(picture_paths(path)), start=1):
        folders = name.split("/")[:-1]
        if not folders:
            continue
        try:
            digest = content_hash(path / name)
        except OSError as error:
            problems.append(f"{name}: it cannot be read ({error.strerror})")
            continue
        parts.append(f"{name}\0{digest}")
        label = classes.get(folders[-1], folders[-1])
        facts = known.get(name, {})
        rows.append(
            LabelRow(
                number,
                (name,),
                label,
                content_hash=digest,
                annotator=text_of(facts.get("reviewer"))
                if facts.get("label_now") == label
                else None,
                is_reviewed=not is_unchanged(facts, label),
            )
        )
    if not rows:
        raise MetadataError(f"{path} holds no pictures in class folders such as Hammer/0001.jpg.")
    listing = digest_of("\n".join(parts).encode("utf-8", "surrogatepass"))
    return LabelFile(path.name, listing, tuple(rows), tuple(problems))


def _manifest(path: Path) -> dict[str, dict[str, Any]]:
    """File to what our manifest says of it; nothing without one."""
    try:
        data = json.loads((path / "manifest.json").read_bytes())
        return {str(row["file"]): row for row in data["pictures"]}
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return {}


def _classes(path: Path) -> dict[str, str]:
    """Folder to class as the export's classes.csv has it; nothing without one."""
    known = {
        row["file"].split("/")[-2]: row["class_name"]
        for row in _manifest(path).values()
        if isinstance(row.get("class_name"), str) and "/" in row["file"]
    }
    if known:
        return known
    try:
        text = (path / "classes.csv").read_bytes().decode("utf-8-sig")
        rows = csv.DictReader(io.StringIO(text, newline=""))
        return {row["folder_name"]: row["class_name"] for row in rows}
    except (OSError, ValueError, KeyError, csv.Error):
        return {}
