"""Going through a folder once: the facts of every picture, in batches that survive a kill."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from core.errors import FolderError, PictureError
from core.frames.exif import exif_facts
from core.frames.hashing import content_hash, picture_hash
from core.frames.images import decode_reduced
from core.frames.listing import Listing, list_pictures
from core.records import BrokenFrame, Folder, ProgressCallback, StopCallback

BATCH = 64
HASH_SIDE = 72  # px; eight times the picture hash's nine columns, enough for the same bits

Row = dict[str, Any]
"""One picture under the FRAMES columns, without `label` and `clip`, which depend on others."""


def index_folder(
    folder: Path,
    *,
    name: Folder,
    known: pd.DataFrame | None = None,
    on_batch: Callable[[list[Row], list[BrokenFrame]], None],
    on_progress: ProgressCallback | None = None,
    should_stop: StopCallback | None = None,
    workers: int = 2,
    batch_size: int = BATCH,
) -> Listing:
    """
    Reads every picture of the folder that is new or changed and hands the facts over in batches.

    Whoever stores each batch loses at most one by a kill; a later call with `known` goes on there.

    Args:
        known: frames stored earlier (columns path, size_bytes, modified_ns, and folder if it holds
            both folders); a picture of the same path, size and time is not read again.
        on_batch: gets the rows and the broken frames of up to batch_size pictures, in the order of
            their paths, in the caller's thread.
        on_progress: pictures done, the known ones included, and all pictures.
        should_stop: asked after each picture; what is done is still handed over.

    Returns:
        What the folder holds now; stored frames whose paths are not in it are gone.

    Raises:
        FolderError: the folder is missing or not readable, or vanished half-way (a drive pulled).
    """
    listing = list_pictures(folder)
    stored = _stored(known, name)
    todo = [path for path in listing.pictures if not _is_unchanged(folder / path, stored.get(path))]
    total = len(listing.pictures)
    done = total - len(todo)
    report = on_progress or _unheard
    stopped = should_stop or _never
    report(done, total)
    if listing.locked:
        on_batch([], [_locked(name, path) for path in listing.locked])

    with ThreadPoolExecutor(workers, thread_name_prefix="index") as pool:
        for start in range(0, len(todo), batch_size):
            batch = todo[start : start + batch_size]
            rows: list[Row] = []
            broken: list[BrokenFrame] = []
            for outcome in pool.map(partial(_read, folder, name), batch):
                if isinstance(outcome, BrokenFrame):
                    broken.append(outcome)
                else:
                    rows.append(outcome)
                done += 1
                report(done, total)
                if is_stopped := stopped():
                    break
            on_batch(rows, broken)
            if is_stopped:
                break
    return listing


def _unheard(_done: int, _total: int) -> None:
    """Progress nobody asked for."""


def _never() -> bool:
    return False


def _stored(known: pd.DataFrame | None, name: Folder) -> dict[str, tuple[int, int]]:
    if known is None or known.empty:
        return {}
    if "folder" in known.columns:
        known = known[known["folder"] == name.value]
    sizes, times = known["size_bytes"].tolist(), known["modified_ns"].tolist()
    return dict(zip(known["path"].tolist(), zip(sizes, times, strict=True), strict=True))


def _is_unchanged(file: Path, stored: tuple[int, int] | None) -> bool:
    if stored is None:
        return False
    try:
        status = file.stat()
    except OSError:
        return False
    return (status.st_size, status.st_mtime_ns) == stored


def _read(folder: Path, name: Folder, path: str) -> Row | BrokenFrame:
    file = folder / path
    if not _is_text(path):
        return BrokenFrame(name, _readable(path), "The file's name is not valid text. Rename it.")
    try:
        status = file.stat()
        reduced = decode_reduced(file, short_side=HASH_SIDE)
        taken_at, camera = exif_facts(file)
        return {
            "folder": name.value,
            "path": path,
            "size_bytes": status.st_size,
            "modified_ns": status.st_mtime_ns,
            "content_hash": content_hash(file),
            "width": reduced.width,
            "height": reduced.height,
            "picture_hash": picture_hash(reduced.image),
            "taken_at": taken_at,
            "camera": camera,
        }
    except (PictureError, OSError) as error:
        if not folder.is_dir():
            raise FolderError(
                f"The folder {folder} vanished while its pictures were read. Connect its drive "
                "again and go on; what was read is kept."
            ) from error
        return BrokenFrame(name, path, _reason(error))


def _locked(name: Folder, path: str) -> BrokenFrame:
    reason = "This folder may not be opened. Change its permissions, or ask its owner to."
    return BrokenFrame(name, f"{_readable(path)}/", reason)


def _is_text(path: str) -> bool:
    return _readable(path) == path


def _readable(path: str) -> str:
    """The path with "?" for bytes of its name that are no text, which no database would take."""
    return path.encode("utf-8", "replace").decode("utf-8")


def _reason(error: PictureError | OSError) -> str:
    if isinstance(error, PictureError):
        return str(error)
    return f"The disk could not give the file ({error.strerror}). Try again later."
