"""Which files of a folder are pictures."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from core.errors import FolderError

SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff", ".bmp"})
_LEFT_BEHIND = frozenset({"__macosx", "thumbs.db", "desktop.ini", "@eadir", "$recycle.bin"})


@dataclass(frozen=True, slots=True)
class Listing:
    """The files below a folder. Hidden ones and what systems leave behind count nowhere."""

    pictures: list[str]  # POSIX, relative to the folder, sorted
    others: int  # files without a picture's suffix
    locked: list[str]  # folders below that may not be opened, POSIX, sorted


def list_pictures(folder: Path) -> Listing:
    """
    Every picture below the folder by its suffix, whether or not it can be read.

    Links to folders are followed, each folder is listed once, and its real place wins over a link.

    Raises:
        FolderError: the folder is missing, is a file or may not be opened.
    """
    pictures: list[str] = []
    locked: list[str] = []
    others = 0
    seen: set[tuple[int, int]] = set()
    places, links = [""], list[str]()
    while places or links:
        place = places.pop() if places else links.pop(0)
        try:
            entries = _unseen_entries(folder / place, seen)
        except OSError as error:
            if not place:
                raise FolderError(_reason(folder, error)) from error
            locked.append(place)
            continue
        for entry in entries:
            path = f"{place}/{entry.name}" if place else entry.name
            if _is_folder(entry):
                (links if entry.is_symlink() else places).append(path)
            elif Path(entry.name).suffix.lower() in SUFFIXES:
                pictures.append(path)
            else:
                others += 1
    return Listing(sorted(pictures), others, sorted(locked))


def picture_paths(folder: Path) -> list[str]:
    """Sorted POSIX paths, relative to the folder, of its pictures. Raises FolderError."""
    return list_pictures(folder).pictures


def _unseen_entries(place: Path, seen: set[tuple[int, int]]) -> list[os.DirEntry[str]]:
    """The visible entries by name; none if the folder was seen under another path (a link)."""
    status = place.stat()
    identity = (status.st_dev, status.st_ino)
    if identity in seen:
        return []
    seen.add(identity)
    with os.scandir(place) as entries:
        visible = [entry for entry in entries if not _is_hidden(entry.name)]
    return sorted(visible, key=lambda entry: entry.name)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads to itself
        return False


def _is_hidden(name: str) -> bool:
    return name.startswith(".") or name.lower() in _LEFT_BEHIND


def _reason(folder: Path, error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return f"There is no folder {folder}. Check the spelling, or whether its drive is there."
    if isinstance(error, NotADirectoryError):
        return f"{folder} is a file. Choose the folder that holds the pictures."
    if isinstance(error, PermissionError):
        return f"You may not open the folder {folder}. Change its permissions, or ask its owner to."
    return f"The folder {folder} could not be read ({error.strerror}). Try again later."
