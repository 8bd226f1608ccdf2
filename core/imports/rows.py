"""What every reader gives: rows that name a picture and say a label, and what could not be read."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from core.errors import MetadataError


@dataclass(frozen=True, slots=True)
class LabelRow:
    """One label somebody gave one picture."""

    number: int  # its place in the file, from 1
    names: tuple[str, ...]  # how the file names the picture, most exact first
    label: str | None  # None: nothing was said
    content_hash: str | None = None  # where the file tells it
    picture: Path | None = None  # the picture itself, if it came along; known by its content
    annotator: str | None = None
    is_reviewed: bool = True  # False: our own export says nobody has decided this


@dataclass(frozen=True, slots=True)
class LabelFile:
    """What a file says."""

    name: str
    digest: str  # SHA-256 of its content: the same file, wherever it lies
    rows: tuple[LabelRow, ...]
    problems: tuple[str, ...] = ()  # rows that could not be read, one line each


def file_bytes(path: Path) -> bytes:
    """
    Raises:
        MetadataError: it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise MetadataError(f"{path} cannot be read ({error.strerror}). Check the path.") from error


def json_of(path: Path) -> tuple[Any, str]:
    """
    The JSON in a file, and the file's digest.

    Raises:
        MetadataError: it cannot be read, or is no JSON.
    """
    content = file_bytes(path)
    try:
        return json.loads(content), digest_of(content)
    except (ValueError, RecursionError) as error:
        raise MetadataError(
            f"{path.name} is no readable JSON ({error}). Export it again."
        ) from error


def digest_of(content: bytes) -> str:
    """SHA-256, hex."""
    return sha256(content).hexdigest()


def text_of(value: object) -> str | None:
    """A text that holds something; numbers as text; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return None
    if isinstance(value, float) and math.isnan(value):
        return None
    text = str(value)
    return text if text.strip() else None


def is_unchanged(facts: object, label: str | None) -> bool:
    """Whether our own export said nobody had decided this picture, and the label is still that."""
    if not isinstance(facts, Mapping) or facts.get("is_reviewed") is not False:
        return False
    return facts.get("class_name") == label


def inside(root: Path, name: str) -> Path | None:
    """A file named relative to a folder, if it is there and does not lead out of it."""
    try:
        path = root / name
        is_there = path.is_file() and path.absolute().is_relative_to(root.absolute())
        return path if is_there and ".." not in path.parts else None
    except (OSError, ValueError):
        return None
