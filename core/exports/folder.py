"""
Writing a folder of pictures: whole under its name, or not there at all.

Everything is written into NAME.part beside it, which carries a mark with the plan's identity. Asked
for the same again, it goes on there; asked for something else, it begins anew. Only a folder that
is whole gets the name, and a name that is taken is never written to.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import Any

from core.errors import DiskError, FieldcheckError, PictureError
from core.records import ProgressCallback, StopCallback

FORMAT = "fieldcheck export 1"
MANIFEST = "manifest.json"
MARK = ".fieldcheck-export"


@dataclass(frozen=True, slots=True)
class Placed:
    """One picture and where it goes; `file` is "" where it is only listed."""

    file: str  # POSIX, relative to the export
    content_hash: str  # of the original
    folder: str  # a Folder value
    path: str  # of the original, POSIX, relative to that folder
    chain: str = ""  # what corruptions.parse_chain reads; empty: the original as it is
    seed: int = 0
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Plan:
    """All that is to be written."""

    asked: Mapping[str, Any]  # what it is and of what, for the manifest
    pictures: tuple[Placed, ...]
    documents: Callable[[Sequence[int]], Mapping[str, bytes]]  # of the pictures that came out
    left_out: tuple[tuple[str, str], ...] = ()  # path and reason, known beforehand

    @property
    def identity(self) -> str:
        """SHA-256 of what is asked and of each picture: equal for equal plans."""
        rows = [_row(picture) for picture in self.pictures]
        return sha256(json.dumps([dict(self.asked), rows], sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True)
class Written:
    """What is on disk now."""

    path: Path  # where it is, or where it will be
    pictures: int
    planned: int
    left_out: tuple[tuple[str, str], ...]  # path and reason
    is_finished: bool


Content = Callable[[Placed], bytes | Path]
"""A picture's bytes, or the file to link to. Raises PictureError where it costs that picture."""


def write_folder(
    out: Path,
    plan: Plan,
    *,
    content: Content,
    on_progress: ProgressCallback = lambda done, total: None,
    should_stop: StopCallback = lambda: False,
) -> Written:
    """
    Write every picture, then the documents, then the manifest, and only then take the name.

    Raises:
        FieldcheckError: the name is taken; nothing there was touched.
        DiskError: what was written is kept in NAME.part; asking again goes on there.
    """
    refuse_taken(out)
    part = part_of(out)
    try:
        _begin(part, plan.identity)
        hashes: dict[int, str] = {}
        lost: list[tuple[str, str]] = []
        for done, picture in enumerate(plan.pictures):
            on_progress(done, len(plan.pictures))
            if should_stop():
                return Written(out, len(hashes), len(plan.pictures), plan.left_out, False)
            try:
                hashes[done] = _put(part, picture, content)
            except PictureError as error:
                lost.append((f"{picture.folder}/{picture.path}", str(error)))
        left_out = (*plan.left_out, *lost)
        _finish(part, out, plan, hashes, left_out)
    except OSError as error:
        raise DiskError(
            f"{out} cannot be written ({error.strerror or error}). Your project and pictures are "
            f"as they were; what was written so far is kept in {part.name}. Make room or choose "
            "another place, then ask for the same again: it goes on there."
        ) from error
    on_progress(len(plan.pictures), len(plan.pictures))
    return Written(out, len(hashes), len(plan.pictures), left_out, True)


def part_of(out: Path) -> Path:
    """Where an export lies until it is whole."""
    return out.with_name(f"{out.name}.part")


def begun(out: Path) -> str | None:
    """The identity of the plan that was begun for this name; None if none was."""
    try:
        return (part_of(out) / MARK).read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError):
        return None


def throw_away(out: Path) -> None:
    """
    Remove what was begun for a name; never anything that is not an unfinished export.

    Raises:
        DiskError: it cannot be removed.
    """
    if begun(out) is None:
        return
    try:
        shutil.rmtree(part_of(out))
    except OSError as error:
        raise DiskError(f"{part_of(out)} cannot be removed ({error.strerror}).") from error


