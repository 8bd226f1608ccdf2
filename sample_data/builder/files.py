"""Frames as JPEG files with EXIF, and metadata.csv."""

from __future__ import annotations

import csv
import shutil
from datetime import datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

COLUMNS = ("path", "label", "camera", "taken_at", "place", "light")
MAKE, MODEL, DESCRIPTION, DATE_TIME, EXIF_IFD, DATE_TIME_ORIGINAL = (
    0x010F, 0x0110, 0x010E, 0x0132, 0x8769, 0x9003,
)  # fmt: skip


def write_frame(
    path: Path,
    image: NDArray[np.uint8],
    *,
    taken_at: datetime,
    camera: str,
    place: str,
    quality: int,
) -> None:
    """Saves one frame; the camera stands in Make and Model, the place in ImageDescription."""
    exif = Image.Exif()
    exif[MAKE] = camera
    exif[MODEL] = camera
    exif[DESCRIPTION] = place
    exif[DATE_TIME] = f"{taken_at:%Y:%m:%d %H:%M:%S}"
    exif.get_ifd(EXIF_IFD)[DATE_TIME_ORIGINAL] = f"{taken_at:%Y:%m:%d %H:%M:%S}"
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(image).save(path, "JPEG", quality=quality, optimize=True, exif=exif)


def write_metadata(path: Path, rows: list[dict[str, str]]) -> None:
    """Saves the rows, sorted by path."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(sorted(rows, key=lambda row: row["path"]))


def copy_photos(source: Path, target: Path, names: set[str]) -> None:
    """Copies the named photos and their rows of LICENCES.csv, if they are not there yet."""
    if (target / "LICENCES.csv").exists():
        return
    if not source.is_dir():
        raise SystemExit(f"No photos in {target}, and {source} is not there to copy them from.")
    target.mkdir(parents=True, exist_ok=True)
    with (source / "LICENCES.csv").open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    used = [row for row in rows if Path(row[0]).stem in names]
    for row in used:
        (target / row[0]).parent.mkdir(exist_ok=True)
        shutil.copyfile(source / row[0], target / row[0])
    with (target / "LICENCES.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *used])
