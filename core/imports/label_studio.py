"""Labels of Label Studio's JSON export: a choice a task, by whoever made it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from core.errors import MetadataError
from core.imports.rows import LabelFile, LabelRow, is_unchanged, json_of, text_of

_UPLOAD = re.compile(r"^[0-9a-f]{8}-(?=.)")  # what Label Studio puts before an uploaded name
_NOT_A_LABEL = frozenset({"id", "annotator", "annotation_id", "created_at", "updated_at",
                          "lead_time"})  # fmt: skip


def read_label_studio(path: Path) -> LabelFile:
    """
    A row an annotation, in its JSON or JSON-MIN form; cancelled ones and predictions do not count.

    Raises:
        MetadataError: it cannot be read, or is no list of tasks.
    """
    file = path / "tasks.json" if path.is_dir() else path
    data, digest = json_of(file)
    if not isinstance(data, list) or not all(isinstance(task, dict) for task in data) or not data:
        raise MetadataError(
            f"{file.name} is no list of tasks. In Label Studio choose Export, JSON."
        )
    rows: list[LabelRow] = []
    problems: list[str] = []
    for number, task in enumerate(data, start=1):
        facts = task["data"] if isinstance(task.get("data"), dict) else task
        names = _names(facts, task)
        said = _said(task)
        problems += [f"task {number}: more than one choice" for label, _ in said if label is False]
        for label, annotator in said:
            if label is not False:
                rows.append(_row(len(rows) + 1, names, label, annotator, facts))
    return LabelFile(file.name, digest, tuple(rows), tuple(problems))


def _row(
    number: int, names: tuple[str, ...], label: Any, annotator: str | None, facts: dict[str, Any]
) -> LabelRow:
    known = facts.get("fieldcheck")
    ours = known if isinstance(known, dict) else {}
    if annotator is None and label is not None and ours.get("label_now") == label:
        annotator = text_of(ours.get("reviewer"))
    return LabelRow(
        number,
        names,
        label,
        content_hash=text_of(facts.get("content_hash")),
        annotator=annotator,
        is_reviewed=label is not None and not is_unchanged(known, label),
    )


def _said(task: dict[str, Any]) -> list[tuple[Any, str | None]]:
    """(label, annotator) of each annotation; False for a label there is more than one of."""
    annotations = task.get("annotations", task.get("completions"))
    if not isinstance(annotations, list):
        return [(_flat_label(task), _person(task.get("annotator")))]
    found: list[tuple[Any, str | None]] = []
    for one in annotations:
        if isinstance(one, dict) and not one.get("was_cancelled"):
            choices = _choices(one.get("result"))
            label = choices[0] if len(choices) == 1 else (False if choices else None)
            found.append((label, _person(one.get("completed_by"))))
    return found or [(None, None)]


def _choices(result: Any) -> list[str]:
    found: list[str] = []
    for one in result if isinstance(result, list) else []:
        value = one.get("value") if isinstance(one, dict) else None
        choices = value.get("choices") if isinstance(value, dict) else None
        found += [choice for choice in choices or [] if isinstance(choice, str)]
    return list(dict.fromkeys(found))


def _flat_label(task: dict[str, Any]) -> str | None:
    """The JSON-MIN form: the choice stands under its tag's name."""
    for name in ("label", "choice", "class"):
        if isinstance(task.get(name), str):
            return text_of(task[name])
    return None


def _person(value: Any) -> str | None:
    """A name or e-mail address; a bare number names nobody outside that program."""
    if isinstance(value, dict):
        value = value.get("email") or value.get("username")
    return value if isinstance(value, str) and value.strip() else None


def _names(facts: dict[str, Any], task: dict[str, Any]) -> tuple[str, ...]:
    names = [text_of(facts.get("path"))]
    for name, value in facts.items():
        if name not in _NOT_A_LABEL and isinstance(value, str) and _looks_like_picture(value):
            names += _spellings(value)
    upload = text_of(task.get("file_upload"))
    names += _spellings(upload) if upload else []
    return tuple(dict.fromkeys(name for name in names if name))


def _looks_like_picture(value: str) -> bool:
    return bool(re.search(r"\.(jpe?g|png|webp|tiff?|bmp)(?:$|[?&#])", value, re.IGNORECASE))


def _spellings(value: str) -> list[str]:
    """A task's address as paths: of local storage, of an upload, without Label Studio's prefix."""
    try:
        address = urlsplit(value)
        served = parse_qs(address.query).get("d", [])
        path = unquote(address.path)
    except ValueError:
        served, path = [], value
    name = path.rpartition("/")[2]
    return [*served, value, path.lstrip("/"), _UPLOAD.sub("", name)]
