"""Names of files and folders that every system can hold, made of texts that may be anything."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from hashlib import sha256
from pathlib import PurePosixPath

from core.exports.holdout import class_folder

LONGEST = 120  # bytes in UTF-8; every file system we know of holds 255


def class_folders(labels: Iterable[str]) -> dict[str, str]:
    """
    Each label's folder: different for different labels, on systems that ignore case too.

    A label every system can hold is its own folder. Of labels that differ only in case or in how
    a letter is composed, the first in order keeps its name; the others, and labels that are too
    long, end in "~" and the start of the label's SHA-256. The map is written beside the folders.
    """
    folders: dict[str, str] = {}
    taken: set[str] = set()
    for label in sorted(set(labels)):
        folder = _short(class_folder(label), of=label)
        if _folded(folder) in taken:
            folder = f"{folder}~{_digest(label)}"
        taken.add(_folded(folder))
        folders[label] = folder
    return folders


def picture_name(path: str, content_hash: str) -> str:
    """
    A flat file name for a picture: its path made safe, its content's hash, its own suffix.

    "cam1/003.jpg" becomes "cam1_003-0f3a2b1c9d8e.jpg": told apart by content, known by its name.
    """
    place = PurePosixPath(path)
    suffix = place.suffix.lower() if place.suffix[1:].isalnum() and len(place.suffix) < 8 else ""
    stem = "_".join([*place.parts[:-1], place.stem])
    kept = "".join(c if c.isascii() and (c.isalnum() or c in "-_") else "_" for c in stem)
    return f"{kept[-60:].lstrip('_-') or 'picture'}-{content_hash[:12]}{suffix}"


def _short(folder: str, *, of: str) -> str:
    content = folder.encode("utf-8", "surrogatepass")
    if len(content) <= LONGEST:
        return folder
    cut = content[: LONGEST - 14].decode("utf-8", "ignore").rstrip(". ")
    return f"{cut}~{_digest(of)}"


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())


def _digest(label: str) -> str:
    return sha256(label.encode("utf-8", "surrogatepass")).hexdigest()[:12]
