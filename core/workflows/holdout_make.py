"""Making the pictures of a hold-out, or making them again, and comparing them with the recipe."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from core.corruptions import corrupt_chain, parse_chain
from core.errors import CorruptionError, PictureError
from core.exports import holdout as folders
from core.exports.holdout_recipe import HeldPicture, Recipe
from core.frames.hashing import content_hash
from core.frames.images import decode, encode_png, working_image
from core.project import Project
from core.records import Folder, Image, ProgressCallback, StopCallback
from core.store import reserved as reserved_store
from core.store.database import connect
from core.workflows.choices import choices_of
from core.workflows.scores import picture_path

REPACKED = "the same pixels, packed into other bytes by another version of OpenCV"


@dataclass(frozen=True)
class Problem:
    """One file that is not as it should be."""

    file: str
    reason: str


@dataclass(frozen=True)
class Made:
    """What is on disk now."""

    recipe: Recipe  # of the pictures there are
    planned: int
    same: int  # pictures byte for byte as the recipe says, or made for the first time
    problems: tuple[Problem, ...]
    is_finished: bool


def make(
    project: Project,
    recipe: Recipe,
    *,
    name: str,
    path: Path,
    on_progress: ProgressCallback = lambda done, total: None,
    should_stop: StopCallback = lambda: False,
) -> Made:
    """
    Bring every picture of a recipe to disk; the recipe itself only when all are as it says.

    An original that is lost before its picture was ever made costs that picture. A picture that
    was made once must come out the same, or the set is not finished.

    Raises:
        DiskError: what was written is kept.
    """
    made: list[HeldPicture] = []
    problems: list[Problem] = []
    same, is_the_set = 0, not recipe.is_changed
    if recipe.is_changed:
        problems.append(Problem(folders.RECIPE, "it was changed after it was written"))
    for done, wanted in enumerate(recipe.pictures):
        on_progress(done, len(recipe.pictures))
        if should_stop():
            is_the_set = False
            break
        picture, reason = _made(project, path, wanted)
        made += [picture] if picture else []
        problems += [Problem(wanted.file, reason)] if reason else []
        same += not reason
        is_the_set &= not (reason and wanted.file_sha256)
    else:
        on_progress(len(recipe.pictures), len(recipe.pictures))
    labels = content_hash(folders.labels_bytes(made))
    if is_the_set and recipe.labels_sha256 not in ("", labels):
        problems.append(Problem(folders.LABELS, "other bytes come out than the recipe says"))
        is_the_set = False
    out = replace(recipe, pictures=tuple(made), labels_sha256=labels, is_changed=False)
    is_finished = is_the_set and bool(made)
    if is_finished:
        folders.finish(path, out)
    with connect(project.database) as db:
        reserved_store.note_holdout(
            db,
            name,
            pictures=len(made),
            damaged=[picture.file_sha256 for picture in made],
            is_finished=is_finished,
        )
    return Made(out, len(recipe.pictures), same, tuple(problems), is_finished)


def _made(project: Project, path: Path, wanted: HeldPicture) -> tuple[HeldPicture | None, str]:
    """The picture on disk, if there is one now, and what is wrong with it."""
    if _is_on_disk(path, wanted):
        return wanted, ""
    try:
        picture, content = _damaged(project, wanted)
    except PictureError as error:
        return None, f"{wanted.folder}/{wanted.original}: {error}"
    folders.keep_picture(path, picture, content)
    is_same = wanted.file_sha256 in ("", picture.file_sha256)
    return picture, "" if is_same else REPACKED


def _is_on_disk(path: Path, wanted: HeldPicture) -> bool:
    if not wanted.file_sha256:
        return False
    try:
        return content_hash(path / wanted.file) == wanted.file_sha256
    except OSError:
        return False


def _damaged(project: Project, wanted: HeldPicture) -> tuple[HeldPicture, bytes]:
    """
    The picture with its hashes, and its bytes.

    Raises:
        PictureError: the original is gone or changed, or other pixels come out than in the recipe.
    """
    image = working_image(decode(_original(project, wanted)))
    try:
        damaged = corrupt_chain(image, parse_chain(wanted.chain), seed=wanted.seed)
    except CorruptionError as error:
        raise PictureError(f"its damage cannot be made: {error}") from error
    content = encode_png(damaged)
    made = replace(wanted, file_sha256=content_hash(content), pixels_sha256=_pixels_hash(damaged))
    if wanted.pixels_sha256 not in ("", made.pixels_sha256):
        raise PictureError(
            "other pixels come out than the recipe says: its damage or seed was changed, or "
            "another version of Fieldcheck or of what it is built on makes them (the recipe names "
            "the versions)"
        )
    return made, content


def _original(project: Project, wanted: HeldPicture) -> bytes:
    """The original's bytes, from its path or from wherever the same content lies now."""
    root = choices_of(project).folders.get(Folder(wanted.folder))
    places = [root / wanted.original] if root else []
    reason = "the original is gone; put it back"
    for place in [*places, picture_path(project, wanted.content_hash)]:
        if place is None or not place.is_file():
            continue
        try:
            content = place.read_bytes()
        except OSError as error:
            reason = f"the original cannot be read ({error.strerror})"
            continue
        if content_hash(content) == wanted.content_hash:
            return content
        reason = "the original has changed; put back the file as it was"
    raise PictureError(reason)


def _pixels_hash(image: Image) -> str:
    height, width = image.shape[:2]
    return content_hash(f"{height}x{width} RGB\n".encode() + np.ascontiguousarray(image).tobytes())