def refuse_taken(out: Path) -> None:
    """
    Raises:
        FieldcheckError: there is something under the name already.
    """
    if out.is_symlink() or out.is_file() or (out.is_dir() and any(out.iterdir())):
        raise FieldcheckError(
            f"{out} is there already, and nothing there is overwritten. Choose another name, or "
            "an empty folder, with --out."
        )


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """The manifest of an export of ours; None where there is none that can be read."""
    try:
        data = json.loads((folder / MANIFEST).read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    is_ours = isinstance(data, dict) and data.get("format") == FORMAT
    return data if is_ours and isinstance(data.get("pictures"), list) else None


def written_before(out: Path, plan: Plan) -> Written | None:
    """The same plan as it lies whole under a name; None where it does not."""
    data = read_manifest(out)
    if data is None or data.get("identity") != plan.identity:
        return None
    files = [str(row["file"]) for row in data["pictures"]] + list(data["documents"])
    if not all((out / file).exists() for file in files):
        return None
    left_out = tuple((str(one["path"]), str(one["reason"])) for one in data["left_out"])
    return Written(out, len(data["pictures"]), len(plan.pictures), left_out, True)


def _begin(part: Path, identity: str) -> None:
    mark = part / MARK
    if part.exists() or part.is_symlink():
        if not mark.is_file() or part.is_symlink():
            raise FieldcheckError(
                f"{part} is in the way and no export of ours. Move it, or choose another name."
            )
        if mark.read_text(encoding="ascii", errors="replace") == identity:
            return
        shutil.rmtree(part)
    part.mkdir(parents=True)
    mark.write_text(identity, encoding="ascii")


def _put(part: Path, picture: Placed, content: Content) -> str:
    """The SHA-256 of the picture's file, which is there and whole now; "" if it takes no file."""
    if not picture.file:
        return ""
    target = part / _inside(picture.file)
    if target.is_file():
        there = _file_hash(target)
        # Files come whole or not at all, so one that was made is what it was to be.
        if picture.chain or there == picture.content_hash:
            return there
    found = content(picture)
    target.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(found, Path):
        if _linked(found, target):
            return picture.content_hash
        found = found.read_bytes()
    _write(target, found)
    return sha256(found).hexdigest()


def _inside(file: str) -> PurePosixPath:
    """The path as it came; a manifest from elsewhere may try to lead out of the folder."""
    place = PurePosixPath(file)
    if place.is_absolute() or ".." in place.parts or set(file) & set("\\:\0"):
        raise FieldcheckError(f"The path {file!r} leads out of the folder; nothing was written.")
    return place


def _linked(source: Path, target: Path) -> bool:
    target.unlink(missing_ok=True)
    try:
        target.symlink_to(source)
    except (OSError, NotImplementedError):
        return False
    return True


def _finish(
    part: Path,
    out: Path,
    plan: Plan,
    hashes: Mapping[int, str],
    left_out: Sequence[tuple[str, str]],
) -> None:
    documents = plan.documents(sorted(hashes))
    for name, content in documents.items():
        _write(part / name, content)
    manifest = {
        "format": FORMAT,
        "identity": plan.identity,
        "asked": dict(plan.asked),
        "pictures": [_row(plan.pictures[n]) | {"sha256": hashes[n]} for n in sorted(hashes)],
        "documents": {name: sha256(content).hexdigest() for name, content in documents.items()},
        "left_out": [{"path": path, "reason": reason} for path, reason in left_out],
    }
    _write(part / MANIFEST, (json.dumps(manifest, indent=1) + "\n").encode("ascii"))
    for torn in part.rglob("*.tmp"):  # of a write that was killed
        torn.unlink()
    refuse_taken(out)
    if out.is_dir():
        out.rmdir()
    part.rename(out)
    with suppress(OSError):
        (out / MARK).unlink()


def _row(picture: Placed) -> dict[str, Any]:
    made = {"chain": picture.chain, "seed": picture.seed} if picture.chain else {}
    return {
        "file": picture.file,
        "folder": picture.folder,
        "path": picture.path,
        "content_hash": picture.content_hash,
        **made,
        **picture.facts,
    }


def _write(path: Path, content: bytes) -> None:
    """All of it or nothing, and on the disk when this returns."""
    draft = path.with_name(path.name + ".tmp")
    with draft.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def _file_hash(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()
