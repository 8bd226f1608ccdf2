"""The recipe of a hold-out: everything it takes to make the same bytes again, and their hashes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import PurePosixPath
from typing import Any

from core.errors import HoldoutError
from core.records import Folder

FORMAT = "fieldcheck hold-out 1"


@dataclass(frozen=True, slots=True)
class HeldPicture:
    """One damaged picture and the frame it was made of."""

    file: str  # POSIX, relative to the hold-out
    folder: str  # a Folder value
    original: str  # POSIX, relative to that folder
    content_hash: str  # of the original
    label: str
    clip: str
    chain: str  # what corruptions.parse_chain reads
    severity: float  # the highest of the chain
    seed: int  # the frame's own
    file_sha256: str = ""  # of the PNG file; empty until it is written
    pixels_sha256: str = ""  # of its height, width and RGB bytes


@dataclass(frozen=True)
class Recipe:
    """A hold-out's plan and, once it is whole, what came out."""

    name: str
    asked: Mapping[str, Any]  # folder, share, of, seed, corruptions, severities
    versions: Mapping[str, str]  # of the programs that made the pictures
    pictures: tuple[HeldPicture, ...]  # by content hash
    labels_sha256: str = ""  # of labels.csv; empty until it is written
    is_changed: bool = False  # someone edited the file after it was written

    @property
    def identity(self) -> str:
        """SHA-256 of what is asked, without what came out: equal for equal plans."""
        parts = [(p.file, p.content_hash, p.label, p.clip, p.chain, p.seed) for p in self.pictures]
        return sha256(json.dumps([dict(self.asked), parts], sort_keys=True).encode()).hexdigest()


def plan_of(recipe: Recipe) -> dict[str, Any]:
    """The recipe as data, with the checksum by which a later change is noticed."""
    data = {
        "format": FORMAT,
        "name": recipe.name,
        "asked": dict(recipe.asked),
        "versions": dict(recipe.versions),
        "labels_sha256": recipe.labels_sha256,
        "pictures": [asdict(picture) for picture in recipe.pictures],
    }
    return {**data, "checksum": _checksum(data)}


def recipe_bytes(recipe: Recipe) -> bytes:
    """recipe.json, for people and programs."""
    return (json.dumps(plan_of(recipe), indent=1) + "\n").encode("utf-8")


def parse_recipe(text: str) -> Recipe:
    """
    The recipe in a text.

    Raises:
        HoldoutError: it is no recipe, or a path in it leads out of its folder.
    """
    try:
        data = json.loads(text)
        if data["format"] != FORMAT:
            raise ValueError(f"its format is {data['format']!r}, not {FORMAT!r}")
        pictures = tuple(_picture(row) for row in data["pictures"])
        checksum = data.pop("checksum", "")
        return Recipe(
            str(data["name"]),
            dict(data["asked"]),
            {str(key): str(value) for key, value in data["versions"].items()},
            pictures,
            str(data["labels_sha256"]),
            is_changed=checksum != _checksum(data),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise HoldoutError(
            f"This is no recipe of a test set, or a part of it is missing ({error}). "
            "Give the recipe.json that lies beside the pictures."
        ) from error


def _picture(row: dict[str, Any]) -> HeldPicture:
    Folder(row["folder"])
    for name in ("file", "original"):
        path = PurePosixPath(row[name])
        leads_out = path.is_absolute() or ".." in path.parts or "\\" in row[name]
        if leads_out or not path.parts or ":" in path.parts[0]:
            raise ValueError(f"the path {row[name]!r} leads out of its folder")
    if PurePosixPath(row["file"]).suffix != ".png":
        raise ValueError(f"{row['file']!r} is no PNG file")
    numbers = {"severity": float(row["severity"]), "seed": int(row["seed"])}
    texts = {
        name: str(row[name]) for name in HeldPicture.__dataclass_fields__ if name not in numbers
    }
    return HeldPicture(**texts, **numbers)  # type: ignore[arg-type]


def _checksum(data: Mapping[str, Any]) -> str:
    return sha256(json.dumps(data, sort_keys=True).encode("utf-8")).hexdigest()
