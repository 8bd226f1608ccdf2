"""COCO annotations as a metadata table: one row a picture, its category as the label."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd

from core.errors import MetadataError
from core.frames.columns import camera_column, time_columns
from core.frames.metadata import MetadataTable, slash_notes, unused

PATH, LABEL = "file_name", "category"
_LEFT_OUT = frozenset({"id", "width", "height", "license", "coco_url", "flickr_url", "url"})
"""Fields of an image that describe the file or its owner, not what it shows."""


def read_coco(path: Path) -> MetadataTable:
    """
    The table of a COCO annotations file, to be joined as a CSV's is.

    A picture whose annotations are all of one category gets it as its label; several different
    ones, or an unknown one, give no label and a note. Other fields of an image are columns.

    Raises:
        MetadataError: missing, no JSON, or without a list of images that have a file_name.
    """
    data = _object(path)
    images = [image for image in _listed(data, "images") if _text(image.get(PATH))]
    if not images:
        raise MetadataError(
            f"{path.name} lists no picture: it needs a list 'images' whose items have a "
            f"'{PATH}'. Found: {_found(data)}."
        )
    notes: list[str] = []
    if left := len(_listed(data, "images")) - len(images):
        notes.append(f"{left:,} of its images have no '{PATH}' and are left out.")
    labels = _labels(data, images, notes)
    rows = [{PATH: _text(image[PATH])} | _fields(image) for image in images]
    frame = pd.DataFrame(rows, index=range(1, len(rows) + 1)).fillna("").astype("str")
    facts = frame.drop(columns=PATH)
    label = None
    if any(labels):
        label = unused(LABEL, frame.columns)
        frame[label] = labels
    times = time_columns(facts)[:1]
    notes += slash_notes(frame[times[0]]) if times else []
    return MetadataTable(
        frame,
        separator="",
        encoding="utf-8",
        path=PATH,
        label=label,
        taken_at=times[0] if times else None,
        camera=camera_column(facts),
        notes=tuple(notes),
    )


def _object(path: Path) -> dict[str, Any]:
    try:
        data = json.loads(path.read_bytes())
    except OSError as error:
        raise MetadataError(
            f"The file {path} could not be opened ({error.strerror}). Check that it is there."
        ) from error
    except json.JSONDecodeError as error:
        raise MetadataError(
            f"{path.name} is broken JSON: {error.msg} in line {error.lineno}, column "
            f"{error.colno}. Export it again."
        ) from error
    except (UnicodeDecodeError, RecursionError) as error:
        raise MetadataError(
            f"{path.name} is no readable JSON. Export the annotations again, in UTF-8."
        ) from error
    if not isinstance(data, dict):
        raise MetadataError(
            f"{path.name} is no COCO file: it holds a {type(data).__name__}, not an object with "
            "'images', 'annotations' and 'categories'. Export the annotations as COCO."
        )
    return data


def _listed(data: dict[str, Any], name: str) -> list[dict[str, Any]]:
    items = data.get(name)
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def _found(data: dict[str, Any]) -> str:
    return ", ".join(f"'{key}'" for key in list(data)[:8]) or "nothing"


def _labels(data: dict[str, Any], images: Iterable[dict[str, Any]], notes: list[str]) -> list[str]:
    """One label an image, "" where there is none or no single one."""
    names = {_key(item.get("id")): _text(item.get("name")) for item in _listed(data, "categories")}
    categories: dict[str, set[str]] = {}
    unknown = 0
    for item in _listed(data, "annotations"):
        name = names.get(_key(item.get("category_id")), "")
        unknown += not name
        categories.setdefault(_key(item.get("image_id")), set()).add(name)
    if unknown:
        notes.append(
            f"{unknown:,} annotations name a category the file does not list; their pictures "
            "have no label from it."
        )
    labels, several = [], []
    for image in images:
        found = categories.get(_key(image.get("id")), set())
        labels.append(next(iter(found)) if len(found) == 1 else "")
        if len(found - {""}) > 1:
            several.append(f"{_text(image[PATH])} ({', '.join(sorted(found - {''}))})")
    if several:
        pictures = "1 picture shows" if len(several) == 1 else f"{len(several):,} pictures show"
        notes.append(f"{pictures} several categories and got no label, such as {several[0]}.")
    return labels


def _fields(image: dict[str, Any]) -> dict[str, str]:
    """The image's other fields that hold one value each."""
    return {
        str(name): _text(value)
        for name, value in image.items()
        if name != PATH and name not in _LEFT_OUT and not isinstance(value, (dict, list))
    }


def _key(value: object) -> str:
    """An id as text; some programs write 7 in one list and "7" in the other."""
    return _text(value)


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip() if isinstance(value, (str, int, float)) else ""
