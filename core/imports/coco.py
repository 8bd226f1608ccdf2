"""Labels of a COCO file: one category a picture."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from core.errors import MetadataError
from core.imports.rows import LabelFile, LabelRow, inside, is_unchanged, json_of, text_of


def read_coco_labels(path: Path) -> LabelFile:
    """
    A row an image; several categories on one picture are a problem of that picture.

    Raises:
        MetadataError: it cannot be read, or lists no images.
    """
    file = path / "labels.json" if path.is_dir() else path
    data, digest = json_of(file)
    images = _listed(data, "images")
    if not images:
        raise MetadataError(
            f"{file.name} lists no picture: it needs 'images', 'annotations' and 'categories'. "
            "Export the labels as COCO."
        )
    names = {
        text_of(one.get("id")): text_of(one.get("name")) for one in _listed(data, "categories")
    }
    said: dict[str | None, list[str | None]] = {}
    for one in _listed(data, "annotations"):
        label = names.get(text_of(one.get("category_id")))
        said.setdefault(text_of(one.get("image_id")), []).append(label)
    rows, problems = [], []
    for number, image in enumerate(images, start=1):
        name = text_of(image.get("file_name"))
        labels = set(said.get(text_of(image.get("id")), []))
        if len(labels) > 1:
            problems.append(f"{name or f'image {number}'}: it has {len(labels)} categories")
            continue
        if labels == {None}:
            problems.append(f"{name or f'image {number}'}: its category is not listed")
            continue
        rows.append(_row(number, name, next(iter(labels), None), image, file.parent))
    return LabelFile(file.name, digest, tuple(rows), tuple(problems))


def _row(
    number: int, name: str | None, label: str | None, image: dict[str, Any], root: Path
) -> LabelRow:
    facts = image.get("fieldcheck")
    known = facts if isinstance(facts, dict) else {}
    own = (f"{known['folder']}/{known['path']}",) if {"folder", "path"} <= set(known) else ()
    pictures = [inside(root / "data", name), inside(root, name)] if name else []
    return LabelRow(
        number,
        (*own, *((name,) if name else ())),
        label,
        content_hash=text_of(known.get("content_hash")),
        picture=next((one for one in pictures if one), None),
        annotator=text_of(known.get("reviewer")) if known.get("class_name") == label else None,
        is_reviewed=not is_unchanged(facts, label),
    )


def _listed(data: Any, name: str) -> list[dict[str, Any]]:
    items = data.get(name) if isinstance(data, dict) else None
    return [one for one in items if isinstance(one, dict)] if isinstance(items, list) else []
